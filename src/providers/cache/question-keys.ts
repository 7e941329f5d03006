// The scopes that an answer may be cached under: provider, identity, and the image, its registry or everything
// (Kubernetes v1.37.2 pkg/credentialprovider/plugin/plugin.go, getCachedCredentials and generateCacheKey).

import type { CredentialResponse } from '../contract.ts';

/** What a provider says, or has said, of the reach of its answers. */
export type Reach = CredentialResponse['cacheKeyType'];

/** What a question is about. */
export interface Scopes {
  /** Tells providers and identities apart. */
  readonly prefix: string;
  readonly image: string;
  /** What the provider's `cacheScope` says. */
  readonly declared: string | undefined;
  /** How far the provider's last answer reached. */
  readonly learned: Reach | undefined;
}

/** The keys of a question to the cache. */
export interface QuestionKeys {
  readonly keys: readonly string[];
  readonly ownKey: string;
  readonly callKey: string;
}

/** The keys of a question. */
export function questionKeys({ prefix, image, declared, learned }: Scopes): QuestionKeys {
  if (declared !== undefined) {
    const key = `${prefix}scope ${declared}`;
    return { keys: [key], ownKey: key, callKey: key };
  }
  const own = scopeKey(prefix, image, learned ?? 'Image');
  return {
    keys: (['Image', 'Registry', 'Global'] as const).map((type) => scopeKey(prefix, image, type)),
    ownKey: own,
    // Until a provider has answered once, nobody knows whether images of one registry share an answer: the first one
    // asks, and the others wait to see.
    callKey: learned === undefined ? scopeKey(prefix, image, 'Registry') : own,
  };
}

/** The key of an answer. */
export function scopeKey(prefix: string, image: string, type: Reach): string {
  const { [type]: scope } = {
    Image: `image ${image}`,
    Registry: `registry ${image.slice(0, image.indexOf('/'))}`,
    Global: 'global',
  };
  return prefix + scope;
}
