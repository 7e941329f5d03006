// The fields of decoded objects, with Go's zero values for what is absent.

import type { Decoded, DecodedObject } from './decode.ts';

/** A text with its place. */
export type TextWithPlace = Extract<Decoded, { kind: 'string' }>;

/** A text, `''` where there is none. */
export function textOf({ fields }: DecodedObject, name: string): string {
  const field = fields.get(name);
  return field?.kind === 'string' ? field.text : '';
}

/** Texts with their places, none where there is no list. */
export function textsOf({ fields }: DecodedObject, name: string): readonly TextWithPlace[] {
  const field = fields.get(name);
  if (field?.kind !== 'list') return [];
  // As the shape says.
  return field.items as TextWithPlace[];
}

/** Objects, none where there is no list. */
export function objectsOf({ fields }: DecodedObject, name: string): readonly DecodedObject[] {
  const field = fields.get(name);
  if (field?.kind !== 'list') return [];
  // As the shape says.
  return field.items as readonly DecodedObject[];
}

/** An object, empty where there is none. */
export function objectOf({ fields, position }: DecodedObject, name: string): DecodedObject {
  const field = fields.get(name);
  return field?.kind === 'object' ? field : { kind: 'object', position, fields: new Map() };
}

/** Whether a boolean is there and true. */
export function isTrue({ fields }: DecodedObject, name: string): boolean {
  const field = fields.get(name);
  return field?.kind === 'boolean' && field.value;
}

/** The entries of a map, none where there is none. */
export function entriesOf(
  { fields }: DecodedObject,
  name: string,
): readonly (readonly [string, Decoded])[] {
  const field = fields.get(name);
  return field?.kind === 'map' ? [...field.entries] : [];
}

/** The entries of a map of texts. */
export function textEntriesOf(
  object: DecodedObject,
  name: string,
): readonly (readonly [string, string])[] {
  // As the shape says.
  return entriesOf(object, name).map(([key, value]) => [key, (value as TextWithPlace).text]);
}
