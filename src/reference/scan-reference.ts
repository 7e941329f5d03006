// The grammar of github.com/distribution/reference v0.6.0 (regexp.go), which Kubernetes v1.37.2 uses, as a linear
// scanner: its one combined regular expression checks lengths only after matching and can say nothing but "invalid".

const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const HEX_LOWER = 8;
const HEX_UPPER = 16;
const HYPHEN = 32;
const DOT_OR_UNDERSCORE = 64;
const ALPHANUMERIC_LOWER = LOWER | DIGIT;
const ALPHANUMERIC = LOWER | UPPER | DIGIT;
const HEX = DIGIT | HEX_LOWER | HEX_UPPER;

const CLASSES = new Uint8Array(128);
for (let code = 0x61; code <= 0x7a; code += 1)
  CLASSES[code] = LOWER | (code <= 0x66 ? HEX_LOWER : 0);
for (let code = 0x41; code <= 0x5a; code += 1)
  CLASSES[code] = UPPER | (code <= 0x46 ? HEX_UPPER : 0);
for (let code = 0x30; code <= 0x39; code += 1) CLASSES[code] = DIGIT;
CLASSES[0x2d] = HYPHEN;
CLASSES[0x2e] = DOT_OR_UNDERSCORE;
CLASSES[0x5f] = DOT_OR_UNDERSCORE;

const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const AT = 0x40;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const UNDERSCORE = 0x5f;

const MAX_PATH_LENGTH = 255;
const MAX_TAG_LENGTH = 128;
const MIN_DIGEST_HEX = 32;
/** The algorithms that go-digest v1.0.0 registers, by the number of their hexadecimal digits. */
const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** A reference taken apart, without any default added. */
export interface ScannedReference {
  /** Everything before tag and digest. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

interface Suffix {
  readonly tag: string;
  readonly digest: string;
}

const NO_SUFFIX: Suffix = { tag: '', digest: '' };
const TAG_RULE =
  'a tag is 1 to 128 letters, digits, "_", "." and "-", and starts with none of "." and "-"';

/**
 * Takes a reference apart as distribution/reference's `Parse` does, which adds no defaults.
 *
 * @returns the parts, or a phrase that says why the text is no reference.
 */
export function scanReference(text: string): ScannedReference | string {
  const slash = text.indexOf('/');
  const hasDomain = slash > 0 && isDomain(text, slash);
  const pathStart = hasDomain ? slash + 1 : 0;
  const nameEnd = scanPath(text, pathStart);
  if (nameEnd < 0) return nameProblem(text, pathStart);

  const suffix = nameEnd === text.length ? NO_SUFFIX : scanSuffix(text, nameEnd);
  if (typeof suffix === 'string') return suffix;
  if (nameEnd - pathStart > MAX_PATH_LENGTH) {
    return `the repository name must not be more than ${MAX_PATH_LENGTH} characters`;
  }
  return {
    name: text.slice(0, nameEnd),
    tag: suffix.tag,
    digest: suffix.digest,
  };
}

/** Whether the text is 64 hexadecimal digits, which Docker reserves for image identifiers. */
export function isIdentifier(text: string): boolean {
  return text.length === 64 && scanWhile(text, 0, DIGIT | HEX_LOWER) === 64;
}

/** Beyond ASCII the table has nothing. */
function isIn(code: number, classes: number): boolean {
  return ((CLASSES[code] ?? 0) & classes) !== 0;
}

/** The end of the run of characters of these classes that begins at `start`. */
function scanWhile(text: string, start: number, classes: number): number {
  const { length } = text;
  let index = start;
  while (index < length && isIn(text.charCodeAt(index), classes)) index += 1;
  return index;
}

/** host[:port], `end` being the index of the slash behind it. */
function isDomain(text: string, end: number): boolean {
  const hostEnd =
    text.charCodeAt(0) === BRACKET_OPEN ? scanAddressLiteral(text, end) : scanDomainName(text);
  if (hostEnd === end) return true;
  if (hostEnd < 0 || text.charCodeAt(hostEnd) !== COLON) return false;
  return end > hostEnd + 1 && scanWhile(text, hostEnd + 1, DIGIT) === end;
}

function scanAddressLiteral(text: string, end: number): number {
  let index = 1;
  while (index < end && (isIn(text.charCodeAt(index), HEX) || text.charCodeAt(index) === COLON)) {
    index += 1;
  }
  return index > 1 && text.charCodeAt(index) === BRACKET_CLOSE ? index + 1 : -1;
}

function scanDomainName(text: string): number {
  let start = 0;
  for (;;) {
    const end = scanWhile(text, start, ALPHANUMERIC | HYPHEN);
    const isLabel =
      end > start && text.charCodeAt(start) !== DASH && text.charCodeAt(end - 1) !== DASH;
    if (!isLabel) return -1;
    if (text.charCodeAt(end) !== DOT) return end;
    start = end + 1;
  }
}

/** Components of letters and digits, joined by `.`, `_`, `__` or dashes, separated by slashes. Gives the end or -1. */
function scanPath(text: string, start: number): number {
  let index = start;
  for (;;) {
    const wordEnd = scanWhile(text, index, ALPHANUMERIC_LOWER);
    if (wordEnd === index) return -1;
    index = scanSeparator(text, wordEnd);
    if (index === wordEnd) return index;
  }
}

function scanSeparator(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === SLASH || code === DOT) return start + 1;
  if (code === UNDERSCORE) return text.charCodeAt(start + 1) === UNDERSCORE ? start + 2 : start + 1;
  let index = start;
  while (text.charCodeAt(index) === DASH) index += 1;
  return index;
}

