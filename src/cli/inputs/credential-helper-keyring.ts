// The keyring that docker-credential-keyring asks where its store has no answer.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { ProviderError } from '../../errors.ts';
import { matchesImage } from '../../keyring/match.ts';
import { acr } from '../../providers/acr/acr.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import { dockerHelper } from '../../providers/docker-helper/docker-helper.ts';
import { ecr } from '../../providers/ecr/ecr.ts';
import { environment } from '../../providers/environment.ts';
import { execPlugins } from '../../providers/exec/exec-plugins.ts';
import { gcr } from '../../providers/gcr/gcr.ts';
import { imageOfServer } from '../../serve/helper/helper-server.ts';
import {
  openTokenFileCache,
  type TokenFileCache,
} from '../../shared-cache/token-file/open-token-file-cache.ts';
import type { System } from '../../system/system.ts';
import type { HelperConfig } from './credential-helper-config.ts';

/** What a keyring, or a question about its providers, takes. */
export interface HelperKeyringOptions {
  readonly system: System;
  /** Is told what is wrong beside the answer. */
  readonly warn: (message: string) => void;
  /** Is told why a provider has no answer. */
  readonly fail: (message: string) => void;
  /** What will be asked for, where anything will. */
  readonly server: string | undefined;
}

/** Makes the keyring. */
export async function openHelperKeyring(
  config: HelperConfig,
  { system, warn, fail, server }: HelperKeyringOptions,
): Promise<DockerKeyring> {
  return createKeyring({
    system,
    providers: config.providers.flatMap((name) => sourcesOf(name, system, server)),
    dockerConfig: { files: config.dockerConfig },
    onProblem: (problem) => (problem instanceof ProviderError ? fail : warn)(problem.message),
    sharedCache: await cacheOf(config, system, warn),
  });
}

/**
 * The name of a provider that is for the registry of an image. A helper is none: it is asked for every registry, and may be
 * where somebody keeps what a login stores here.
 */
export async function issuerOf(
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
        // A set that cannot be read says so when it is asked.
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
): Promise<TokenFileCache | undefined> {
  if (!cache || providers.length === 0) return undefined;
  const principal = JSON.stringify(['credential-helper', path, providers]);
  return openTokenFileCache({ system, principal, onProblem: warn });
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

/** A helper is asked for any registry, those with a port too: the client has said for which. */
function registryOf(server: string | undefined): readonly string[] {
  const image = server === undefined ? undefined : imageOfServer(server);
  return image === undefined ? [] : [image.slice(0, image.indexOf('/'))];
}

function split(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return [text.slice(0, index), text.slice(index + 1)];
}
