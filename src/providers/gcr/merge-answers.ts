// Makes one response of the results of several sources. The kubelet has a provider for each source and tries the credentials
// of all; a response has one entry for each key, so that a key that is taken is spelled in another way.

import type { CredentialResponse, CredentialResponseEntry } from '../contract.ts';
import type { AccessToken } from './identity/access-token.ts';
import type { DockercfgEntries } from './dockercfg-attributes.ts';

/** The result of one source. */
export type Part =
  | { readonly kind: 'entries'; readonly entries: DockercfgEntries }
  | { readonly kind: 'token'; readonly token: AccessToken };

export interface MergeOptions {
  /** The keys under which a token of a cloud is given. */
  readonly tokenKeys: (universe: string) => readonly string[];
  /** Whether the attributes could not be read, so that they should be asked for again soon. */
  readonly isPartial: boolean;
}

/** How long documents of the instance's attributes are cached (Kubernetes, gcp/metadata.go, Lifetime). */
export const DOCKERCFG_MS = 60_000;

/** Merges the parts in their order. */
export function mergeAnswers(parts: readonly Part[], options: MergeOptions): CredentialResponse {
  const auth = new Map<string, CredentialResponseEntry>();
  for (const [key, entry] of parts.flatMap((part) => entriesOf(part, options.tokenKeys))) {
    const free = spellings(key).find((spelling) => !auth.has(spelling));
    if (free !== undefined) auth.set(free, entry);
  }
  const tokens = parts.flatMap((part) => (part.kind === 'token' ? [part.token] : []));
  const ends = tokens.flatMap(({ expiresAtMs }) => expiresAtMs ?? []);
  const keepMs = keepMsOf(parts, options);
  return {
    auth: Object.fromEntries(auth),
    cacheKeyType: 'Registry',
    ...(ends.length === 0 ? {} : { expiresAt: new Date(Math.min(...ends)) }),
    ...(keepMs === undefined ? {} : { cacheDurationMs: keepMs }),
  };
}

/** How long it may be cached, in milliseconds; `undefined` for until its end. A token without an end is not cached. */
function keepMsOf(parts: readonly Part[], { isPartial }: MergeOptions): number | undefined {
  if (parts.some((part) => part.kind === 'token' && part.token.expiresAtMs === undefined)) return 0;
  return isPartial || parts.some(({ kind }) => kind === 'entries') ? DOCKERCFG_MS : undefined;
}

function entriesOf(part: Part, tokenKeys: MergeOptions['tokenKeys']): DockercfgEntries {
  if (part.kind === 'entries') return part.entries;
  const { username, token: password, universe } = part.token;
  return tokenKeys(universe).map((key) => [key, { username, password }]);
}

/** Names that the kubelet's keyring folds to one key (Kubernetes v1.37.2 keyring.go, Add). */
function spellings(key: string): readonly string[] {
  const bare = key.replace(/^https?:\/\//, '');
  const root = bare.includes('/') ? [] : [`${bare}/`];
  return [key, bare, `https://${bare}`, `http://${bare}`, ...root];
}
