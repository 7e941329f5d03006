// Where hostile YAML is read otherwise than by Go, each kind with its reason; docs/verification.md lists them for users.
// A difference of another kind fails the tests. Of documents that people and programs write, none is permitted.

/** What the library does: it refuses what Go takes, takes what Go refuses, or reads another value. */
export type Effect = 'refused' | 'taken' | 'read';

/** A difference. */
export interface Difference {
  readonly what: string;
  /** Why it is known; `undefined` for one that must not be. */
  readonly reason: string | undefined;
}

interface Kind {
  readonly reason: string;
  readonly effects: readonly Effect[];
  readonly where: RegExp;
}

const KINDS: readonly Kind[] = [
  {
    reason: 'U+2028 and U+2029 are line breaks to Go, and characters like others here',
    effects: ['refused', 'taken', 'read'],
    where: /[\u2028\u2029]/,
  },
  {
    reason:
      'lines inside of quotation marks, brackets and braces must be indented deeper than their key',
    effects: ['refused'],
    where: /["'[{][^\n\r]*[\n\r]/,
  },
  {
    reason: 'what follows a value on its last line is not looked at by Go',
    effects: ['refused', 'taken', 'read'],
    where: /\S(?:---|\.\.\.)|[\]}"']\s*[^\s,\]}:#]|[\]}]\s+:/,
  },
  {
    reason: 'what is indented less than the first line is not looked at by Go',
    effects: ['refused'],
    where: /^ +\S[^]*^\S/m,
  },
  {
    reason:
      'a tab at the beginning of a line is no error where the line is empty, or is the first of a document',
    effects: ['taken'],
    where: /^ *\t/m,
  },
  {
    reason: 'a second byte order mark is passed over',
    effects: ['taken', 'read', 'refused'],
    where: /\ufeff/,
  },
  {
    reason: 'a directive may occur twice, and an escape in a tag may be no character',
    effects: ['taken'],
    where: /^%|![^\s]*%/m,
  },
  {
    reason: 'a percent sign may begin a line where Go takes it for a directive, and otherwise',
    effects: ['refused', 'read'],
    where: /^%/m,
  },
  {
    reason:
      'in brackets and braces: a question mark, colon or tag that ends at a bracket, and a key of several lines',
    effects: ['taken', 'refused', 'read'],
    where:
      /[[{,]\s*[?:&-]|\s-\s*[\],}]|(?:^|[\s[{,])![^\s,]*[\],}#]|[[{][^]*(?:\s\?\S|\w:[[{\w"'])|[{[][^]*"[^"]*\n[^"]*"\s*:/,
  },
  {
    reason: 'Go replaces what is not valid UTF-16',
    effects: ['refused'],
    where: /^(?:\xff\xfe|\xfe\xff)/,
  },
  {
    reason: 'Go reads a quotation mark that begins a line behind a whole value',
    effects: ['taken'],
    where: /^[^\s"'#][^\n]*\n["']/m,
  },
  { reason: String.raw`\' is no escape`, effects: ['refused'], where: /\\'/ },
  {
    reason:
      'an anchor or tag before a colon, a comma, an anchor, a dash or a bracket, and in names of anchors more than letters',
    effects: ['refused', 'taken', 'read'],
    where: /[!&]\S*\s+(?:[:,&!\]}-]|$)|&[\w-]*[^\s\w-]/m,
  },
  {
    reason: 'a comment directly behind a comma, or behind > or |',
    effects: ['refused'],
    where: /[,>|]#/,
  },
];

/** Why a text may be read otherwise than by Go; `undefined` where it must not. */
export function knownDifference(bytes: Uint8Array, effect: Effect): string | undefined {
  // kubectl takes UTF-16 apart at bytes.
  const texts = [decoded(bytes), Buffer.from(bytes).toString('latin1')];
  const kinds = KINDS.filter(({ effects }) => effects.includes(effect));
  return kinds.find(({ where }) => texts.some((text) => where.test(text)))?.reason;
}

function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes).replaceAll(/\r\n?|\u0085/g, '\n');
}
