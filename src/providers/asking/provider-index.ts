// Which providers are for an image: most images are no provider's, and a lookup of one of those must cost next to nothing.

import { toByteString } from '../../go/url.ts';
import { matchTarget, mismatch } from '../../keyring/match.ts';
import type { KeySlot } from '../../keyring/path-table.ts';
import { buildRegistryIndex, findKeys, type IndexedEntry } from '../../keyring/registry-index.ts';
import { getOrAdd } from '../../util/get-or-add.ts';
import { registryPattern, type RegistryPattern } from '../../keyring/registry-key.ts';
import type { CredentialProvider } from '../contract.ts';

/** Providers, ready to be chosen from. */
export interface ProviderIndex {
  readonly providers: readonly CredentialProvider[];
  /** Those that are for an image, in their order. */
  providersFor(name: string): readonly CredentialProvider[];
}

/** Host with globs and port: what a registry key and a `matchImages` entry mean alike. */
const HOST = /^[A-Za-z0-9._*-]+(?::[0-9]+)?$/;

const NONE: readonly CredentialProvider[] = [];

/** Parses the patterns of providers, once. Malformed ones match nothing. */
export function createProviderIndex(providers: readonly CredentialProvider[]): ProviderIndex {
  const hosts: IndexedEntry<number>[] = [];
  const others: { readonly pattern: RegistryPattern; readonly position: number }[] = [];
  for (const [position, { matchImages }] of providers.entries()) {
    for (const text of matchImages) {
      if (HOST.test(text)) {
        hosts.push({ rawKey: text, entry: position });
        continue;
      }
      const pattern = registryPattern(toByteString(text));
      if (pattern !== undefined) others.push({ pattern, position });
    }
  }
  // The fallback is for keys: a pattern index.docker.io matches what it says, and no more.
  const index = { ...buildRegistryIndex(hosts), hub: undefined };

  /** Most images find one host and nothing else. */
  const ofSlots = new Map<KeySlot<number>, readonly CredentialProvider[]>();

  function inOrder(positions: ReadonlySet<number>): readonly CredentialProvider[] {
    return providers.filter((_provider, position) => positions.has(position));
  }

  return {
    providers,
    providersFor(name) {
      const found = findKeys(index, name, 'prefix');
      const [first] = found;
      if (others.length === 0) {
        if (first === undefined) return NONE;
        if (found.length === 1) {
          return getOrAdd(ofSlots, first, () => inOrder(new Set(first.entries)));
        }
      }
      const positions = new Set(found.flatMap(({ entries }) => entries));
      const target = others.length === 0 ? undefined : matchTarget(name);
      if (target !== undefined) {
        for (const { pattern, position } of others) {
          if (mismatch(pattern, target) === undefined) positions.add(position);
        }
      }
      return inOrder(positions);
    },
  };
}
