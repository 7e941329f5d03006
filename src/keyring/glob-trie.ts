// Patterns with globs in the host, by their labels from the last to the first. At each label a walk takes the literal
// child, the `*` child, and of the other globs those whose literal ends fit; the real matcher then judges.

import { isGlob, matchLabel } from './glob.ts';
import { prefixMap, visitPrefixes, type PrefixMap } from './prefix-map.ts';

/** A trie under construction; values sit where a host's first label ends. */
export interface GlobNode<T> {
  literals?: Map<string, GlobNode<T>>;
  star?: GlobNode<T>;
  globs?: Map<string, GlobChild<T>>;
  /** What `globs` is looked up by, built when the trie is finished. */
  buckets?: PrefixMap<PrefixMap<GlobChild<T>[]>>;
  value?: T;
}

interface GlobChild<T> {
  readonly pattern: string;
  readonly node: GlobNode<T>;
}

/** The node for a host's labels, made where it is missing. */
export function ensureNode<T>(root: GlobNode<T>, labels: readonly string[]): GlobNode<T> {
  let node = root;
  for (const label of labels.toReversed()) node = ensureChild(node, label);
  return node;
}

/** Makes the trie ready for walks. */
export function finishTrie<T>(node: GlobNode<T>): void {
  for (const child of node.literals?.values() ?? []) finishTrie(child);
  if (node.star !== undefined) finishTrie(node.star);
  if (node.globs === undefined) return;
  for (const { node: child } of node.globs.values()) finishTrie(child);
  node.buckets = bucketsOf([...node.globs.values()]);
}

/** Visits the value of every stored host that matches the labels. */
export function visitMatches<T>(
  root: GlobNode<T>,
  labels: readonly string[],
  visit: (value: T) => void,
): void {
  walk(root, labels.length - 1);

  function walk(node: GlobNode<T>, index: number): void {
    const label = labels[index];
    if (label === undefined) {
      if (node.value !== undefined) visit(node.value);
      return;
    }
    const literal = node.literals?.get(label);
    if (literal !== undefined) walk(literal, index - 1);
    if (node.star !== undefined) walk(node.star, index - 1);
    if (node.buckets !== undefined) walkBuckets(node.buckets, label, index);
  }

  function walkBuckets(
    buckets: PrefixMap<PrefixMap<GlobChild<T>[]>>,
    label: string,
    index: number,
  ): void {
    const reversed = reverse(label);
    visitPrefixes(buckets, label, (bySuffix) => {
      visitPrefixes(bySuffix, reversed, (children) => {
        for (const { pattern, node } of children) {
          if (matchLabel(pattern, label)) walk(node, index - 1);
        }
      });
    });
  }
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

function bucketsOf<T>(children: readonly GlobChild<T>[]): PrefixMap<PrefixMap<GlobChild<T>[]>> {
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

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}

/** Of a byte string, so that no character is torn that was not torn already. */
function reverse(text: string): string {
  let reversed = '';
  for (let index = text.length - 1; index >= 0; index -= 1) reversed += text.charAt(index);
  return reversed;
}
