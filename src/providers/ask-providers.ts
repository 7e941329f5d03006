// Asks the providers that are for an image, all at once, and keeps what each of them did.

import { ProviderError, TimeoutError } from '../errors.ts';
import type { KeyringEntry } from '../keyring/entry.ts';
import { matchTarget, mismatch } from '../keyring/match.ts';
import { toByteString } from '../keyring/go-url.ts';
import { registryPattern, type RegistryPattern } from '../keyring/registry-key.ts';
import type { IndexedEntry } from '../keyring/registry-index.ts';
import { withDeadline } from '../system/deadline.ts';
import type { System } from '../system/system.ts';
import { checkResponse, MalformedResponse } from './check-response.ts';
import type { CredentialProvider, CredentialResponse } from './contract.ts';

/** How long one provider may take for one answer, in milliseconds. */
const DEADLINE_MS = 30_000;

/** A provider with its patterns parsed. */
export interface ReadyProvider {
  readonly provider: CredentialProvider;
  readonly patterns: readonly RegistryPattern[];
}

/** What one provider did. */
export type ProviderAnswer =
  | { readonly provider: CredentialProvider; readonly response: CredentialResponse | undefined }
  | { readonly provider: CredentialProvider; readonly error: ProviderError };

/** Parses a provider's patterns, once. Malformed ones match nothing. */
export function readyProvider(provider: CredentialProvider): ReadyProvider {
  const patterns = provider.matchImages.flatMap(
    (pattern) => registryPattern(toByteString(pattern)) ?? [],
  );
  return { provider, patterns };
}

/** The providers that are for an image, in their order. */
export function providersFor(
  providers: readonly ReadyProvider[],
  name: string,
): readonly CredentialProvider[] {
  if (providers.length === 0) return [];
  const target = matchTarget(name);
  if (target === undefined) return [];
  return providers
    .filter(({ patterns }) => patterns.some((pattern) => !mismatch(pattern, target)))
    .map(({ provider }) => provider);
}

/** Asks providers; one that fails takes nothing from the others. Rejects only when the caller's signal does. */
export async function askProviders(
  system: Pick<System, 'setTimer'>,
  providers: readonly CredentialProvider[],
  image: string,
  signal?: AbortSignal,
): Promise<readonly ProviderAnswer[]> {
  return Promise.all(providers.map((provider) => askProvider(system, provider, image, signal)));
}

/** A response's credentials as entries of a virtual config. */
export function responseEntries(
  answer: ProviderAnswer,
  acceptsTokens: boolean,
): IndexedEntry<KeyringEntry>[] {
  if (!('response' in answer) || answer.response === undefined) return [];
  const { auth, expiresAt } = answer.response;
  const source = { kind: 'provider', provider: answer.provider.name } as const;
  const origin = expiresAt === undefined ? { source } : { source, expiresAt };
  return Object.entries(auth).map(([rawKey, { username, password, ...tokens }]) => {
    const config = { rawKey, username, password, ...(acceptsTokens ? tokens : {}) };
    return { rawKey, entry: { config, ...origin } };
  });
}

async function askProvider(
  system: Pick<System, 'setTimer'>,
  provider: CredentialProvider,
  image: string,
  signal: AbortSignal | undefined,
): Promise<ProviderAnswer> {
  const operation = `Provider ${JSON.stringify(provider.name)}`;
  try {
    const response: unknown = await withDeadline(
      system,
      { operation, timeoutMs: DEADLINE_MS, signal },
      async (providerSignal) => provider.provide({ image, signal: providerSignal }),
    );
    return { provider, response: checkResponse(response) };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      provider,
      error: new ProviderError(provider.name, image, failureReason(error), { cause: error }),
    };
  }
}

/** A provider's own message may hold a secret: it stays in the cause. */
function failureReason(error: unknown): string {
  if (error instanceof MalformedResponse || error instanceof TimeoutError) return error.message;
  return `it threw ${error instanceof Error ? error.name : 'something that is not an Error'}`;
}
