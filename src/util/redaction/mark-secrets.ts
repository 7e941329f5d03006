// Finds secrets, and parts of them, in a text. A provider may have given half a million characters of secrets, so that
// what is not in the text must cost next to nothing.

import { eachPart, PART } from './each-part.ts';

/** What stands in the place of secrets. */
export const REDACTED = '[redacted]';
/** Shorter secrets than this are parts of many words, and count only where they stand as one. */
export const WITHIN_WORDS = 4;

/**
 * Marks the characters of secrets.
 *
 * @returns one number for each character, 1 for those of secrets; `undefined` where there are none.
 */
export function markSecrets(text: string, secrets: Iterable<string>): Uint8Array | undefined {
  const marks = new Uint8Array(text.length);
  const short = new Map<number, Set<string>>();
  const findParts = createPartFinder(text, marks);
  let hasAny = false;
  for (const secret of secrets) {
    if (secret.length < PART) {
      short.set(secret.length, (short.get(secret.length) ?? new Set()).add(secret));
    } else {
      for (const form of formsOf(secret)) hasAny = findParts(form) || hasAny;
    }
  }
  hasAny = markShort(text, short, marks) || hasAny;
  return hasAny ? marks : undefined;
}

function markShort(
  text: string,
  short: ReadonlyMap<number, ReadonlySet<string>>,
  marks: Uint8Array,
): boolean {
  let hasAny = false;
  for (const [length, secrets] of short) {
    for (let start = 0; start + length <= text.length; start += 1) {
      if (!secrets.has(text.slice(start, start + length))) continue;
      if (length < WITHIN_WORDS && !standsAlone(text, start, start + length)) continue;
      marks.fill(1, start, start + length);
      hasAny = true;
    }
  }
  return hasAny;
}

/** Whether a part of a text, up to its end, is a word of its own. */
export function standsAlone(text: string, start: number, end: number): boolean {
  return !/\w/.test(text.charAt(start - 1)) && !/\w/.test(text.charAt(end));
}

/**
 * A text without what is marked.
 *
 * @param marks - One number for each character, 1 for those of secrets.
 */
export function withoutMarked(text: string, marks: Uint8Array): string {
  let shown = '';
  for (let index = 0; index < text.length; index += 1) {
    if (marks[index] === 0) shown += text.charAt(index);
    else if (marks[index - 1] !== 1) shown += REDACTED;
  }
  return shown;
}

/** A secret as others may write it: as it is, in a URL, in JSON, in base64 behind something else. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Behind a user name, base64 may begin at any of three places of a secret.
  const encoded = [0, 1, 2].map((skipped) => {
    const whole = bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % 3));
    return whole.toString('base64');
  });
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Finds parts of forms in one text; most parts are in no text, which a bit tells without looking. */
function createPartFinder(text: string, marks: Uint8Array): (form: string) => boolean {
  // One place in sixteen is taken.
  const filter = new Uint8Array(2 ** Math.ceil(Math.log2(16 * text.length + 16)));
  const positions = new Map<string, number[]>();
  const placeOf = (hash: number): number => (hash ^ (hash >>> 12)) & (filter.length - 1);
  eachPart(text, (start, hash) => {
    filter[placeOf(hash)] = 1;
    const part = text.slice(start, start + PART);
    const known = positions.get(part);
    if (known === undefined) positions.set(part, [start]);
    else known.push(start);
  });
  return (form) => {
    let hasAny = false;
    eachPart(form, (formStart, hash) => {
      if (filter[placeOf(hash)] === 0) return;
      for (const start of positions.get(form.slice(formStart, formStart + PART)) ?? []) {
        marks.fill(1, start, start + PART);
        hasAny = true;
      }
    });
    return hasAny;
  };
}
