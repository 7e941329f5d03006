// The providers of a keyring as they are now: single ones, and those of sets, which may have to be read first.

import type { CredentialProvider, ProviderSet } from '../providers/contract.ts';
import { createProviderIndex, type ProviderIndex } from '../providers/provider-index.ts';

/** A provider, or a set of them. */
export type ProviderSource = CredentialProvider | ProviderSet;

/** A set that could not be read: it stands for its providers, so that its failure has a name and a place. */
export interface FailedSet {
  readonly provider: CredentialProvider;
  readonly error: unknown;
}

/** What the sources are at one moment. */
interface CurrentProviders {
  readonly index: ProviderIndex;
  readonly failed: readonly FailedSet[];
}

/** Sources, in their order. */
export interface ProviderSources {
  /** The providers, where nothing has to be read. */
  known(): CurrentProviders | undefined;
  /** The providers after a look at the sets. Rejects only when the signal does. */
  read(signal: AbortSignal): Promise<CurrentProviders>;
}

type Providers = readonly CredentialProvider[];

/** One source, read. */
interface ReadSource {
  readonly part: Providers;
  readonly failed: readonly FailedSet[];
}

/** Whether a source is a set. */
function isProviderSet(source: ProviderSource): source is ProviderSet {
  return 'read' in source;
}

/** Makes the sources ready; reads nothing yet. */
export function createProviderSources(sources: readonly ProviderSource[]): ProviderSources {
  const standIns = new Map(
    sources.filter(isProviderSet).map((set) => [set, standInOf(set)] as const),
  );
  let last: { readonly parts: readonly Providers[]; readonly index: ProviderIndex } | undefined;

  /** The same index as long as nothing changed: parsing patterns costs more than a lookup. */
  function indexOf(parts: readonly Providers[]): ProviderIndex {
    const isSame = last?.parts.every((part, position) => part === parts[position]) === true;
    if (last === undefined || !isSame) last = { parts, index: createProviderIndex(parts.flat()) };
    return last.index;
  }

  const single = new Map(
    sources.flatMap((source) => (isProviderSet(source) ? [] : [[source, [source]] as const])),
  );
  const singleOf = (source: CredentialProvider): Providers => single.get(source) as Providers;

  async function readSource(source: ProviderSource, signal: AbortSignal): Promise<ReadSource> {
    if (!isProviderSet(source)) return { part: singleOf(source), failed: [] };
    try {
      return { part: source.known() ?? (await source.read(signal)), failed: [] };
    } catch (error) {
      signal.throwIfAborted();
      const part = standIns.get(source) as Providers;
      return { part, failed: part.map((provider) => ({ provider, error })) };
    }
  }

  return {
    known() {
      const parts: Providers[] = [];
      for (const source of sources) {
        const part = isProviderSet(source) ? source.known() : singleOf(source);
        if (part === undefined) return undefined;
        parts.push(part);
      }
      return { index: indexOf(parts), failed: [] };
    },
    async read(signal) {
      const read = await Promise.all(sources.map((source) => readSource(source, signal)));
      const index = indexOf(read.map(({ part }) => part));
      return { index, failed: read.flatMap(({ failed }) => failed) };
    },
  };
}

/** It is for no image: what it has to say is its failure. */
function standInOf({ name }: ProviderSet): Providers {
  return [{ name, matchImages: [], provide: () => Promise.resolve(undefined) }];
}
