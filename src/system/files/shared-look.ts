// Looking at files again: how often, shared by whom, and what tells that one has changed.

import type { FileStamp, System } from '../system.ts';

/** How long a look at files is good for. */
const GOOD_FOR_MS = 1000;

/** A look at files that is repeated when somebody needs them. */
export interface SharedLook {
  /** Whether the last look is less than a second old. */
  isFresh(): boolean;
  /** Looks. Concurrent callers share one look. */
  look(): Promise<void>;
}

/**
 * Makes one; looks at nothing yet.
 *
 * @param look - Looks at the files. Where it rejects, they have not been looked at.
 */
export function createSharedLook(
  { monotonicMs }: Pick<System, 'monotonicMs'>,
  look: () => Promise<void>,
): SharedLook {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function lookOnce(): Promise<void> {
    try {
      await look();
      lookedAtMs = monotonicMs();
    } finally {
      underWay = undefined;
    }
  }

  return {
    isFresh: () => monotonicMs() - lookedAtMs < GOOD_FOR_MS,
    look: () => (underWay ??= lookOnce()),
  };
}

/** Differs between two states of a file. */
export function versionOf({ size, mtimeMs, inode }: FileStamp): string {
  return `${size}/${mtimeMs}/${inode}`;
}
