import { KeyringError, type DocumentPosition } from '../errors.ts';

/** What is wrong with a text of manifests, and where. */
export interface ManifestErrorDetails {
  /** Where the text comes from, for the message. */
  readonly path?: string | undefined;
  /** What is wrong, as a phrase that quotes nothing of the text. */
  readonly reason: string;
  readonly position: DocumentPosition;
}

/** A text that should hold Kubernetes objects is no YAML or JSON, or holds something else. */
export class ManifestError extends KeyringError {
  override readonly code = 'ERR_KEYRING_MANIFEST_INVALID';
  /** Where the text comes from, when that is known. */
  readonly path: string | undefined;
  /** What is wrong, as a phrase. */
  readonly reason: string;
  readonly position: DocumentPosition;

  constructor({ path, reason, position }: ManifestErrorDetails) {
    super(`${path ?? 'manifest'}:${position.line}:${position.column}: ${reason}`);
    this.path = path;
    this.reason = reason;
    this.position = position;
  }
}
