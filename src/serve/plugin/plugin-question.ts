// One question to one provider, asked once: through the cache of earlier starts where there is one.

import { askNow, expiryOf, type Received } from '../../providers/asking/ask-provider.ts';
import { lifetimeOf } from '../../providers/cache/lifetime.ts';
import { shareAnswer } from '../../providers/cache/share-answers.ts';
import type { Fleet } from '../../providers/cache/fleet.ts';
import { checkResponse } from '../../providers/asking/check-response.ts';
import type { CredentialProvider, CredentialResponse } from '../../providers/contract.ts';
import type { PluginRequest } from '../../providers/exec/plugin-protocol.ts';
import { NOBODY } from '../../providers/asking/identity.ts';
import { ProviderFailure } from '../../providers/asking/provider-failure.ts';
import { secretsOf, type SecretMemory } from '../../util/redaction/secret-memory.ts';
import { sha256 } from '../../system/sha256.ts';
import type { SourceAnswer } from './plugin-answer.ts';
import type { PluginSystem } from './plugin-options.ts';

/** What asking works with. */
export interface PluginAsking {
  readonly system: PluginSystem;
  readonly request: PluginRequest;
  readonly signal: AbortSignal;
  readonly secrets: SecretMemory;
  readonly fleet?: Fleet | undefined;
}

/**
 * Asks a provider; `undefined` where it has nothing for the image.
 *
 * @throws whatever the provider throws.
 */
export async function askForPlugin(
  provider: CredentialProvider,
  asking: PluginAsking,
): Promise<SourceAnswer | undefined> {
  checkServiceAccount(provider, asking.request);
  const received = await receive(provider, asking);
  asking.secrets.remember(secretsOf(Object.values(received.response?.auth ?? {})));
  const response = responseFor(provider, received.response, asking.request.image);
  if (response === undefined) return undefined;
  const { auth, cacheKeyType } = response;
  const lifetime = lifetimeOf(expiryOf(provider, received), 0);
  const keepMs = lifetime === undefined ? 0 : lifetime.usableUntilMs - asking.system.now();
  return { auth, cacheKeyType, keepMs };
}

function checkServiceAccount(
  { tokenAttributes }: CredentialProvider,
  { serviceAccountToken }: PluginRequest,
): void {
  if (tokenAttributes?.requireServiceAccount !== true || serviceAccountToken !== undefined) return;
  throw new ProviderFailure(
    'it is for pods with a service account, and the kubelet sent no token: give the plugin tokenAttributes in the ' +
      "kubelet's configuration, and the apiVersion v1",
  );
}

function responseFor(
  provider: CredentialProvider,
  response: CredentialResponse | undefined,
  image: string,
): CredentialResponse | undefined {
  if (response === undefined || provider.forImage === undefined) return response;
  return checkResponse(provider.forImage(response, image));
}

function receive(provider: CredentialProvider, asking: PluginAsking): Promise<Received> {
  const { system, request, signal, fleet } = asking;
  const { image } = request;
  const { name, matchImages, timeoutMs } = provider;
  // What the kubelet sent is passed on as it is, whatever the provider's own attributes say: the kubelet chose by its
  // configuration, and will look itself whether a token comes back.
  const asked: CredentialProvider = {
    name,
    matchImages,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    provide: (call) => provider.provide({ ...request, signal: call.signal }),
  };
  const call = { signal, isBackground: false };
  const ask = (): Promise<Received> =>
    askNow(system, { provider: asked, image, identity: NOBODY }, call);
  if (fleet === undefined) return ask();
  const scope = scopeOf(provider, request);
  const expiry = (received: Received): ReturnType<typeof expiryOf> => expiryOf(provider, received);
  return shareAnswer(fleet, system, { provider, scope, call, expiryOf: expiry, ask });
}

/** One token's answers are for that token alone: nothing in the request says whose it is. */
function scopeOf(provider: CredentialProvider, request: PluginRequest): readonly unknown[] {
  const { image, serviceAccountToken = '', serviceAccountAnnotations = {} } = request;
  const annotations = Object.entries(serviceAccountAnnotations).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const hasIdentity = serviceAccountToken !== '' || annotations.length > 0;
  const identity = hasIdentity ? sha256(JSON.stringify([serviceAccountToken, annotations])) : '';
  const declared = provider.cacheScope?.(image);
  return ['plugin', provider.name, identity, declared ?? null, declared ?? image];
}
