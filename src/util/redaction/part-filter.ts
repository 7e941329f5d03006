// Remembers the parts of secrets in a few bits each. A session may send a million characters of secrets, whose parts take
// some hundred times as much as texts of their own.

import { eachPart, PART } from './each-part.ts';

/** A memory of parts. */
export interface PartFilter {
  /** Remembers all parts of a text. */
  add(text: string): void;
  /**
   * Calls back with the place of each part of a text that is remembered. Seldom it does so for another part too: for one of
   * 4,000 at worst, and next to never while there are few.
   */
  find(text: string, found: (start: number) => void): void;
}

/** In bits: two mebibytes are enough for 30,000 parts, so that one of ten million is mistaken. */
const MIN_BITS = 2 ** 24;
/** In bits, of which those of nine million parts take an eighth: 32 mebibytes. */
const MAX_BITS = 2 ** 28;
/** How many bits each part sets. */
const PLACES = 4;
/** Below as many bits a part, the filter grows. */
const BITS_PER_PART = 32;

/** Makes an empty filter. */
export function createPartFilter(): PartFilter {
  let texts: string[] = [];
  let parts = 0;
  let bits = new Uint8Array(0);

  /** Two sizes are enough: what most need, and what the most need. */
  function grow(): void {
    const size = parts * BITS_PER_PART <= MIN_BITS ? MIN_BITS : MAX_BITS;
    if (bits.length * 8 >= size) return;
    bits = new Uint8Array(size / 8);
    for (const text of texts) set(text);
    if (size === MAX_BITS) texts = [];
  }

  function set(text: string): void {
    eachPart(text, (_start, hash, other) => {
      for (let place = 0; place < PLACES; place += 1) {
        const bit = bitOf(hash, other, place);
        const index = bit >>> 3;
        bits[index] = (bits[index] as number) | (1 << (bit & 7));
      }
    });
  }

  function has(hash: number, other: number): boolean {
    for (let place = 0; place < PLACES; place += 1) {
      const bit = bitOf(hash, other, place);
      if (((bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  function bitOf(hash: number, other: number, place: number): number {
    const mixed = Math.imul(hash + Math.imul(place, other | 1), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (bits.length * 8 - 1);
  }

  return {
    add(text) {
      if (text.length < PART) return;
      parts += text.length - PART + 1;
      grow();
      if (bits.length * 8 < MAX_BITS) texts.push(text);
      set(text);
    },
    find(text, found) {
      if (parts === 0) return;
      eachPart(text, (start, hash, other) => {
        if (has(hash, other)) found(start);
      });
    },
  };
}
