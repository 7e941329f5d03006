// The parts of a text, each as two numbers, so that parts can be compared without cutting the text.

/** Part of a secret is secret too, from this length on. */
export const PART = 8;

const BASES = [0x01000193, 0x5bd1e995] as const;
const [BASE, OTHER_BASE] = BASES;
/** A base to the power of PART: what the character that leaves has been multiplied with. */
const [LEAVING = 0, OTHER_LEAVING = 0] = BASES.map((base) =>
  Array.from({ length: PART }).reduce<number>((power) => Math.imul(power, base), 1),
);

/** Calls back with two numbers of each part, the same ones for equal parts. */
export function eachPart(
  text: string,
  found: (start: number, hash: number, other: number) => void,
): void {
  let hash = 0;
  let other = 0;
  for (let end = 0; end < text.length; end += 1) {
    const entering = text.charCodeAt(end);
    const leaving = end < PART ? 0 : text.charCodeAt(end - PART);
    hash = (Math.imul(hash, BASE) + entering - Math.imul(leaving, LEAVING)) | 0;
    other = (Math.imul(other, OTHER_BASE) + entering - Math.imul(leaving, OTHER_LEAVING)) | 0;
    if (end >= PART - 1) found(end - PART + 1, hash, other);
  }
}
