// Makes one answer of what several sources gave. The kubelet has a provider for each source and tries the credentials
// of all; an answer has one entry for a key, so that a key that is taken is written another way.

import type { CredentialResponse, CredentialResponseEntry } from '../contract.ts';
import type { AccessToken } from './access-token.ts';
import type { DockercfgEntries } from './dockercfg-attributes.ts';

/** What one source gave. */
export type Part =
  | { readonly kind: 'entries'; readonly entries: DockercfgEntries }
  | { readonly kind: 'token'; readonly token: AccessToken };

/** What the merged answer depends on. */
export interface MergeOptions {
  /** The keys under which a token is given. */
  readonly tokenKeys: readonly string[];
  /** Whether the attributes could not be read, so that they should be asked for again soon. */
  readonly isPartial: boolean;
}

/** How long documents of the instance's attributes are believed (Kubernetes, gcp/metadata.go, Lifetime). */
export const DOCKERCFG_MS = 60_000;

/** Merges the parts in their order. */
export function mergeAnswers(parts: readonly Part[], options: MergeOptions): CredentialResponse {
  const auth = new Map<string, CredentialResponseEntry>();
  for (const [key, entry] of parts.flatMap((part) => entriesOf(part, options.tokenKeys))) {
    const free = spellings(key).find((spelling) => !auth.has(spelling));
    if (free !== undefined) auth.set(free, entry);
  }
  const ends = parts.flatMap((part) => (part.kind === 'token' ? [part.token.expiresAtMs] : []));
  const isShort = options.isPartial || parts.some(({ kind }) => kind === 'entries');
  return {
    auth: Object.fromEntries(auth),
    cacheKeyType: 'Registry',
    ...(ends.length === 0 ? {} : { expiresAt: new Date(Math.min(...ends)) }),
    ...(isShort ? { cacheDurationMs: DOCKERCFG_MS } : {}),
  };
}

function entriesOf(part: Part, tokenKeys: readonly string[]): DockercfgEntries {
  if (part.kind === 'entries') return part.entries;
  const { username, token: password } = part.token;
  return tokenKeys.map((key) => [key, { username, password }]);
}

/** Names that the kubelet's keyring folds to one key (Kubernetes v1.37.2 keyring.go, Add). */
function spellings(key: string): readonly string[] {
  const bare = key.replace(/^https?:\/\//, '');
  const root = bare.includes('/') ? [] : [`${bare}/`];
  return [key, bare, `https://${bare}`, `http://${bare}`, ...root];
}
