// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { createKeyring } from 'docker-keyring';
import type { CredentialProvider, CredentialRequest, CredentialResponse } from 'docker-keyring';

declare function readVault(image: string, signal: AbortSignal): Promise<string>;

async function provide({ image, signal }: CredentialRequest): Promise<CredentialResponse> {
  const password = await readVault(image, signal);
  return { auth: { 'a.example.com': { username: 'robot', password } }, cacheKeyType: 'Registry' };
}

// Three properties make a provider, with nothing but inference.
createKeyring({ providers: [{ name: 'vault', matchImages: ['*.example.com'], provide }] });

/** A class is a provider too, and may answer with nothing. */
export class Nothing implements CredentialProvider {
  readonly name = 'nothing';
  readonly matchImages = ['*'] as const;
  readonly defaultCacheDurationMs = 0;

  provide(request: CredentialRequest): Promise<CredentialResponse | undefined> {
    request.signal.throwIfAborted();
    return Promise.resolve(undefined);
  }
}

export const withToken: CredentialResponse = {
  auth: { 'r.example.com': { username: '', password: '', identityToken: 't', registryToken: 't' } },
  cacheKeyType: 'Image',
  expiresAt: new Date(0),
};

// @ts-expect-error The kubelet knows three cache key types.
export const unknownCacheKey: CredentialResponse = { auth: {}, cacheKeyType: 'Repository' };

// @ts-expect-error A provider says for which images it is asked.
export const unmatched: CredentialProvider = { name: 'x', provide: async () => undefined };

export const blocking: CredentialProvider = {
  name: 'x',
  matchImages: [],
  // @ts-expect-error An answer is a promise.
  provide: () => undefined,
};
