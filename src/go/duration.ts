// Durations as Go writes and reads them: `1h30m`, `500ms`. Source: Go 1.26 time/format.go, ParseDuration, and
// time/time.go, Duration.String.

const MAX_NANOSECONDS = 1n << 63n;
const NANOSECONDS_PER_MS = 1_000_000;

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  // The micro sign and the Greek letter.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/**
 * Reads a duration as Go's `time.ParseDuration`.
 *
 * @param text - Such as `12h`, `-1.5s`, `0`.
 * @returns Milliseconds, with a fraction where it is finer; `undefined` where Go gives an error.
 * @example
 * ```ts
 * parseGoDuration('1h0.5ms'); // → 3600000.5
 * ```
 */
export function parseGoDuration(text: string): number | undefined {
  const nanoseconds = readGoDuration(text);
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / NANOSECONDS_PER_MS;
}

/** As {@link parseGoDuration}, in nanoseconds. */
export function readGoDuration(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  let rest = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  let total = 0n;
  while (rest !== '') {
    const part = readPart(rest);
    if (part === undefined) return undefined;
    total += part.nanoseconds;
    if (total > MAX_NANOSECONDS) return undefined;
    rest = rest.slice(part.length);
  }
  if (isNegative) return -total;
  return total === MAX_NANOSECONDS ? undefined : total;
}

/**
 * Writes a duration as Go's `Duration.String`.
 *
 * @param ms - Milliseconds; finer than a nanosecond is rounded.
 * @returns Such as `12h0m0s`, `1.5ms`, `0s`.
 * @example
 * ```ts
 * formatGoDuration(5_400_000); // → '1h30m0s'
 * ```
 */
export function formatGoDuration(ms: number): string {
  return formatNanoseconds(
    BigInt(Math.trunc(ms)) * BigInt(NANOSECONDS_PER_MS) +
      BigInt(Math.round((ms % 1) * NANOSECONDS_PER_MS)),
  );
}

/** As {@link formatGoDuration}, of nanoseconds. */
export function formatNanoseconds(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatNanoseconds(-nanoseconds)}`;
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 1_000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${withFraction(nanoseconds, 3)}\u00b5s`;
  if (nanoseconds < 1_000_000_000n) return `${withFraction(nanoseconds, 6)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${withFraction(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

interface Part {
  readonly nanoseconds: bigint;
  readonly length: number;
}

/** One number with its unit. */
function readPart(rest: string): Part | undefined {
  const [number, whole, fraction] = splitNumber(rest);
  if (whole + fraction === '' || BigInt(whole) > MAX_NANOSECONDS) return undefined;
  const [unitName = ''] = /^[^.\d]+/.exec(rest.slice(number.length)) ?? [];
  const unit = UNITS.get(unitName);
  if (unit === undefined) return undefined;
  const nanoseconds = BigInt(whole) * unit + fractionOf(fraction, unit);
  return nanoseconds > MAX_NANOSECONDS
    ? undefined
    : { nanoseconds, length: number.length + unitName.length };
}

function splitNumber(rest: string): readonly [number: string, whole: string, fraction: string] {
  const number = rest.slice(0, /^\d*(?:\.\d*)?/.exec(rest)?.[0].length);
  const dot = number.indexOf('.');
  return dot < 0 ? [number, number, ''] : [number, number.slice(0, dot), number.slice(dot + 1)];
}

/** Go computes it in float64, with as many digits as fit an int64. */
function fractionOf(digits: string, unit: bigint): bigint {
  const [value, scale] = leadingFraction(digits);
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

function leadingFraction(digits: string): readonly [value: bigint, scale: number] {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (MAX_NANOSECONDS - 1n) / 10n || next > MAX_NANOSECONDS) break;
    value = next;
    scale *= 10;
  }
  return [value, scale];
}

function withFraction(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}
