// The keyring that docker-credential-keyring asks where its store has no answer.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import type { KeyringOptions } from '../../create-keyring/keyring-options.ts';
import { matchesImage } from '../../keyring/match.ts';
import { findRow, type Named, type ProviderRow } from '../../providers/catalog.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import { imageOfServer } from '../../serve/helper/helper-server.ts';
import { openTokenFileCache } from '../../shared-cache/token-file/open-token-file-cache.ts';
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
  const named = rowsOf(config);
  return createKeyring({
    system,
    providers: (await Promise.all(named.map((one) => sourcesOf(one, system, server)))).flat(),
    dockerConfig: { files: config.dockerConfig },
    onProblem: ({ message }) => warn(message),
    onProviderError: ({ message }) => fail(message),
    ...(await cacheOf(config, system, warn)),
  });
}

/**
 * The name of a provider that is for the registry of an image. A helper is none: it is asked for every registry, and may be
 * where somebody keeps what a login stores here.
 */
export async function issuerOf(
  config: HelperConfig,
  image: string,
  system: System,
): Promise<string | undefined> {
  const named = rowsOf(config).filter(({ row }) => row.images !== 'every registry');
  const { signal } = new AbortController();
  const sources = await Promise.all(
    named.map(async ({ row, argument }) => {
      const source = await row.make({ system }, argument);
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
): Promise<Pick<KeyringOptions, 'store' | 'storeKeys'>> {
  if (!cache || providers.length === 0) return {};
  const principal = JSON.stringify(['credential-helper', path, providers]);
  return (await openTokenFileCache({ system, principal, onProblem: warn })) ?? {};
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

/** A helper is asked for any registry, those with a port too: the client has said for which. */
function registryOf(server: string | undefined): readonly string[] {
  const image = server === undefined ? undefined : imageOfServer(server);
  return image === undefined ? [] : [image.slice(0, image.indexOf('/'))];
}
