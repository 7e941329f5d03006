// What `explain` answers: plain data, serialisable, without secrets.

import type { Semantics } from '../config/search-paths.ts';
import type { Finding } from '../findings/finding.ts';
import type { CredentialSource } from '../credential/credential.ts';
import type { ImageReference } from '../reference/image-reference.ts';
import type { Mismatch, PathMatching } from '../keyring/match.ts';

/** The three layers, in the order in which they are asked. */
export type Layer = 'pull-secrets' | 'node' | 'providers';

/** What became of one entry of a source. */
export type EntryOutcome =
  | 'matched'
  /** No key of the layer matched, and `index.docker.io` serves images of Docker Hub then. */
  | 'docker-hub-fallback'
  /** The entry is `index.docker.io`, but another key of the layer matched. */
  | 'docker-hub-fallback-not-needed'
  /** The path is a prefix, but ends within a segment, and `pathMatching` is `'segment'`. */
  | 'segment-differs'
  /** Go cannot parse the entry's name as a URL, or not a second time. */
  | 'unparsable'
  | Mismatch;

/** One entry of a source, and why it matches or does not. */
export interface ExplainedEntry {
  /** The normalised key; where there is none, the name as written. */
  readonly key: string;
  readonly outcome: EntryOutcome;
  /** The outcome as a phrase. */
  readonly message: string;
  /** What is wrong with the entry itself, whatever the image. */
  readonly findings: readonly Finding[];
}

/** What became of one source. */
export type SourceStatus =
  | 'used'
  | 'no-match'
  /** A secret of another type, or without its data key, or empty; a provider for other images. */
  | 'skipped'
  | 'missing'
  | 'not-consulted'
  /** A file that cannot be read now; what it last held counts. */
  | 'kept'
  | 'malformed'
  | 'failed';

/** One source that was consulted, or why it was not. */
export interface ExplainedSource {
  readonly layer: Layer;
  readonly source: CredentialSource;
  readonly status: SourceStatus;
  /** The status as a sentence. */
  readonly message: string;
  /**
   * Entries that matched, and those that nearly did; of a source with few entries all. See `otherEntries` for the rest.
   */
  readonly entries: readonly ExplainedEntry[];
  /** How many further entries have nothing to do with the image. */
  readonly otherEntries: number;
  /** What is wrong in it, with places. */
  readonly problems: readonly string[];
}

/** One credential of the answer. */
export interface ExplainedCredential {
  /** 1 is tried first. */
  readonly position: number;
  readonly layer: Layer;
  readonly key: string;
  readonly username: string;
  readonly kind: 'password' | 'identity-token' | 'registry-token' | 'empty';
  readonly expiresAt?: string;
  readonly source: CredentialSource;
}

/** Something that is likely not what was meant. */
export interface ExplanationWarning {
  /** Stable across releases. */
  readonly code:
    | 'path-ends-within-segment'
    | 'docker-io-hides-index'
    | 'empty-credential'
    | 'identity-token-ignored'
    | 'helpers-not-run'
    | 'service-account-token-unused';
  readonly message: string;
  readonly hint: string;
}

/** The answer of `explain`. */
export interface Explanation {
  /** The image as it was asked for. */
  readonly image: string;
  readonly reference: ImageReference;
  /** What was added or changed to get from the one to the other, in sentences. */
  readonly normalization: readonly string[];
  readonly semantics: Semantics;
  readonly pathMatching: PathMatching;
  readonly sources: readonly ExplainedSource[];
  /** The answer of `lookup`, in order. */
  readonly credentials: readonly ExplainedCredential[];
  readonly warnings: readonly ExplanationWarning[];
}
