// Where in a text of YAML, and so of JSON, a value stands.

import type { Alias, Document, LineCounter, Node, Pair, YAMLMap } from 'yaml';

import type { FieldPath } from './field-path.ts';

/** The line, from 1, on which a value begins; `undefined` for what is not there. */
export type LineFinder = (fieldPath: FieldPath) => number | undefined;

/** A document, and what it was read with. */
export interface ComposedDocument {
  readonly yaml: typeof import('yaml');
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/**
 * An alias is where it stands itself; what is inside of an aliased or a merged mapping is where it is written.
 *
 * Nothing here need fear a cycle: reading the document has refused those of merge keys, and a path ends.
 */
export function createLineFinder({ yaml, document, lines }: ComposedDocument): LineFinder {
  let targets: ReadonlyMap<unknown, Node | undefined> | undefined;

  function follow(node: unknown): unknown {
    if (!yaml.isAlias(node)) return node;
    targets ??= aliasTargets(yaml, document);
    return targets.get(node);
  }

  function child(node: unknown, step: string | number): unknown {
    const parent = follow(node);
    if (yaml.isSeq(parent)) return parent.items[Number(step)];
    return yaml.isMap(parent) ? findPair(parent, step)?.value : undefined;
  }

  /** Of two equal keys, which only JSON allows, the last counts; its own keys come before merged ones. */
  function findPair(map: YAMLMap, step: string | number): Pair | undefined {
    const own = map.items.findLast(
      ({ key }) => yaml.isScalar(key) && String(key.value) === String(step),
    );
    if (own !== undefined) return own;
    const merged = mergedMaps(map).map((source) => findPair(source, step));
    return merged.find((pair) => pair !== undefined);
  }

  function mergedMaps(map: YAMLMap): YAMLMap[] {
    // With `merge: true` the parser makes a symbol of `<<`, and leaves a quoted one as it is.
    const merges = map.items.filter(
      ({ key }) => yaml.isScalar(key) && typeof key.value === 'symbol',
    );
    return merges.flatMap(({ value }) => {
      const source = follow(value);
      return (yaml.isSeq(source) ? source.items : [source]).map(follow).filter(yaml.isMap);
    });
  }

  return (fieldPath) => {
    let node: unknown = document.contents;
    for (const step of fieldPath) node = child(node, step);
    return yaml.isNode(node) ? lines.linePos(Number(node.range?.[0])).line : undefined;
  };
}

/** `Alias.resolve` of the parser goes through the whole document for each alias. */
function aliasTargets(
  { visit }: typeof import('yaml'),
  document: Document.Parsed,
): ReadonlyMap<unknown, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node | undefined>();
  visit(document, {
    Alias: (_key, alias: Alias) => {
      targets.set(alias, anchors.get(alias.source));
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
