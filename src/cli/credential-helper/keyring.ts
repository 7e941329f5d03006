// The keyring of docker-credential-keyring, asked where the store has no answer.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { ProviderError } from '../../errors.ts';
import { matchesImage } from '../../keyring/match.ts';
import { findRow, type Named, type ProviderRow } from '../../providers/catalog.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import { imageOfServer } from '../../serve/helper/server-image.ts';
import {
  openTokenFileCache,
  type TokenFileCache,
} from '../../shared-cache/token-file/open-token-file-cache.ts';
import type { System } from '../../system/system.ts';
import type { HelperConfig } from './config.ts';
import { has } from '../../util/own.ts';

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
  const named = rowsOf(config);
  return createKeyring({
    system,
    providers: (await Promise.all(named.map((one) => sourcesOf(one, system, server)))).flat(),
    dockerConfig: { files: config.dockerConfig },
    onProblem: (problem) => (problem instanceof ProviderError ? onFailure : warn)(problem.message),
    sharedCache: await cacheOf(config, system, warn),
  });
}

/**
 * The name of a provider whose `matchImages` match an image. Helpers are left out: they are asked for every registry, and
 * often hold what logins stored.
 */
export async function providerFor(
  config: HelperConfig,
  image: string,
  system: System,
): Promise<string | undefined> {
  const named = rowsOf(config).filter(({ row }) => row.images !== 'every registry');
  const { signal } = new AbortController();
  const sources = await Promise.all(
    named.map(async ({ row, argument }) => {
      const source = await row.make({ system }, argument);
      // The keyring reports a set that cannot be read.
      return has(source, 'read') ? source.read(signal).catch(() => []) : [source];
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

/** The configuration was checked when it was read. */
function rowsOf({ providers }: HelperConfig): readonly Named<ProviderRow>[] {
  return providers.map((name) => findRow(name, 'credential-helper') as Named<ProviderRow>);
}

/** None for a helper that is asked for no registry. */
async function sourcesOf(
  { row, argument }: Named<ProviderRow>,
  system: System,
  server: string | undefined,
): Promise<readonly (CredentialProvider | ProviderSet)[]> {
  if (row.images !== 'every registry') return [await row.make({ system }, argument)];
  const matchImages = registryOf(server);
  return matchImages.length === 0 ? [] : [await row.make({ system, matchImages }, argument)];
}

/** A helper is asked for the client's registry only, which may have a port. */
function registryOf(server: string | undefined): readonly string[] {
  const image = server === undefined ? undefined : imageOfServer(server);
  return image === undefined ? [] : [image.slice(0, image.indexOf('/'))];
}
