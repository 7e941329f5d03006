// The value of a YAML document, as the JSON that Kubernetes makes of it: aliases and merges resolved, and the keys that
// occur twice. Source: go.yaml.in/yaml/v2 v2.4.4 decode.go and sigs.k8s.io/yaml v1.6.0 yaml.go.

import type { CST, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { DocumentPosition } from '../../errors.ts';
import { sortMembers } from '../../go/document/from-object.ts';
import type { DocumentMember, DocumentValue } from '../../go/document/value.ts';
import { goQuote } from '../../go/quote.ts';
import { given } from '../../util/own.ts';
import { decodeGoUtf8 } from '../../go/utf8.ts';
import {
  countNode,
  findAliases,
  inAlias,
  offsetOf,
  type Aliases,
  type Place,
  type YamlPackage,
} from './yaml-aliases.ts';
import { YamlError } from './yaml-error.ts';
import { floatKey, resolvePlain, resolveTagged, type ScalarValue } from './yaml-scalars.ts';

/** A document, and what a strict reader finds wrong with it. */
export interface YamlDocument {
  readonly value: DocumentValue;
  /** Keys that occur twice. */
  readonly duplicates: readonly { readonly message: string; readonly position: DocumentPosition }[];
}

type Tokens = readonly CST.SourceToken[];
type ParsedMap = YAMLMap<Node, Node | null>;

interface Decoder {
  readonly yaml: YamlPackage;
  readonly place: Place;
  readonly aliases: Aliases;
  readonly duplicates: { message: string; position: DocumentPosition }[];
}

/**
 * The value of a parsed document.
 *
 * @param start - The tokens before its contents.
 */
export function valueOf(
  { contents }: Document.Parsed,
  { yaml, place, start }: { yaml: YamlPackage; place: Place; start: Tokens },
): YamlDocument {
  if (contents === null) return { value: { kind: 'null', position: place(0) }, duplicates: [] };
  const aliases = findAliases(yaml, contents, place);
  const decoder: Decoder = { yaml, place, aliases, duplicates: [] };
  const value = decodeNode(decoder, contents, start);
  return { value, duplicates: decoder.duplicates };
}

/** A value begins at its anchor or tag. */
function positionOf({ place }: Decoder, node: Node, before: Tokens): DocumentPosition {
  const property = before.find(({ type }) => type === 'anchor' || type === 'tag');
  return place(property?.offset ?? offsetOf(node));
}

function decodeNode(decoder: Decoder, node: Node, before: Tokens): DocumentValue {
  const { yaml, aliases } = decoder;
  countNode(aliases, node);
  const position = positionOf(decoder, node, before);
  if (yaml.isAlias(node)) {
    // An alias stands where it is written; what is inside of it, where that is.
    return inAlias(aliases, node, (target) => ({ ...decodeNode(decoder, target, []), position }));
  }
  if (yaml.isSeq<Node>(node)) {
    const items = node.items.map((item, index) => decodeNode(decoder, item, startOf(node, index)));
    return { kind: 'array', position, items };
  }
  if (yaml.isMap<Node, Node | null>(node)) {
    const members = new Map<string, DocumentMember>();
    addMembers(decoder, node, members);
    // Kubernetes goes on with a JSON document, whose members Go sorts.
    return { kind: 'object', position, members: sortMembers([...members.values()]) };
  }
  return scalarDocument(scalarValue(node as Scalar.Parsed, position), position);
}

function startOf({ srcToken }: YAMLSeq, index: number): Tokens {
  const { items } = srcToken as CST.BlockSequence | CST.FlowCollection;
  return (items[index] as CST.CollectionItem).start;
}

const YAML_TAG = 'tag:yaml.org,2002:';
const RESOLVED_TAGS: ReadonlySet<string> = new Set(['bool', 'int', 'float', 'null', 'timestamp']);

function scalarValue(scalar: Scalar.Parsed, position: DocumentPosition): ScalarValue {
  const { source: text, type } = scalar;
  const tag = given(scalar, 'tag');
  if (tag === undefined && type === 'PLAIN') return resolvePlain(text);
  // An escape may name half of a pair.
  if (!text.isWellFormed()) throw new YamlError('an escape names no character', position);
  if (tag === undefined) return text;
  const name = tag.startsWith(YAML_TAG) ? tag.slice(YAML_TAG.length) : '';
  if (name === 'binary') return decodeBinary(text, position);
  if (!RESOLVED_TAGS.has(name)) return text;
  const value = resolveTagged(text, name);
  if (value === undefined) throw new YamlError('a value does not match its tag', position);
  return value;
}

/** Go takes the standard alphabet with padding, whatever the bits behind the last byte. */
function decodeBinary(source: string, position: DocumentPosition): string {
  const text = source.replaceAll(/[\r\n]/g, '');
  const isValid = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text);
  if (!isValid) throw new YamlError('a !!binary value is not base64', position);
  return decodeGoUtf8(Buffer.from(text, 'base64'));
}

