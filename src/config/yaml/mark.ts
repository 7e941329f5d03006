// A place in a YAML document, as its parser counts.

/** A place in a document; everything counts from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}
