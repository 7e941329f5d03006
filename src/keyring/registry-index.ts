// The index over one virtual config. The kubelet scans every key and parses two URLs for each, so that its lookups cost
// by the number of entries (Kubernetes v1.37.2 pkg/credentialprovider/keyring.go, Lookup); here they cost by the number
// of matches: literal hosts by a hash, hosts with globs by a trie, path prefixes under each. The order is the kubelet's.

import { ensureNode, finishTrie, visitMatches, type GlobNode } from './glob-trie.ts';
import { endsAtSegment, matchTarget, type MatchTarget, type PathMatching } from './match.ts';
import { addSlot, finishTable, visitPaths, type KeySlot, type PathTable } from './path-table.ts';
import { registryKey, splitHostPort, type RegistryPattern } from './registry-key.ts';

/** An entry to be added. */
export interface IndexedEntry<T> {
  readonly rawKey: string;
  readonly entry: T;
}

/** One virtual config, ready for lookups. */
export interface RegistryIndex<T> {
  /** Tables by host and port, where no label is a glob. */
  readonly hosts: ReadonlyMap<string, PathTable<T>>;
  /** Tries by port and number of labels. */
  readonly globs: ReadonlyMap<string, GlobNode<PathTable<T>>>;
  /** What the Docker Hub fallback serves. */
  readonly hub: KeySlot<T> | undefined;
}

interface Building<T> {
  readonly hosts: Map<string, PathTable<T>>;
  readonly globs: Map<string, GlobNode<PathTable<T>>>;
  readonly crowded: Set<PathTable<T>>;
}

/** keyring.go, defaultRegistryHost: the one key that the fallback serves. */
export const HUB_KEY = 'index.docker.io';

/** Builds the index; entries whose names Go cannot parse as a URL are ignored, as the kubelet does. */
export function buildRegistryIndex<T>(entries: Iterable<IndexedEntry<T>>): RegistryIndex<T> {
  const slots = new Map<string, KeySlot<T>>();
  const building: Building<T> = { hosts: new Map(), globs: new Map(), crowded: new Set() };
  for (const { rawKey, entry } of entries) {
    const parsed = registryKey(rawKey);
    if (parsed === undefined) continue;
    const { key, pattern } = parsed;
    const present = slots.get(key);
    if (present === undefined) {
      const slot: KeySlot<T> = { key, entries: [entry], path: pattern?.path ?? '' };
      slots.set(key, slot);
      if (pattern !== undefined) placeSlot(building, slot, pattern);
    } else {
      present.entries.push(entry);
    }
  }
  for (const table of building.crowded) finishTable(table);
  for (const root of building.globs.values()) finishTrie(root);
  return { hosts: building.hosts, globs: building.globs, hub: slots.get(HUB_KEY) };
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
  const slash = name.indexOf('/');
  const path = name.slice(slash);
  const found: KeySlot<T>[] = [];
  const collect = (slot: KeySlot<T>): void => {
    if (pathMatching === 'prefix' || endsAtSegment(slot.path, path)) found.push(slot);
  };
  visitHost(index, name, (table) => visitPaths(table, path, collect));

  if (found.length > 1) found.sort((a, b) => (a.key < b.key ? 1 : -1));
  if (found.length > 0 || index.hub === undefined) return found;
  return mayBeDockerHub(name.slice(0, slash)) ? [index.hub] : found;
}

function visitHost<T>(
  index: RegistryIndex<T>,
  name: string,
  visit: (table: PathTable<T>) => void,
): void {
  const isLiteral = name.startsWith('[');
  // Only an address in brackets can be more or less than what stands before the slash.
  const parsed = isLiteral ? matchTarget(name) : undefined;
  if (isLiteral && parsed === undefined) return;
  const authority = parsed === undefined ? name.slice(0, name.indexOf('/')) : joinAuthority(parsed);
  const table = index.hosts.get(authority);
  if (table !== undefined) visit(table);
  if (index.globs.size === 0) return;

  const [host, port] = parsed === undefined ? splitHostPort(authority) : [parsed.host, parsed.port];
  const labels = host.split('.');
  const root = index.globs.get(trieName(port, labels.length));
  if (root !== undefined) visitMatches(root, labels, visit);
}

function placeSlot<T>(building: Building<T>, slot: KeySlot<T>, pattern: RegistryPattern): void {
  const table = pattern.isGlob
    ? globTable(building, slot, pattern)
    : hostTable(building, slot, pattern);
  if (table.first === slot) return;
  addSlot(table, slot);
  building.crowded.add(table);
}

function hostTable<T>(
  { hosts }: Building<T>,
  slot: KeySlot<T>,
  pattern: RegistryPattern,
): PathTable<T> {
  const authority = joinAuthority(pattern);
  const present = hosts.get(authority);
  if (present !== undefined) return present;
  const table = { first: slot };
  hosts.set(authority, table);
  return table;
}

function globTable<T>(
  { globs }: Building<T>,
  slot: KeySlot<T>,
  { host, port }: RegistryPattern,
): PathTable<T> {
  const labels = host.split('.');
  const name = trieName(port, labels.length);
  const root = globs.get(name) ?? {};
  globs.set(name, root);
  const node = ensureNode(root, labels);
  return (node.value ??= { first: slot });
}

function trieName(port: string, labelCount: number): string {
  return `${port}/${labelCount}`;
}

/** Host and port as one text that no other host and port have. */
function joinAuthority({ host, port }: Pick<MatchTarget, 'host' | 'port'>): string {
  if (host.includes(':')) return `[${host}]:${port}`;
  return port === '' ? host : `${host}:${port}`;
}

/** keyring.go, isDefaultRegistryMatch; its other cases cannot come from a normalised name. */
export function mayBeDockerHub(domain: string): boolean {
  return domain === 'docker.io' || !/[.:]/.test(domain);
}
