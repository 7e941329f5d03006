// Damage to documents, of the kinds that happen: cut short, a wrong character, a piece twice, a value of a wrong type.

import type { Random } from '../fakes/random.ts';

const WRONG_VALUES = ['5', 'null', 'true', '[]', '{}', '[{"a":1}]', '1e999', '""'];

const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random.below(text.length)),
  flip,
  flip,
  flip,
  repeatPiece,
  (text, random) => replaceString(text, random, random.pick(WRONG_VALUES)),
  (text, random) => insert(text, random, random.pick(['\u0000', '\ufeff', '\\', '"', '\n', 'é'])),
  (text) => Buffer.from(text).toString('base64'),
];

/** A text with one fault. */
export function mutate(text: string, random: Random): string {
  return random.pick(MUTATIONS)(text, random);
}

function flip(text: string, random: Random): string {
  const index = random.below(text.length);
  const code = text.charCodeAt(index) ^ (1 << random.below(7));
  return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
}

function repeatPiece(text: string, random: Random): string {
  const start = random.below(text.length);
  const end = start + random.below(30);
  return text.slice(0, end) + text.slice(start, end) + text.slice(end);
}

function replaceString(text: string, random: Random, value: string): string {
  const strings = [...text.matchAll(/"[^"]*"(?!\s*:)/g)];
  const { index, 0: old } = random.pick(strings);
  return text.slice(0, index) + value + text.slice(index + old.length);
}

function insert(text: string, random: Random, piece: string): string {
  const index = random.below(text.length);
  return text.slice(0, index) + piece + text.slice(index);
}
