/** What a value is when it has been written as JSON and read again. */
export function written(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
