// What is served, as questions that can be asked: a provider, a set of them, or a keyring.

import type { Credential } from '../../credential/credential.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { matchesImage } from '../../keyring/match.ts';
import {
  askProvider,
  expiryOf,
  responseFor,
  type Asked,
  type Asking,
} from '../../providers/asking/ask-provider.ts';
import { failureOf } from '../../providers/asking/failure-of.ts';
import type { Identity } from '../../providers/asking/identity.ts';
import { ProviderFailure } from '../../providers/asking/provider-failure.ts';
import { lifetimeOf } from '../../providers/cache/lifetime.ts';
import { checkSet } from '../../providers/check-provider.ts';
import type { CredentialProvider, CredentialResponseEntry } from '../../providers/contract.ts';
import type { PluginRequest } from '../../providers/exec/plugin-protocol.ts';
import { sha256 } from '../../system/sha256.ts';
import { given, own, has } from '../../util/own.ts';
import { secretsOf } from '../../util/redaction/secret-memory.ts';
import type { SourceAnswer } from './plugin-answer.ts';
import type { PluginSystem, Servable } from './plugin-options.ts';

/** What asking works with. */
export interface PluginAsking extends Asking {
  readonly system: PluginSystem;
  readonly request: PluginRequest;
  readonly signal: AbortSignal;
}

/** One that is asked. */
export interface PluginSource {
  /** As messages name it. */
  readonly name: string;
  /** The images that it is for; `undefined` where it is asked for each. */
  readonly matchImages: readonly string[] | undefined;
  /** Whether these hold even where there is no other source: they are a configuration's, and no provider's own. */
  readonly isStrict: boolean;
  /** `undefined` where it has nothing for the image. Rejects with a {@link ProviderError}, or the signal's reason. */
  ask(asking: PluginAsking): Promise<SourceAnswer | undefined>;
}

/** Something that is served, among others maybe. */
export interface Offer {
  readonly served: Servable;
  /** Whether it is asked for each image, since patterns cannot say what it is for. */
  readonly isForEvery?: boolean | undefined;
}

/**
 * Finds what is to be asked.
 *
 * @throws what reading a set throws.
 */
export async function pluginSources(
  offers: readonly Offer[],
  signal: AbortSignal,
): Promise<readonly PluginSource[]> {
  const all = await Promise.all(
    offers.map(async ({ served, isForEvery }) => {
      const sources = await sourcesOf(served, signal);
      return isForEvery === true
        ? sources.map((source) => ({ ...source, matchImages: undefined }))
        : sources;
    }),
  );
  return all.flat();
}

async function sourcesOf(one: Servable, signal: AbortSignal): Promise<readonly PluginSource[]> {
  if (has(one, 'lookup')) return [keyringSource(one)];
  if (has(one, 'provide')) return [providerSource(one, false)];
  const providers = await one.read(signal);
  checkSet(one, providers);
  return providers.map((provider) => providerSource(provider, true));
}

function providerSource(provider: CredentialProvider, isStrict: boolean): PluginSource {
  const { name, matchImages } = provider;
  return {
    name,
    matchImages,
    isStrict,
    async ask(asking) {
      const { request, system, signal } = asking;
      const asked = { provider, image: request.image, identity: identityOf(request) };
      await orFailure(asked, asking, () => checkServiceAccount(provider, request));
      const received = await askProvider(asking, asked, { signal, isBackground: false });
      const response = await orFailure(asked, asking, () => responseFor(asked, received.response));
      if (response === undefined) return undefined;
      const { auth, cacheKeyType } = response;
      const lifetime = lifetimeOf(expiryOf(provider, received), 0);
      const keepMs = lifetime === undefined ? 0 : lifetime.usableUntilMs - system.now();
      return { auth, cacheKeyType, keepMs };
    },
  };
}

