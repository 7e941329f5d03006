/** Runs tasks one after the other. */
export async function inTurn<T>(tasks: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const [first, ...rest] = tasks;
  if (first === undefined) return [];
  const result = await first();
  return [result, ...(await inTurn(rest))];
}
