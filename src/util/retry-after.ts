// How long a server that says "not now" wants to be left alone (RFC 9110, section 10.2.3).

/** The wait in milliseconds by a `Retry-After` header: seconds, or a date; `undefined` where it is neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
