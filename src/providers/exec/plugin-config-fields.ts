// The fields of decoded objects, with Go's zero values for what is absent.

import type { Decoded, DecodedObject } from '../../config/document/decode.ts';

/** A text with its place. */
export type DecodedText = Extract<Decoded, { kind: 'string' }>;

/** A text, `''` where there is none. */
export function textOf({ fields }: DecodedObject, name: string): string {
  const field = fields.get(name);
  return field?.kind === 'string' ? field.text : '';
}

/** Texts with their places, none where there is no list. */
export function textsOf({ fields }: DecodedObject, name: string): readonly DecodedText[] {
  const field = fields.get(name);
  if (field?.kind !== 'list') return [];
  // As the shape says.
  return field.items as DecodedText[];
}
