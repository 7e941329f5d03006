// Secrets that nothing else looks like, and a search for any part of them.

/** Unique texts; each is a secret wherever these tests put it. */
export const CANARIES = {
  password: 'Pw7qXz-9KfW2mVtR4b',
  identityToken: 'Id3jHs_8LgYc5nQwE1',
  registryToken: 'Rt6vBk.0TzMu7pAxD2',
  userToken: 'Ut4gNr~1CyJi9oSfL6',
} as const;

const SECRETS = Object.values(CANARIES);
/** Shorter pieces than this may be chance. */
const FRAGMENT_LENGTH = 8;
// A global is looked up slowly where jest runs this.
const { imul } = Math;

/** The user name beside the password; it is no secret. */
export const USER = 'robot';

const FRAGMENTS: ReadonlySet<string> = new Set(secretForms().flatMap(fragmentsOf));
/** What the last character of a fragment weighs when the next one comes: the search rolls a hash over the text. */
const BASE = 31;
const OLDEST = (BASE ** FRAGMENT_LENGTH) | 0;
const HASHES = new Uint8Array(1 << 20);
for (const fragment of FRAGMENTS) HASHES[hashAt(fragment, 0) & (HASHES.length - 1)] = 1;

/** The parts of secrets that a text holds: of themselves and of their base64 at each of its three alignments. */
export function secretsIn(text: string): string[] {
  const found: string[] = [];
  let hash = hashAt(text, 0);
  for (let end = FRAGMENT_LENGTH; end <= text.length; end += 1) {
    const start = end - FRAGMENT_LENGTH;
    const isLikely = HASHES[hash & (HASHES.length - 1)] === 1;
    if (isLikely && FRAGMENTS.has(text.slice(start, end))) found.push(text.slice(start, end));
    hash = (next(hash, text.charCodeAt(end)) - imul(OLDEST, text.charCodeAt(start))) | 0;
  }
  return found;
}

function hashAt(text: string, start: number): number {
  let hash = 0;
  for (let index = start; index < start + FRAGMENT_LENGTH; index += 1) {
    hash = next(hash, text.charCodeAt(index));
  }
  return hash;
}

function next(hash: number, code: number): number {
  return (imul(hash, BASE) + code) | 0;
}

function secretForms(): string[] {
  const once = SECRETS.flatMap((secret) => [secret, ...base64Forms(secret)]);
  const documents = SECRETS.map((secret) => base64(`${USER}:${secret}`).slice(FRAGMENT_LENGTH));
  const twice = documents.flatMap(base64Forms);
  return [...once, ...documents, ...twice];
}

/** Base64 of a text depends on how many bytes stand before it, modulo three. */
function base64Forms(text: string): string[] {
  return ['', 'x', 'xx'].map((before) => base64(before + text).slice(4, -4));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function fragmentsOf(text: string): string[] {
  const count = text.length - FRAGMENT_LENGTH + 1;
  return Array.from({ length: count }, (_, index) => text.slice(index, index + FRAGMENT_LENGTH));
}
