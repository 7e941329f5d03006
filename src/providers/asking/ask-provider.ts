// Asking a provider once, for a keyring as for a plugin of the kubelet: through the store of a fleet where there is one,
// with a deadline, and with its answer checked before it is believed.

import { given, own } from '../../util/own.ts';
import { secretsOf, type SecretMemory } from '../../util/redaction/secret-memory.ts';
import { withDeadline } from '../../system/deadline.ts';
import { publish } from '../../system/diagnostics.ts';
import type { System } from '../../system/system.ts';
import type { Fleet, Received } from '../cache/fleet.ts';
import type { Call } from '../cache/fresh-cache.ts';
import { isLongExpired, type Expiry } from '../cache/lifetime.ts';
import { shareAnswer } from '../cache/share-answers.ts';
import { checkResponse } from './check-response.ts';
import type { CredentialProvider, CredentialRequest, CredentialResponse } from '../contract.ts';
import { failureOf } from './failure-of.ts';
import type { Identity } from './identity.ts';
import { ProviderFailure } from './provider-failure.ts';

/** How long one provider may take for one answer, in milliseconds, where it does not say itself. */
export const DEADLINE_MS = 30_000;
/** That a provider has nothing for an image is believed for so long at most, where it says for how long at all. */
const MAX_MISS_AGE_MS = 60_000;

/** Who is asked what, on whose behalf. */
export interface Asked {
  readonly provider: CredentialProvider;
  readonly image: string;
  readonly identity: Identity;
}

/** What asking works with. */
export interface Asking {
  readonly system: Pick<System, 'now' | 'setTimer'>;
  /** Shares answers with other processes. */
  readonly fleet?: Fleet | undefined;
  /** Gets the secrets of each answer, and keeps them out of what the provider says. */
  readonly secrets: SecretMemory;
}

/** One call, and which answers are of no use to it. */
export interface AskOptions extends Call {
  readonly isRefused?: ((response: CredentialResponse | undefined) => boolean) | undefined;
}

/**
 * Asks a provider.
 *
 * @throws {@link ProviderError}, or the signal's reason.
 */
export async function askProvider(
  { system, fleet, secrets }: Asking,
  asked: Asked,
  { isRefused, ...call }: AskOptions,
): Promise<Received> {
  const { provider, image, identity } = asked;
  secrets.remember(own(identity).token);
  publish({
    kind: 'provider-asked',
    provider: provider.name,
    image,
    message: 'Refreshing cache for provider',
  });
  const ask = (): Promise<Received> => callProvider(system, asked, call);
  try {
    const { response, receivedAtMs } = await (fleet === undefined
      ? ask()
      : shareAnswer(fleet, system, {
          provider,
          scope: scopeOf(asked),
          call,
          expiryOf: (received) => expiryOf(provider, received),
          ask,
          isRefused,
        }));
    secrets.remember(secretsOf(Object.values(response?.auth ?? {})));
    return { response: withSafeWords(response, secrets), receivedAtMs };
  } catch (error) {
    call.signal.throwIfAborted();
    throw failureOf(asked, error, secrets);
  }
}

/** Means the same in every process of a fleet. */
function scopeOf({ provider, image, identity }: Asked): readonly unknown[] {
  const declared = given(provider, 'cacheScope')?.call(provider, image);
  return [provider.name, identity.key, declared ?? null, declared ?? image];
}

async function callProvider(
  system: Asking['system'],
  asked: Asked,
  { signal, isBackground }: Call,
): Promise<Received> {
  const { provider } = asked;
  const deadline = {
    operation: `Provider ${JSON.stringify(provider.name)}`,
    timeoutMs: given(provider, 'timeoutMs') ?? DEADLINE_MS,
    signal,
    keepAlive: !isBackground,
  };
  const answer: unknown = await withDeadline(system, deadline, async (providerSignal) =>
    provider.provide(requestOf(asked, providerSignal)),
  );
  const received = { response: checkResponse(answer), receivedAtMs: system.now() };
  checkEcho(asked, received);
  if (isLongExpired(expiryOf(provider, received))) {
    throw new ProviderFailure(
      'the credentials that it got have expired already: check the clock of this machine',
    );
  }
  return received;
}

/** What is known of an answer's end. */
export function expiryOf(
  provider: CredentialProvider,
  { response, receivedAtMs }: Received,
): Expiry {
  const expiresAtMs = response?.expiresAt?.getTime();
  if (response?.cacheDurationMs !== undefined) {
    return { receivedAtMs, expiresAtMs, maxAgeMs: response.cacheDurationMs };
  }
  if (expiresAtMs !== undefined) return { receivedAtMs, expiresAtMs };
  const maxAgeMs = response === undefined ? MAX_MISS_AGE_MS : Infinity;
  return {
    receivedAtMs,
    maxAgeMs: Math.min(given(provider, 'defaultCacheDurationMs') ?? 0, maxAgeMs),
  };
}

/** An answer as it is for one image, where it was given for a scope of images. */
export function responseFor(
  { provider, image }: Pick<Asked, 'provider' | 'image'>,
  response: CredentialResponse | undefined,
): CredentialResponse | undefined {
  const forImage = given(provider, 'forImage');
  return response === undefined || forImage === undefined
    ? response
    : checkResponse(forImage.call(provider, response, image));
}

function requestOf({ image, identity }: Asked, signal: AbortSignal): CredentialRequest {
  const { token, annotations } = own(identity);
  return {
    image,
    ...(token === undefined ? {} : { serviceAccountToken: token }),
    ...(annotations === undefined ? {} : { serviceAccountAnnotations: annotations }),
    signal,
  };
}

/**
 * Kubernetes v1.37.2 plugin.go, provide: a token handed back must not outlive the token. Where a kubelet sent the token, it
 * looks itself.
 */
function checkEcho({ provider, identity }: Asked, { response }: Received): void {
  const { token, serviceAccount } = own(identity);
  if (serviceAccount === undefined) return;
  if (given(provider, 'tokenAttributes')?.cacheType === 'Token') return;
  if (Object.values(response?.auth ?? {}).some(({ password }) => password === token)) {
    throw new ProviderFailure(
      "it returned the service account's token as the password, which only the cacheType 'Token' allows",
    );
  }
}

/** What a provider says of an answer is shown, as what it says of a failure is. */
function withSafeWords(
  response: CredentialResponse | undefined,
  secrets: Pick<SecretMemory, 'redact'>,
): CredentialResponse | undefined {
  const said = response?.serviceAccountTokenUnused;
  if (response === undefined || said === undefined) return response;
  return own({ ...response, serviceAccountTokenUnused: secrets.redact(said) });
}
