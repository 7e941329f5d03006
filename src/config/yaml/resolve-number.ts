// Which texts are numbers to Go's YAML. Source: go.yaml.in/yaml/v2 v2.4.4 resolve.go, with strconv.ParseInt and ParseFloat.

/** A number. */
export interface ResolvedNumber {
  readonly tag: 'int' | 'float';
  /** As it stands in the JSON that Go makes of it. */
  readonly text: string;
  /** What it is called as a key; `undefined` for what cannot be one. */
  readonly name: string | undefined;
}

const INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9]\d*|0)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Go cuts off the `0b` and lets ParseInt read a sign behind it. */
const SIGNED_BINARY = /^0b([-+])([01]+)$/;

/** Reads a number that has no underscores any more. */
export function readNumber(text: string): ResolvedNumber | undefined {
  const integer = readInteger(text);
  if (integer !== undefined) {
    const digits = String(integer);
    // sigs.k8s.io/yaml knows no name for a uint64.
    return { tag: 'int', text: digits, name: integer < 1n << 63n ? digits : undefined };
  }
  return FLOAT.test(text) ? readFloat(text) : undefined;
}

/** `.5`; the rest of what may begin with a dot are words. */
export function readDottedFloat(text: string): ResolvedNumber | undefined {
  return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text) ? readFloat(text) : undefined;
}

function readFloat(text: string): ResolvedNumber | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? toFloat(value) : undefined;
}

/** A number as a float64. */
export function toFloat(value: number): ResolvedNumber {
  // Go keeps the sign of a zero.
  const shown = Object.is(value, -0) ? '-0' : String(value);
  return { tag: 'float', text: shown, name: float32Name(value) };
}

/** As a key, a float is named by strconv.FormatFloat(value, 'g', -1, 32). */
function float32Name(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  // Nine digits always do.
  const digits = Array.from({ length: 9 }, (_, index) => single.toExponential(index));
  const shortest = digits[digits.findIndex((text) => Math.fround(Number(text)) === single)];
  const [mantissa = '', exponent = ''] = String(shortest).split('e');
  const power = Number(exponent);
  const sign = Object.is(single, -0) ? '-' : '';
  if (power >= -4 && power < FLOAT32_MAX_POWER) return sign + String(Number(shortest));
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${size}`;
}

/** strconv's ftoa.go: from here on, the shortest form of %g has an exponent. */
const FLOAT32_MAX_POWER = 6;

/** `undefined` also where it fits neither 64 bits with a sign nor, where none is written, without. */
function readInteger(text: string): bigint | undefined {
  const signedBinary = SIGNED_BINARY.exec(text);
  const [, sign, digits = ''] = signedBinary ?? INTEGER.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const size = BigInt(signedBinary === null ? withOctalPrefix(digits) : `0b${digits}`);
  if (sign === '-') return size <= 1n << 63n ? -size : undefined;
  return size < 1n << (sign === '' ? 64n : 63n) ? size : undefined;
}

function withOctalPrefix(digits: string): string {
  return /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
}
