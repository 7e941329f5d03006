// Hosts with globs. The literal labels behind a pattern's last glob, which nearly always are all but the first, are found
// at once; the labels before them one by one from the last to the first. At each of these a walk takes the literal child,
// the `*` child, and of the other globs those whose literal ends fit.

import { getOrAdd } from '../util/get-or-add.ts';
import { isGlob, matchLabel } from '../go/glob.ts';
import { collectPrefixes, prefixMap, type PrefixMap } from './prefix-map.ts';

/** Values by hosts with globs. */
export interface GlobTrie<T> {
  /** By the number of labels up to the last glob, less one, and then by the literal labels behind it. */
  readonly heads: (Map<string, GlobNode<T>> | undefined)[];
  /** Hosts with more labels than that, as they are: by the number of their labels. */
  readonly long: Map<number, Map<string, T>>;
}

/** A name of the DNS has at most 127 labels; a node for each label of a key of 10 MiB would take gigabytes. */
const MAX_LABELS = 127;

/** An empty trie. */
export function emptyTrie<T>(): GlobTrie<T> {
  return { heads: [], long: new Map() };
}

interface GlobNode<T> {
  literals?: Map<string, GlobNode<T>>;
  star?: GlobNode<T>;
  globs?: Map<string, GlobChild<T>>;
  /** What `globs` is looked up by, built when the trie is finished. */
  buckets?: Buckets<T>;
  /** Where a host's first label ends. */
  value?: T;
}

/** Globs by their literal beginning, and then by their literal end, reversed. */
type Buckets<T> = PrefixMap<PrefixMap<GlobChild<T>[]>>;

interface GlobChild<T> {
  readonly pattern: string;
  readonly node: GlobNode<T>;
}

/** The value for a host, made where it is missing. */
export function getOrAddHost<T>({ heads, long }: GlobTrie<T>, host: string, make: () => T): T {
  const labels = host.split('.');
  if (labels.length > MAX_LABELS) {
    return getOrAdd(
      getOrAdd(long, labels.length, () => new Map<string, T>()),
      host,
      make,
    );
  }
  const headCount = labels.findLastIndex(isGlob) + 1;
  const byTail = (heads[headCount - 1] ??= new Map<string, GlobNode<T>>());
  let node: GlobNode<T> = getOrAdd(byTail, tailOf(labels.slice(headCount)), () => ({}));
  for (const label of labels.slice(0, headCount).toReversed()) node = ensureChild(node, label);
  return (node.value ??= make());
}

/** With the dot before each label, since no label is not the same as one empty label. */
function tailOf(labels: readonly string[]): string {
  return labels.map((label) => `.${label}`).join('');
}

/** Makes a trie ready for lookups. */
export function finishTrie<T>({ heads }: GlobTrie<T>): void {
  for (const byTail of heads) byTail?.forEach((node) => finishNode(node));
}

/** Collects the value of every stored host that matches a host. */
export function collectHosts<T>({ heads, long }: GlobTrie<T>, host: string, found: T[]): void {
  if (long.size > 0) collectLong(long, host.split('.'), found);
  let headEnd = -1;
  for (const byTail of heads) {
    if (headEnd === host.length) return;
    const dot = host.indexOf('.', headEnd + 1);
    headEnd = dot < 0 ? host.length : dot;
    const node = byTail?.get(host.slice(headEnd));
    if (node !== undefined) collectHeads(node, host, headEnd, found);
  }
}

function collectLong<T>(
  long: ReadonlyMap<number, ReadonlyMap<string, T>>,
  labels: readonly string[],
  found: T[],
): void {
  for (const [host, value] of long.get(labels.length) ?? []) {
    const isMatch = host
      .split('.')
      .every((label, index) => matchLabel(label, labels[index] as string));
    if (isMatch) found.push(value);
  }
}

/** @param end - Where the labels that are still to be matched end; -1 when there are none. */
function collectHeads<T>(node: GlobNode<T>, host: string, end: number, found: T[]): void {
  if (end < 0) {
    if (node.value !== undefined) found.push(node.value);
    return;
  }
  // A negative start would be taken for 0.
  const dot = end === 0 ? -1 : host.lastIndexOf('.', end - 1);
  const label = host.slice(dot + 1, end);
  const literal = node.literals?.get(label);
  if (literal !== undefined) collectHeads(literal, host, dot, found);
  if (node.star !== undefined) collectHeads(node.star, host, dot, found);
  if (node.buckets === undefined) return;
  for (const { pattern, node: child } of candidates(node.buckets, label)) {
    if (matchLabel(pattern, label)) collectHeads(child, host, dot, found);
  }
}

function finishNode<T>(node: GlobNode<T>): void {
  for (const child of node.literals?.values() ?? []) finishNode(child);
  if (node.star !== undefined) finishNode(node.star);
  if (node.globs === undefined) return;
  for (const { node: child } of node.globs.values()) finishNode(child);
  node.buckets = bucketsOf([...node.globs.values()]);
}

function candidates<T>(buckets: Buckets<T>, label: string): GlobChild<T>[] {
  const bySuffix: PrefixMap<GlobChild<T>[]>[] = [];
  collectPrefixes(buckets, label, bySuffix);
  const children: GlobChild<T>[][] = [];
  const reversed = reverse(label);
  for (const map of bySuffix) collectPrefixes(map, reversed, children);
  return children.flat();
}

function ensureChild<T>(node: GlobNode<T>, label: string): GlobNode<T> {
  if (label === '*') return (node.star ??= {});
  if (!isGlob(label)) {
    node.literals ??= new Map();
    return getOrAdd(node.literals, label, () => ({}));
  }
  node.globs ??= new Map();
  return getOrAdd(node.globs, label, () => ({ pattern: label, node: {} })).node;
}

function bucketsOf<T>(children: readonly GlobChild<T>[]): Buckets<T> {
  const byPrefix = new Map<string, Map<string, GlobChild<T>[]>>();
  for (const child of children) {
    const { pattern } = child;
    const prefix = pattern.slice(0, pattern.search(/[*[]/));
    // A class may hold what looks like the literal end of a pattern.
    const suffix = pattern.includes('[') ? '' : pattern.slice(pattern.lastIndexOf('*') + 1);
    const bySuffix = getOrAdd(byPrefix, prefix, () => new Map<string, GlobChild<T>[]>());
    getOrAdd(bySuffix, reverse(suffix), () => []).push(child);
  }
  const frozen = new Map<string, PrefixMap<GlobChild<T>[]>>();
  for (const [prefix, bySuffix] of byPrefix) frozen.set(prefix, prefixMap(bySuffix));
  return prefixMap(frozen);
}

/** Of a byte string, so that no character is torn that was not torn already. */
function reverse(text: string): string {
  let reversed = '';
  for (let index = text.length - 1; index >= 0; index -= 1) reversed += text.charAt(index);
  return reversed;
}
