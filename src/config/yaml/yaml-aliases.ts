// Aliases of a YAML document: what they stand for, and how much. Source: go.yaml.in/yaml/v2 v2.4.4 decode.go.

import type { Alias, Node, Pair } from 'yaml';
import type { DocumentPosition } from '../../errors.ts';
import { given } from '../../util/own.ts';
import { YamlError } from './yaml-error.ts';

/** The package that reads YAML. */
export type YamlPackage = typeof import('yaml');

/** Where an offset of the text is. */
export type Place = (offset: number) => DocumentPosition;

/** The aliases of a document that is being decoded. */
export interface Aliases {
  readonly place: Place;
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly open: Set<Alias>;
  decodeCount: number;
  aliasCount: number;
}

/** Where a parsed node begins, without its anchor and tag. */
export function offsetOf({ range }: Node): number {
  return Number(range?.[0]);
}

/**
 * Finds what each alias stands for; the package would go through the whole document for each.
 *
 * @throws {@link YamlError} for an alias of an anchor that does not stand before it.
 */
export function findAliases(yaml: YamlPackage, root: Node, place: Place): Aliases {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const visit = (node: Node): void => {
    if (yaml.isAlias(node)) {
      const target = anchors.get(node.source);
      // The name may be a password that begins with an asterisk and has no quotes.
      if (target === undefined) throw new YamlError('unknown anchor', place(offsetOf(node)));
      targets.set(node, target);
      return;
    }
    const anchor = given(node, 'anchor');
    if (anchor !== undefined) anchors.set(anchor, node);
    if (!yaml.isCollection(node)) return;
    for (const item of node.items as (Node | Pair<Node, Node | null>)[]) {
      const [one, value] = yaml.isPair<Node, Node | null>(item) ? [item.key, item.value] : [item];
      visit(one);
      if (value) visit(value);
    }
  };
  visit(root);
  return { place, targets, open: new Set(), decodeCount: 1, aliasCount: 0 };
}

/** Decodes what an alias stands for. */
export function inAlias<T>(aliases: Aliases, alias: Alias, decode: (target: Node) => T): T {
  const { open, targets, place } = aliases;
  if (open.has(alias)) throw new YamlError('an alias contains itself', place(offsetOf(alias)));
  open.add(alias);
  // Each was found.
  const result = decode(targets.get(alias) as Node);
  open.delete(alias);
  return result;
}

/** Counts a node that is decoded, for a few aliases must not stand for gigabytes (decode.go, unmarshal). */
export function countNode(aliases: Aliases, node: Node): void {
  aliases.decodeCount += 1;
  if (aliases.open.size > 0) aliases.aliasCount += 1;
  const { decodeCount, aliasCount } = aliases;
  if (aliasCount <= 100 || decodeCount <= 1000) return;
  if (aliasCount / decodeCount > allowedAliasRatio(decodeCount)) {
    throw new YamlError('its aliases stand for too much', aliases.place(offsetOf(node)));
  }
}

const RATIO_LOW = 400_000;
const RATIO_RANGE = 3_600_000;

function allowedAliasRatio(decodeCount: number): number {
  const share = Math.min(Math.max((decodeCount - RATIO_LOW) / RATIO_RANGE, 0), 1);
  return 0.99 - 0.89 * share;
}
