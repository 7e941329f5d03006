// Which texts are numbers to Go's YAML. Source: go.yaml.in/yaml/v2 v2.4.4 resolve.go, with strconv.ParseInt and ParseFloat.

/** A number. */
export interface ResolvedNumber {
  readonly tag: 'int' | 'float';
  /** What it is called as a key. */
  readonly text: string;
}

const INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9]\d*|0)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Go cuts off the `0b` and lets ParseInt read a sign behind it. */
const SIGNED_BINARY = /^0b([-+])([01]+)$/;

/** Reads a number that has no underscores any more. */
export function readNumber(text: string): ResolvedNumber | undefined {
  const integer = readInteger(text);
  if (integer !== undefined) return { tag: 'int', text: String(integer) };
  const isFloat = FLOAT.test(text) && Number.isFinite(Number(text));
  return isFloat ? { tag: 'float', text: String(Number(text)) } : undefined;
}

/** `.5`; the rest of what may begin with a dot are words. */
export function isDottedFloat(text: string): boolean {
  return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

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
