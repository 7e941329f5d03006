/** Does work for one item after the other, and gives the results. */
export async function inOrder<T, R>(
  items: Iterable<T>,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for await (const result of resultsOf(items, work)) results.push(result);
  return results;
}

async function* resultsOf<T, R>(
  items: Iterable<T>,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void> {
  let index = 0;
  for (const item of items) {
    yield work(item, index);
    index += 1;
  }
}
