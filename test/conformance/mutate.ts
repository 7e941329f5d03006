import type { Random } from './random.ts';

/** Characters and sequences that URLs, JSON, globs and image names treat specially. */
const ODD_PARTS: readonly string[] = [
  ...Array.from(' %*?#@:/\\[]^`{|}<>"\'~!$&()+,;=._-'),
  ...Array.from(
    '\t\n\r\u0000\u001f\u007f\u0080\u0085\u00a0\u00e9\u017f\u0130\u212a\u2028\ufeff\ufffd😀',
  ),
  '%2F',
  '%2f',
  '%41',
  '%61',
  '%e4',
  '%C3%A9',
  '%25',
  '%2561',
  '%zz',
  '%0A',
  '%00',
  '%3F',
  '%23',
  '%5B',
  '..',
  '//',
  '[a-z]',
  '[^x]',
  '[!x]',
  '\\*',
  '**',
  ':0',
  ':65536',
  '/v1/',
  '/v2/',
  '%20',
  'A',
  'z',
  '0',
];

/** Inserts, removes or replaces something somewhere. */
export function mutated(random: Random, text: string): string {
  const characters = Array.from(text);
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    const at = random.below(characters.length + 1);
    const removed = random.weighted([
      [5, 0],
      [4, 1],
      [1, 3],
    ]);
    const added = removed > 0 && random.chance(0.4) ? [] : [random.pick(ODD_PARTS)];
    characters.splice(at, removed, ...added);
  }
  return characters.join('');
}
