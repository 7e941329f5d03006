// A JSON or YAML document as a tree with places, as Go's readers of both see it.

import type { DocumentPosition } from '../../errors.ts';

/** A member of an object. */
export interface DocumentMember {
  readonly name: string;
  readonly position: DocumentPosition;
  readonly value: DocumentValue;
}

/** A value. */
export type DocumentValue = { readonly position: DocumentPosition } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | {
      readonly kind: 'number';
      /** As it stands in the JSON; of YAML also `Infinity`, `-Infinity` and `NaN`, which are none in JSON. */
      readonly text: string;
    }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly DocumentValue[] }
  | ObjectValue
);

/** An object; a member may occur twice in JSON. */
export interface ObjectValue {
  readonly kind: 'object';
  readonly position: DocumentPosition;
  readonly members: readonly DocumentMember[];
}
