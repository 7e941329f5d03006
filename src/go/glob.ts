// One label of a host against one label of a pattern, as Go's path/filepath.Match does it (Go 1.26.8, filepath/match.go,
// on Unix). Of its syntax only `*` and classes can get here: `?` begins a query, `\` and `^` are refused in hosts, and
// `[` opens an IPv6 address, which reads as a character class when it has no port. Labels are byte strings (go-url.ts).

import { sequenceLength } from './utf8.ts';

/** Whether a label can match others than itself. */
export function isGlob(label: string): boolean {
  return label.includes('*') || label.includes('[');
}

/**
 * Whether a label matches a pattern; a malformed pattern matches nothing. Without classes, which no image's host can get
 * to behind a star, it takes time linear in both: trying a part at each place would take their product.
 */
export function matchLabel(pattern: string, label: string): boolean {
  const [first = '', ...others] = partsOf(pattern);
  const last = others.pop();
  let from = endOfPart(first, label, 0);
  if (last === undefined) return from === label.length;
  for (const part of others) {
    if (from < 0) return false;
    from = findPart(part, label, from);
  }
  return from >= 0 && isEnd(last, label, from);
}

/** What stands between the stars of a pattern. */
function partsOf(pattern: string): readonly string[] {
  if (!pattern.includes('[')) return pattern.split('*');
  const parts: string[] = [];
  let start = 0;
  let index = 0;
  while (index < pattern.length) {
    const character = pattern.charAt(index);
    if (character === '*') {
      parts.push(pattern.slice(start, index));
      start = index + 1;
    }
    index = character === '[' ? (classAt(pattern, index)?.end ?? pattern.length) : index + 1;
  }
  return [...parts, pattern.slice(start)];
}

/** Where a part ends that begins at a place of a label, or -1. */
function endOfPart(part: string, label: string, from: number): number {
  if (!part.includes('[')) return label.startsWith(part, from) ? from + part.length : -1;
  let end = from;
  let index = 0;
  while (index < part.length && end < label.length) {
    const isClass = part.charAt(index) === '[';
    const matched = isClass
      ? matchClass(part, index, runeAt(label, end))
      : matchCode(part, index, label.charCodeAt(end));
    if (matched === undefined) return -1;
    index = matched.end;
    end += matched.length;
  }
  return index < part.length ? -1 : end;
}

/** Where the first occurrence of a part ends, or -1. */
function findPart(part: string, label: string, from: number): number {
  if (!part.includes('[')) return findText(part, label, from);
  for (let start = from; start < label.length; start += 1) {
    const end = endOfPart(part, label, start);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether a label ends with a part, behind a place. */
function isEnd(part: string, label: string, from: number): boolean {
  if (!part.includes('[')) return label.length - from >= part.length && label.endsWith(part);
  for (let start = from; start < label.length; start += 1) {
    if (endOfPart(part, label, start) === label.length) return true;
  }
  return false;
}

/** The same for a text: Knuth, Morris and Pratt's search. */
function findText(text: string, label: string, from: number): number {
  const borders = bordersOf(text);
  let matched = 0;
  let index = from;
  while (matched < text.length && index < label.length) {
    matched = extended(text, borders, matched, label.charCodeAt(index));
    index += 1;
  }
  return matched === text.length ? index : -1;
}

/** For each beginning of a text, how long the longest other beginning is that it ends with. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length + 1);
  let length = 0;
  for (let index = 1; index < text.length; index += 1) {
    length = extended(text, borders, length, text.charCodeAt(index));
    borders[index + 1] = length;
  }
  return borders;
}

/** How much of a text the next character leaves matched. */
function extended(text: string, borders: Int32Array, matched: number, code: number): number {
  let length = matched;
  while (length > 0 && text.charCodeAt(length) !== code) length = borders[length] as number;
  return text.charCodeAt(length) === code ? length + 1 : length;
}

/** What of a part and of a label one element takes. */
interface Taken {
  /** Where the element ends. */
  readonly end: number;
  /** How many bytes of the label it is. */
  readonly length: number;
}

function matchCode(part: string, index: number, code: number): Taken | undefined {
  return part.charCodeAt(index) === code ? { end: index + 1, length: 1 } : undefined;
}

/** `[a-z0]`: one rune in one of its ranges. */
function matchClass(part: string, index: number, { value, length }: Rune): Taken | undefined {
  const found = classAt(part, index);
  const isMember = found?.ranges.some(([low, high]) => low <= value && value <= high) === true;
  return found !== undefined && isMember ? { end: found.end, length } : undefined;
}

interface RuneClass {
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly end: number;
}

/** The class that begins at a bracket; `undefined` where it is malformed. */
function classAt(pattern: string, start: number): RuneClass | undefined {
  const ranges: [number, number][] = [];
  let index = start + 1;
  while (ranges.length === 0 || pattern.charAt(index) !== ']') {
    const low = boundAt(pattern, index);
    if (low === undefined) return undefined;
    index += low.length;
    let high = low;
    if (pattern.charAt(index) === '-') {
      const bound = boundAt(pattern, index + 1);
      if (bound === undefined) return undefined;
      high = bound;
      index += 1 + bound.length;
    }
    ranges.push([low.value, high.value]);
  }
  return { ranges, end: index + 1 };
}

interface Rune {
  readonly value: number;
  readonly length: number;
}

/** One end of a range; `undefined` where the class is malformed. */
function boundAt(pattern: string, index: number): Rune | undefined {
  const character = pattern.charAt(index);
  return character === '' || character === '-' || character === ']'
    ? undefined
    : runeAt(pattern, index);
}

/** The code point whose UTF-8 begins at an index of a byte string; U+FFFD, one byte long, where none does. */
function runeAt(text: string, index: number): Rune {
  const bytes = Buffer.from(text.slice(index, index + 4), 'latin1');
  const length = sequenceLength(bytes, 0);
  if (length === 0) return { value: 0xfffd, length: 1 };
  return { value: Number(bytes.toString('utf8', 0, length).codePointAt(0)), length };
}
