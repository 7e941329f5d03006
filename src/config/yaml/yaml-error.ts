import type { DocumentPosition } from '../../errors.ts';

/** Why a document cannot be read, without a word of it. It is thrown inside this folder only. */
export class YamlError extends Error {
  readonly position: DocumentPosition;

  constructor(reason: string, position: DocumentPosition) {
    super(reason);
    this.name = 'YamlError';
    this.position = position;
  }
}