/** [:tag][@digest] up to the end of the text. */
function scanSuffix(text: string, nameEnd: number): Suffix | string {
  const tagEnd = text.charCodeAt(nameEnd) === COLON ? scanTag(text, nameEnd + 1) : nameEnd;
  if (tagEnd < 0) return TAG_RULE;
  const tag = tagEnd > nameEnd ? text.slice(nameEnd + 1, tagEnd) : '';
  if (tagEnd === text.length) return { tag, digest: '' };
  if (text.charCodeAt(tagEnd) !== AT) {
    return tag === ''
      ? 'the repository name holds a character that is not allowed there'
      : TAG_RULE;
  }
  const digest = text.slice(tagEnd + 1);
  return digestProblem(digest) ?? { tag, digest };
}

function scanTag(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === DOT || first === DASH) return -1;
  const end = scanWhile(text, start, ALPHANUMERIC | HYPHEN | DOT_OR_UNDERSCORE);
  return end === start || end - start > MAX_TAG_LENGTH ? -1 : end;
}

function digestProblem(digest: string): string | undefined {
  const colon = digest.indexOf(':');
  const hex = digest.slice(colon + 1);
  const isHex = hex.length >= MIN_DIGEST_HEX && scanWhile(hex, 0, HEX) === hex.length;
  if (colon < 1 || !isHex) return 'the digest must be an algorithm, ":" and its hexadecimal digits';

  const algorithm = digest.slice(0, colon);
  const length = DIGEST_LENGTHS.get(algorithm);
  if (length === undefined) return 'the digest algorithm is none of sha256, sha384 and sha512';
  if (hex.length !== length) return `a ${algorithm} digest has ${length} hexadecimal digits`;
  return scanWhile(hex, 0, DIGIT | HEX_LOWER) === length
    ? undefined
    : 'the hexadecimal digits of a digest must be lower case';
}

function nameProblem(text: string, start: number): string {
  const name = text.slice(start).replace(/[:@].*$/s, '');
  if (text === '' || name === '') return 'the repository name is missing';
  if (/[A-Z]/.test(name)) return 'the repository name must be lower case';
  if (/^\/|\/\/|\/$/.test(name)) return 'the repository name has an empty component';
  return 'each component of the repository name must be lower-case letters and digits, joined by ".", "_", "__" or dashes';
}
