// The nodes of a YAML document, before it is known what they mean.

import type { Mark } from './mark.ts';

/** A node of a document. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping | YamlAlias;

/** A text, before it is known what it means. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly mark: Mark;
  readonly value: string;
  /** `''` where none is written. */
  readonly tag: string;
  /** Whether its form may decide what it is: it has no quotes, or the tag `!`. */
  readonly isImplicit: boolean;
}

/** A list. */
export interface YamlSequence {
  readonly kind: 'sequence';
  readonly mark: Mark;
  readonly items: YamlNode[];
}

/** Keys with values, in their order. */
export interface YamlMapping {
  readonly kind: 'mapping';
  readonly mark: Mark;
  readonly pairs: (readonly [key: YamlNode, value: YamlNode])[];
}

/** A reference to a node that stands before it, or around it. */
export interface YamlAlias {
  readonly kind: 'alias';
  readonly mark: Mark;
  readonly name: string;
  readonly target: YamlNode;
}
