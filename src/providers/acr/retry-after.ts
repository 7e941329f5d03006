// Retry-After, RFC 9110 section 10.2.3: seconds, or a date.

/** The delay that a response asks for, in milliseconds; `undefined` where it asks for none. */
export function retryAfterMs(
  headers: ReadonlyMap<string, readonly string[]>,
  nowMs: number,
): number | undefined {
  const value = headers.get('retry-after')?.[0]?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