function scalarDocument(value: ScalarValue, position: DocumentPosition): DocumentValue {
  if (value === null) return { kind: 'null', position };
  if (typeof value === 'boolean') return { kind: 'boolean', position, value };
  if (typeof value === 'string') return { kind: 'string', position, text: value };
  // Go keeps the sign of a zero.
  return { kind: 'number', position, text: Object.is(value, -0) ? '-0' : String(value) };
}

function addMembers(decoder: Decoder, map: ParsedMap, members: Map<string, DocumentMember>): void {
  for (const pair of map.items) {
    const { start, sep } = pair.srcToken as CST.CollectionItem;
    const key = readKey(decoder, pair.key, start);
    if (key === undefined) {
      mergeMembers(decoder, pair.value ?? pair.key, members);
      continue;
    }
    const { identity, name, shown, position } = key;
    if (members.has(identity) && decoder.duplicates.length < MAX_DUPLICATES) {
      decoder.duplicates.push({ message: `key ${shown} occurs twice`, position });
    }
    const value =
      pair.value === null
        ? nothingBehind(decoder, pair)
        : decodeNode(decoder, pair.value, sep as Tokens);
    members.set(identity, { name, position, value });
  }
}

/** Go keeps them all; nobody reads more. */
const MAX_DUPLICATES = 1000;

/** `{a}` and `? a` have no value. */
function nothingBehind({ place }: Decoder, { key }: Pair<Node, Node | null>): DocumentValue {
  return { kind: 'null', position: place(Number(key.range?.[2])) };
}

interface MemberKey {
  readonly position: DocumentPosition;
  /** Tells keys apart as Go's map does: `1` and `"1"` are two. */
  readonly identity: string;
  readonly name: string;
  /** For people. */
  readonly shown: string;
}

/** `undefined` for a merge (`<<`). */
function readKey(decoder: Decoder, node: Node, before: Tokens): MemberKey | undefined {
  if (isMerge(decoder, node)) return undefined;
  const { yaml, aliases } = decoder;
  countNode(aliases, node);
  const position = positionOf(decoder, node, before);
  const key = yaml.isAlias(node) ? aliases.targets.get(node) : node;
  if (!yaml.isScalar(key)) throw new YamlError('a key is a list or a mapping', position);
  const value = scalarValue(key as Scalar.Parsed, position);
  if (typeof value === 'string') {
    return { identity: `"${value}`, name: value, shown: shownKey(value), position };
  }
  const name = keyName(value);
  if (name === undefined) throw new YamlError('a key is null or too large a number', position);
  // Go takes 1 and 1.0 for two keys.
  return { identity: `${typeof value} ${String(value)}`, name, shown: name, position };
}

function isMerge({ yaml }: Decoder, key: Node): boolean {
  if (!yaml.isScalar(key) || key.source !== '<<') return false;
  const tag = given(key, 'tag');
  return tag === undefined ? key.type === 'PLAIN' : ['!', `${YAML_TAG}merge`].includes(tag);
}

/** `undefined` for what sigs.k8s.io/yaml has no name for. */
function keyName(value: Exclude<ScalarValue, string>): string | undefined {
  if (typeof value === 'number') return floatKey(value);
  return value === null || (typeof value === 'bigint' && value >= 1n << 63n)
    ? undefined
    : String(value);
}

/** What stands behind a colon without a space is no key's, and may be secret. */
function shownKey(key: string): string {
  return goQuote(key.replace(/:.+$/s, ':[redacted]'));
}

/** Of several mappings, the first has the last word. */
function mergeMembers(decoder: Decoder, node: Node, members: Map<string, DocumentMember>): void {
  const merged = decoder.yaml.isSeq<Node>(node) ? node.items.toReversed() : [node];
  for (const one of merged) mergeOne(decoder, one, members);
}

function mergeOne(decoder: Decoder, node: Node, members: Map<string, DocumentMember>): void {
  const { yaml, aliases, place } = decoder;
  countNode(aliases, node);
  if (yaml.isAlias(node) && yaml.isMap(aliases.targets.get(node))) {
    inAlias(aliases, node, (target) => mergeOne(decoder, target, members));
  } else if (yaml.isMap<Node, Node | null>(node)) {
    addMembers(decoder, node, members);
  } else {
    throw new YamlError('a merge (<<) of what is not a mapping', place(offsetOf(node)));
  }
}
