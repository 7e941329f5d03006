// One label of a host against one label of a pattern, as Go's path/filepath.Match does it (Go 1.26.8, filepath/match.go,
// on Unix). Of its syntax only `*` and classes can get here: `?` begins a query, `\` and `^` are refused in hosts, and
// `[` opens an IPv6 address, which reads as a character class when it has no port. Labels are byte strings (go-url.ts).

import { sequenceLength } from '../config/utf8.ts';

/** Whether a label can match others than itself. */
export function isGlob(label: string): boolean {
  return label.includes('*') || label.includes('[');
}

/** Whether a label matches a pattern; a malformed pattern matches nothing. */
export function matchLabel(pattern: string, label: string): boolean {
  let at: Places = { pattern: 0, label: 0 };
  let afterStar = -1;
  let starEnd = 0;
  while (at.pattern < pattern.length || at.label < label.length) {
    if (pattern.charAt(at.pattern) === '*') {
      afterStar = at.pattern + 1;
      starEnd = at.label;
      at = { pattern: afterStar, label: starEnd };
      continue;
    }
    const next = matchOne(pattern, label, at);
    if (next === undefined) {
      // The last star takes one byte more, if there is a star and a byte.
      if (afterStar < 0 || starEnd >= label.length) return false;
      starEnd += 1;
    }
    at = next ?? { pattern: afterStar, label: starEnd };
  }
  return true;
}

interface Places {
  readonly pattern: number;
  readonly label: number;
}

function matchOne(pattern: string, label: string, at: Places): Places | undefined {
  if (at.pattern >= pattern.length || at.label >= label.length) return undefined;
  if (pattern.charAt(at.pattern) === '[') return matchClass(pattern, label, at);
  if (pattern.charCodeAt(at.pattern) !== label.charCodeAt(at.label)) return undefined;
  return { pattern: at.pattern + 1, label: at.label + 1 };
}

/** `[a-z0]`, from its bracket: one rune in one of its ranges. */
function matchClass(pattern: string, label: string, at: Places): Places | undefined {
  const rune = runeAt(label, at.label);
  let index = at.pattern + 1;
  let isMember = false;
  let ranges = 0;
  while (ranges === 0 || pattern.charAt(index) !== ']') {
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
    isMember ||= low.value <= rune.value && rune.value <= high.value;
    ranges += 1;
  }
  return isMember ? { pattern: index + 1, label: at.label + rune.length } : undefined;
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
