// The index over one virtual config. The kubelet scans every key and parses two URLs for each, so that its lookups cost
// by the number of entries (Kubernetes v1.37.2 pkg/credentialprovider/keyring.go, Lookup); here they cost by the number
// of matches: literal hosts by a hash, hosts with globs by a trie, path prefixes under each. The order is the kubelet's.

import { HUB, HUB_KEY } from '../reference/docker-hub.ts';
import { getOrAdd } from '../util/get-or-add.ts';
import { collectHosts, emptyTrie, finishTrie, getOrAddHost, type GlobTrie } from './glob-trie.ts';
import { endsAtSegment, matchTarget, type MatchTarget, type PathMatching } from './match.ts';
import {
  collectByPath,
  finishTable,
  mergeSlot,
  type KeySlot,
  type PathTable,
} from './path-table.ts';
import { registryKey, type RegistryPattern } from './registry-key.ts';

/** An entry to be added. */
export interface IndexedEntry<T> {
  readonly rawKey: string;
  readonly entry: T;
}

/** One virtual config, ready for lookups. */
export interface RegistryIndex<T> {
  /** Tables by host and port, where no label is a glob. */
  readonly hosts: ReadonlyMap<string, PathTable<T>>;
  /** Hosts with globs, by port. */
  readonly globs: ReadonlyMap<string, GlobTrie<PathTable<T>>>;
  /** What the Docker Hub fallback serves. */
  readonly hub: KeySlot<T> | undefined;
  readonly isEmpty: boolean;
}

interface Building<T> {
  readonly hosts: Map<string, PathTable<T>>;
  readonly globs: Map<string, GlobTrie<PathTable<T>>>;
}

/** Builds the index; entries whose names Go cannot parse as a URL are ignored, as the kubelet does. */
export function buildRegistryIndex<T>(entries: Iterable<IndexedEntry<T>>): RegistryIndex<T> {
  const building: Building<T> = { hosts: new Map(), globs: new Map() };
  const crowded = new Set<PathTable<T>>();
  let hub: KeySlot<T> | undefined;
  for (const { rawKey, entry } of entries) {
    const parsed = registryKey(rawKey);
    if (parsed?.pattern === undefined) continue;
    const { key, pattern } = parsed;
    const added: KeySlot<T> = { key, entries: [entry], path: pattern.path };
    const table = getOrAddTable(building, added, pattern);
    const slot = table.first === added ? added : mergeSlot(table, added);
    if (table.building !== undefined) crowded.add(table);
    if (key === HUB_KEY) hub = slot;
  }
  for (const table of crowded) finishTable(table);
  const { hosts, globs } = building;
  for (const trie of globs.values()) finishTrie(trie);
  return { hosts, globs, hub, isEmpty: hosts.size === 0 && globs.size === 0 };
}

/**
 * All keys that match an image, in the kubelet's order: from the last to the first by their bytes. Where none does and
 * the image may come from Docker Hub, the key `index.docker.io` (keyring.go, Lookup and isDefaultRegistryMatch).
 *
 * @param name - An image's name as {@link parseImageReference} gives it.
 */
export function findKeys<T>(
  index: RegistryIndex<T>,
  name: string,
  pathMatching: PathMatching,
): readonly KeySlot<T>[] {
  if (index.isEmpty) return [];
  const slash = name.indexOf('/');
  const path = name.slice(slash);
  const direct: KeySlot<T>[] = [];
  // Only an address in brackets can be more or less than what stands before the slash.
  if (name.startsWith('[')) collectLiteral(index, name, direct);
  else collectPlain(index, name.slice(0, slash), path, direct);

  const found =
    pathMatching === 'prefix' ? direct : direct.filter((slot) => endsAtSegment(slot.path, path));
  if (found.length > 1) found.sort((a, b) => (a.key < b.key ? 1 : -1));
  if (found.length > 0 || index.hub === undefined) return found;
  return mayBeDockerHub(name.slice(0, slash)) ? [index.hub] : found;
}

function collectPlain<T>(
  index: RegistryIndex<T>,
  authority: string,
  path: string,
  found: KeySlot<T>[],
): void {
  const table = index.hosts.get(authority);
  if (table !== undefined) collectByPath(table, path, found);
  if (index.globs.size === 0) return;
  const colon = authority.indexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  const port = colon < 0 ? '' : authority.slice(colon + 1);
  collectGlobs(index, { host, port, path }, found);
}

function collectLiteral<T>(index: RegistryIndex<T>, name: string, found: KeySlot<T>[]): void {
  const target = matchTarget(name);
  if (target === undefined) return;
  const table = index.hosts.get(joinAuthority(target));
  if (table !== undefined) collectByPath(table, target.path, found);
  collectGlobs(index, target, found);
}

function collectGlobs<T>(
  { globs }: RegistryIndex<T>,
  { host, port, path }: MatchTarget,
  found: KeySlot<T>[],
): void {
  const trie = globs.get(port);
  if (trie === undefined) return;
  const tables: PathTable<T>[] = [];
  collectHosts(trie, host, tables);
  for (const table of tables) collectByPath(table, path, found);
}

function getOrAddTable<T>(
  { hosts, globs }: Building<T>,
  first: KeySlot<T>,
  pattern: RegistryPattern,
): PathTable<T> {
  const { host, port } = pattern;
  const makeTable = (): PathTable<T> => ({ first });
  if (!pattern.isGlob) return getOrAdd(hosts, joinAuthority(pattern), makeTable);
  const trie = getOrAdd(globs, port, () => emptyTrie<PathTable<T>>());
  return getOrAddHost(trie, host, makeTable);
}

/** Host and port as one text that no other host and port have. */
function joinAuthority({ host, port }: Pick<MatchTarget, 'host' | 'port'>): string {
  if (host.includes(':')) return `[${host}]:${port}`;
  return port === '' ? host : `${host}:${port}`;
}

/** keyring.go, isDefaultRegistryMatch; its other cases cannot come from a normalised name. */
export function mayBeDockerHub(domain: string): boolean {
  return domain === HUB || !/[.:]/.test(domain);
}