/** What else may throw fails as the asking itself does. */
async function orFailure<T>(
  asked: Pick<Asked, 'image'> & { readonly provider: { readonly name: string } },
  { secrets }: Pick<Asking, 'secrets'>,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(asked, error, secrets);
  }
}

function checkServiceAccount(
  provider: CredentialProvider,
  { serviceAccountToken }: PluginRequest,
): void {
  const isRequired = given(provider, 'tokenAttributes')?.requireServiceAccount === true;
  if (!isRequired || serviceAccountToken !== undefined) return;
  throw new ProviderFailure(
    'it is for pods with a service account, and the kubelet sent no token: give the plugin tokenAttributes in the ' +
      "kubelet's configuration, and the apiVersion v1",
  );
}

/**
 * What the kubelet sent is passed on as it is, whatever the provider's own attributes say: the kubelet chose by its
 * configuration. One token's answers are for that token alone: nothing in the request says whose it is.
 */
function identityOf(request: PluginRequest): Identity {
  const { serviceAccountToken: token, serviceAccountAnnotations: annotations } = own(request);
  const sorted = Object.entries(annotations ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const isNobody = (token ?? '') === '' && sorted.length === 0;
  const digest = isNobody ? '' : sha256(JSON.stringify([token, sorted]));
  return {
    key: `plugin ${digest}`,
    ...(token === undefined ? {} : { token }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function keyringSource(keyring: Pick<DockerKeyring, 'lookup'>): PluginSource {
  const name = 'keyring';
  return {
    name,
    matchImages: undefined,
    isStrict: false,
    async ask(asking) {
      const { system, signal, secrets } = asking;
      const { image } = asking.request;
      const credentials = await orFailure({ provider: { name }, image }, asking, () =>
        keyring.lookup(image, { signal }),
      );
      secrets.remember(secretsOf(credentials));
      if (credentials.length === 0) return undefined;
      const receivedAtMs = system.now();
      const keepMs = credentials.map(({ expiresAt }) => {
        const expiresAtMs = expiresAt?.getTime();
        const lifetime = lifetimeOf({ receivedAtMs, expiresAtMs }, 0);
        return lifetime === undefined ? 0 : lifetime.usableUntilMs - receivedAtMs;
      });
      // What a keyring finds for one image says nothing of another of the same registry.
      return { auth: authOf(credentials), cacheKeyType: 'Image', keepMs: Math.min(...keepMs) };
    },
  };
}

/** The first of each key, but for one that the protocol cannot carry where there is another. */
function authOf(credentials: readonly Credential[]): Record<string, CredentialResponseEntry> {
  const auth = new Map<string, CredentialResponseEntry>();
  for (const { key, username, password, identityToken, registryToken } of credentials) {
    const known = auth.get(key);
    if (known !== undefined && (known.password !== '' || known.username !== '')) continue;
    auth.set(key, {
      username,
      password,
      ...(identityToken === undefined ? {} : { identityToken }),
      ...(registryToken === undefined ? {} : { registryToken }),
    });
  }
  return Object.fromEntries(auth);
}

/**
 * Those that are to be asked. The kubelet has matched its own patterns already, and may be configured with names that a
 * single source does not list; among several, their patterns choose.
 */
export function sourcesFor(
  sources: readonly PluginSource[],
  image: string,
): readonly PluginSource[] {
  return sources.filter(
    ({ matchImages, isStrict }) =>
      matchImages === undefined ||
      (sources.length === 1 && !isStrict) ||
      matchImages.some((pattern) => matchesImage(pattern, image)),
  );
}

/** The most that an answer may be said to be good for, since other sources may answer for other images. */
export function widestReach(
  sources: readonly PluginSource[],
  answered: readonly PluginSource[],
): 'Image' | 'Registry' | 'Global' {
  if (sources.length === 1) return 'Global';
  const isByRegistry = sources.every(
    (source) =>
      answered.includes(source) || !source.matchImages?.some((pattern) => pattern.includes('/')),
  );
  return isByRegistry ? 'Registry' : 'Image';
}
