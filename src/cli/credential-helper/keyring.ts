// The keyring of docker-credential-keyring, asked where the store has no answer.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import type { KeyringOptions } from '../../create-keyring/keyring-options.ts';
import { matchesImage } from '../../keyring/match.ts';
import { acr } from '../../providers/acr/acr.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import { dockerHelper } from '../../providers/docker-helper/docker-helper.ts';
import { ecr } from '../../providers/ecr/ecr.ts';
import { environment } from '../../providers/environment.ts';
import { execPlugins } from '../../providers/exec/exec-plugins.ts';
import { gcr } from '../../providers/gcr/gcr.ts';
import { imageOfServer } from '../../serve/helper/server-image.ts';
import { openTokenFileCache } from '../../shared-cache/token-file/open-token-file-cache.ts';
import type { System } from '../../system/system.ts';
import type { HelperConfig } from './config.ts';

export interface HelperKeyringOptions {
  readonly system: System;
  readonly warn: (message: string) => void;
  /** Called with the reason of each provider that fails. */
  readonly onFailure: (message: string) => void;
  /** What `get` asks for; `undefined` for other commands. */
  readonly server: string | undefined;
}

export async function openHelperKeyring(
  config: HelperConfig,
  { system, warn, onFailure, server }: HelperKeyringOptions,
): Promise<DockerKeyring> {
  return createKeyring({
    system,
    providers: config.providers.flatMap((name) => sourcesOf(name, system, server)),
    dockerConfig: { files: config.dockerConfig },
    onProblem: ({ message }) => warn(message),
    onProviderError: ({ message }) => onFailure(message),
    ...(await cacheOf(config, system, warn)),
  });
}

/**
 * The name of a provider whose `matchImages` match an image. Helpers are left out: they are asked for every registry, and
 * often hold what logins stored.
 */
export async function providerFor(
  { providers }: HelperConfig,
  image: string,
  system: System,
): Promise<string | undefined> {
  const named = providers.filter((name) => !name.startsWith('helper:'));
  const { signal } = new AbortController();
  const sources = await Promise.all(
    named
      .flatMap((name) => sourcesOf(name, system, undefined))
      .map(async (source) => {
        // The keyring reports a set that cannot be read.
        return 'read' in source ? source.read(signal).catch(() => []) : [source];
      }),
  );
  const isFor = ({ matchImages }: CredentialProvider): boolean =>
    matchImages.some((pattern) => matchesImage(pattern, image));
  return sources.flat().find(isFor)?.name;
}

async function cacheOf(
  { cache, path, providers }: HelperConfig,
  system: System,
  warn: (message: string) => void,
): Promise<Pick<KeyringOptions, 'store' | 'storeKeys'>> {
  if (!cache || providers.length === 0) return {};
  const principal = JSON.stringify(['credential-helper', path, providers]);
  return (await openTokenFileCache({ system, principal, onProblem: warn })) ?? {};
}

const FACTORIES: ReadonlyMap<string, (options: { system: System }) => CredentialProvider> = new Map(
  Object.entries({ ecr, gcr, acr, environment }),
);

function sourcesOf(
  name: string,
  system: System,
  server: string | undefined,
): readonly (CredentialProvider | ProviderSet)[] {
  const factory = FACTORIES.get(name);
  if (factory !== undefined) return [factory({ system })];
  const [kind, rest] = split(name, ':');
  if (kind === 'helper') {
    const matchImages = registryOf(server);
    return matchImages.length === 0 ? [] : [dockerHelper(rest, { system, matchImages })];
  }
  const [config, binDir] = split(rest, ',');
  return [execPlugins({ config, binDir, system })];
}

/** A helper is asked for the client's registry only, which may have a port. */
function registryOf(server: string | undefined): readonly string[] {
  const image = server === undefined ? undefined : imageOfServer(server);
  return image === undefined ? [] : [image.slice(0, image.indexOf('/'))];
}

function split(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return [text.slice(0, index), text.slice(index + 1)];
}
