// Go types that a document is decoded into. `goType` and `structName` are needed only where Go's words are shown.

/** What a value must be. */
export type Shape =
  | { readonly kind: 'string' | 'boolean' | 'integer' | 'bytes' | 'any'; readonly goType?: string }
  | TextShape
  | { readonly kind: 'list' | 'map'; readonly goType?: string; readonly of: Shape }
  | ObjectShape;

/** A type that reads its JSON itself, from a string. */
export interface TextShape {
  readonly kind: 'text';
  readonly goType?: string;
  /** What the text means, or what is wrong with it. */
  readonly read: (text: string) => DecodedText | { readonly problem: string };
}

/** What a type's own reader makes of a text. */
export type DecodedText =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'duration'; readonly nanoseconds: bigint };

/** A struct. */
export interface ObjectShape {
  readonly kind: 'object';
  readonly goType?: string;
  readonly structName?: string;
  /** By the name that the version gives the member. */
  readonly fields: ReadonlyMap<string, Field>;
}

/** A member of a struct. */
interface Field {
  /** Its name in v1. */
  readonly key: string;
  readonly shape: Shape;
}
