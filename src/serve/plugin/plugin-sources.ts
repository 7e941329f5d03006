// What is served, as questions that can be asked: a provider, a set of them, or a keyring.

import type { Credential } from '../../credential/credential.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { matchesImage } from '../../keyring/match.ts';
import { lifetimeOf } from '../../providers/cache/lifetime.ts';
import { checkSet } from '../../providers/check-provider.ts';
import type { CredentialProvider, CredentialResponseEntry } from '../../providers/contract.ts';
import { secretsOf } from '../../util/redaction/secret-memory.ts';
import type { SourceAnswer } from './plugin-answer.ts';
import type { Servable } from './plugin-options.ts';
import { askForPlugin, type PluginAsking } from './plugin-question.ts';

/** One that is asked. */
export interface PluginSource {
  /** As messages name it. */
  readonly name: string;
  /** The images that it is for; `undefined` where it is asked for each. */
  readonly matchImages: readonly string[] | undefined;
  /** Whether these hold even where there is no other source: they are a configuration's, and no provider's own. */
  readonly isStrict: boolean;
  /** `undefined` where it has nothing for the image. */
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
  if ('lookup' in one) return [keyringSource(one)];
  if ('provide' in one) return [providerSource(one, false)];
  const providers = await one.read(signal);
  checkSet(one, providers);
  return providers.map((provider) => providerSource(provider, true));
}

function providerSource(provider: CredentialProvider, isStrict: boolean): PluginSource {
  return {
    name: provider.name,
    matchImages: provider.matchImages,
    isStrict,
    ask: (asking) => askForPlugin(provider, asking),
  };
}

function keyringSource(keyring: Pick<DockerKeyring, 'lookup'>): PluginSource {
  return {
    name: 'keyring',
    matchImages: undefined,
    isStrict: false,
    async ask({ system, request, signal, secrets }) {
      const credentials = await keyring.lookup(request.image, { signal });
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
