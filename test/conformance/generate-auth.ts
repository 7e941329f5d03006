import type { Oddness } from './generate-json.ts';
import type { Random } from './random.ts';

/** The `auth` of an entry: base64 of `user:password`, in all the forms in which it turns up. */
export function authText(random: Random, odd: Oddness, pair: string): string {
  const bytes = Buffer.concat([
    Buffer.from(pair, 'utf8'),
    random.chance(odd.unusual / 3)
      ? Buffer.from(random.times(1 + random.below(4), () => random.below(256)))
      : Buffer.alloc(0),
  ]);
  const base64 = bytes.toString('base64');
  const isWrong = random.chance(odd.wrong);
  if (isWrong) return wrongBase64(random, base64);
  return random.chance(odd.unusual) ? unusualBase64(random, base64) : base64;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function unusualBase64(random: Random, base64: string): string {
  switch (random.below(5)) {
    case 0:
      return base64.replace(/=+$/, '');
    case 1:
      return withNewlines(random, base64);
    case 2:
      return withTrailingBits(random, base64);
    case 3:
      return withNewlines(random, withTrailingBits(random, base64).replace(/=+$/, ''));
    default:
      return `${base64}${random.pick(['\n', '\r\n', '\n\n'])}`;
  }
}

function withNewlines(random: Random, base64: string): string {
  return Array.from(
    base64,
    (letter) => (random.chance(0.15) ? random.pick(['\n', '\r', '\r\n']) : '') + letter,
  ).join('');
}

/** The last letter's unused bits, which an encoder leaves zero. */
function withTrailingBits(random: Random, base64: string): string {
  const padding = base64.length - base64.replace(/=+$/, '').length;
  if (padding === 0) return base64;
  const at = base64.length - padding - 1;
  const value = ALPHABET.indexOf(base64.charAt(at)) + random.below(padding === 1 ? 4 : 16);
  return base64.slice(0, at) + ALPHABET.charAt(value) + '='.repeat(padding);
}

function wrongBase64(random: Random, base64: string): string {
  const at = random.below(base64.length + 1);
  return random.pick([
    Buffer.from(`user${random.below(100)}`).toString('base64'),
    `${base64}=`,
    `${base64}==`,
    `${base64.replace(/=+$/, '')}=`,
    base64.slice(0, at),
    `${base64.slice(0, at)}${random.pick(['-', '_', ' ', '\t', '=', '*', 'é', '\u0000', '.'])}${base64.slice(at)}`,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    `${base64} `,
    `${base64}\u0085`,
    ` ${base64}`,
    '=',
    '====',
    'A',
    'Og',
    'Og==',
    'Og=\n=',
    'Og=\n',
    '\n',
    '\r\n=',
    ' ',
    ' =',
    'dTp3=',
    base64 + base64,
  ]);
}
