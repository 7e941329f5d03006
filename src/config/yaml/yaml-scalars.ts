// What a text in a YAML 1.1 document means: `yes` is true, `0o7` is a number. Source: go.yaml.in/yaml/v2 v2.4.4
// resolve.go, with strconv.ParseInt and ParseFloat.

/** What a text means; `bigint` for an integer of 64 bits, and `number` for any other number. */
export type ScalarValue = null | boolean | bigint | number | string;

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const INFINITE = /^([-+]?)\.(?:inf|Inf|INF)$/;
const INTEGER = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9]\d*|0)$/;
/** Go cuts off the `0b` and lets ParseInt read a sign behind it. */
const SIGN_INSIDE = /^(0b)([-+])(?=[01])/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;

/** What a text without quotes means. */
export function resolvePlain(text: string): ScalarValue {
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (NULL.test(text)) return null;
  return resolveNumber(text) ?? text;
}

/** Whether a text without quotes is a string, and nothing else. */
export function isPlainString(text: string): boolean {
  return typeof resolvePlain(text) === 'string' && !TIMESTAMP.test(text) && text !== '<<';
}

/** What a text means that has a tag of YAML's own; `undefined` where it cannot have it. */
export function resolveTagged(text: string, tag: string): ScalarValue | undefined {
  if (tag === 'timestamp') return TIMESTAMP.test(text) ? text : undefined;
  const value = resolvePlain(text);
  if (TAGS.get(typeof value) === tag) return value;
  // Of what is too large for an int64, Go makes no float.
  return tag === 'float' && typeof value === 'bigint' && value < 1n << 63n
    ? Number(value)
    : undefined;
}

/** By JavaScript's types, which call null an object. */
const TAGS: ReadonlyMap<string, string> = new Map([
  ['bigint', 'int'],
  ['number', 'float'],
  ['boolean', 'bool'],
  ['object', 'null'],
]);

function resolveNumber(text: string): bigint | number | undefined {
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  const digits = /^[-+\d]/.test(text) ? text.replaceAll('_', '') : text;
  const integer = resolveInteger(digits);
  if (integer !== undefined || !FLOAT.test(digits)) return integer;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

/** `undefined` also where it fits neither 64 bits with a sign nor, where none is written, without. */
function resolveInteger(text: string): bigint | undefined {
  const [, sign, digits = ''] = INTEGER.exec(text.replace(SIGN_INSIDE, '$2$1')) ?? [];
  if (sign === undefined) return undefined;
  const size = BigInt(digits.replace(/^0(?=[0-7])/, '0o'));
  if (sign === '-') return size <= 1n << 63n ? -size : undefined;
  return size < 1n << (sign === '' ? 64n : 63n) ? size : undefined;
}

/** What a float is called as a key: strconv.FormatFloat(value, 'g', -1, 32). */
export function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  // Nine digits always do.
  const digits = Array.from({ length: 9 }, (_, index) => single.toExponential(index));
  const shortest = String(digits.find((text) => Math.fround(Number(text)) === single));
  const [mantissa = '', exponent = ''] = shortest.split('e');
  const power = Number(exponent);
  const sign = Object.is(single, -0) ? '-' : '';
  if (power >= -4 && power < FLOAT32_MAX_POWER) return sign + String(Number(shortest));
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${size}`;
}

/** strconv's ftoa.go: from here on, the shortest form of %g has an exponent. */
const FLOAT32_MAX_POWER = 6;
