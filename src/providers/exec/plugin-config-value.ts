// A document of either format as a tree with places: what a CredentialProviderConfig is decoded from.

import type { DocumentPosition } from '../../errors.ts';

/** A member of an object. */
export interface ConfigMember {
  readonly name: string;
  readonly position: DocumentPosition;
  readonly value: ConfigValue;
}

/** A value; a number's text is only what it is called as a key, since no field is a number. */
export type ConfigValue = { readonly position: DocumentPosition } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly ConfigValue[] }
  | { readonly kind: 'object'; readonly members: readonly ConfigMember[] }
);
