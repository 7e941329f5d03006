// The providers of a keyring as they are now: single ones, and those of sets, which may have to be read first.

import { checkSet, isProviderSet } from '../providers/check-provider.ts';
import { abortable } from '../util/abort.ts';
import type { CredentialProvider, ProviderSet } from '../providers/contract.ts';
import { createProviderIndex, type ProviderIndex } from '../providers/asking/provider-index.ts';

/** A provider, or a set of them. */
export type ProviderSource = CredentialProvider | ProviderSet;

/** A set that could not be read: it stands for its providers, so that its failure has a name and a place. */
export interface FailedSet {
  readonly provider: CredentialProvider;
  readonly error: unknown;
}

/** What the sources are at one moment. */
export interface CurrentProviders {
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

/** Makes the sources ready; reads nothing yet. */
export function createProviderSources(sources: readonly ProviderSource[]): ProviderSources {
  const checked = new WeakSet<Providers>();
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

  /** A set's providers are anybody's objects, too; it gives the same array until something changed. */
  function checkedPart(set: ProviderSet, part: Providers): Providers {
    if (!checked.has(part)) checkSet(set, part);
    checked.add(part);
    return part;
  }

  /** What is wrong is told by whoever reads the set. */
  function knownPart(set: ProviderSet): Providers | undefined {
    const part = set.known();
    return part !== undefined && checked.has(part) ? part : undefined;
  }

  async function readSource(source: ProviderSource, signal: AbortSignal): Promise<ReadSource> {
    if (!isProviderSet(source)) return { part: singleOf(source), failed: [] };
    try {
      const part = source.known() ?? (await abortable([signal], (stop) => source.read(stop)));
      return { part: checkedPart(source, part), failed: [] };
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
        const part = isProviderSet(source) ? knownPart(source) : singleOf(source);
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
