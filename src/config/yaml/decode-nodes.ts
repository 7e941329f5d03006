// A YAML document as the JSON that the kubelet makes of it, with aliases and merges resolved, and the keys that occur
// twice. Source: go.yaml.in/yaml/v2 v2.4.4 decode.go and sigs.k8s.io/yaml v1.6.0 yaml.go.

import { own } from '../../util/own.ts';
import type { DocumentPosition } from '../../errors.ts';
import { goQuote } from '../../go/quote.ts';
import { sortMembers } from '../../go/document/from-object.ts';
import type { DocumentMember, DocumentValue } from '../../go/document/value.ts';
import type { Mark } from './mark.ts';
import type { YamlMapping, YamlNode, YamlScalar } from './nodes.ts';
import { parseYamlNodes } from './parse-nodes.ts';
import { resolveScalar } from './resolve-scalar.ts';
import { YAML_TAG_PREFIX } from './tags.ts';
import { YamlError } from './yaml-error.ts';

/** A document, and what a strict reader finds wrong with it. */
export interface DecodedYaml {
  readonly value: DocumentValue;
  /** In Go's words. */
  readonly duplicates: readonly { readonly message: string; readonly position: DocumentPosition }[];
}

/** Where a document stands. */
export interface DecodeYamlOptions {
  /** The line of the whole text at which it begins. Default is 1. */
  readonly firstLine?: number;
}

interface Decoder {
  readonly firstLine: number;
  readonly duplicates: { message: string; position: DocumentPosition }[];
  /** Values and members that JSON cannot have: they are wrong only if the whole document, once read, still has them. */
  readonly unfit: Map<DocumentValue | DocumentMember, YamlError>;
  readonly openAliases: Set<YamlNode>;
  decodeCount: number;
  aliasCount: number;
}

/**
 * Reads the first document of a YAML stream.
 *
 * @throws {@link YamlError} where Go refuses it.
 */
export function decodeYaml(
  bytes: Uint8Array,
  { firstLine = 1 }: DecodeYamlOptions = {},
): DecodedYaml {
  const decoder: Decoder = {
    firstLine,
    duplicates: [],
    unfit: new Map(),
    openAliases: new Set(),
    decodeCount: 1,
    aliasCount: 0,
  };
  const root = parseYamlNodes(bytes);
  const value: DocumentValue =
    root === undefined
      ? { kind: 'null', position: { line: firstLine, column: 1 } }
      : decodeNode(decoder, root);
  if (decoder.unfit.size > 0) refuseUnfit(decoder, value);
  return { value, duplicates: decoder.duplicates };
}

/** Where a mark is, for people. */
export function positionOf({ line, column }: Mark, firstLine = 1): DocumentPosition {
  return { line: line + firstLine, column: column + 1 };
}

function decodeNode(decoder: Decoder, node: YamlNode): DocumentValue {
  count(decoder, node);
  const position = positionOf(node.mark, decoder.firstLine);
  switch (node.kind) {
    case 'alias':
      // An alias stands where it is written; what is inside of it, where that is.
      return inAlias(decoder, node, () => {
        const value = decodeNode(decoder, node.target);
        return withError(decoder, { ...value, position }, decoder.unfit.get(value));
      });
    case 'sequence':
      return {
        kind: 'array',
        position,
        items: node.items.map((item) => decodeNode(decoder, item)),
      };
    case 'mapping': {
      const members = new Map<string, DocumentMember>();
      addMembers(decoder, node, members);
      // The kubelet goes on with a JSON document, whose members Go sorts.
      const sorted = sortMembers([...members.values()]);
      return { kind: 'object', position, members: sorted };
    }
    default:
      return decodeScalar(decoder, node, position);
  }
}

/** decode.go, unmarshal: a few aliases must not stand for gigabytes. */
function count(decoder: Decoder, { mark }: YamlNode): void {
  decoder.decodeCount += 1;
  if (decoder.openAliases.size > 0) decoder.aliasCount += 1;
  const { decodeCount, aliasCount } = decoder;
  if (aliasCount <= 100 || decodeCount <= 1000) return;
  if (aliasCount / decodeCount > allowedAliasRatio(decodeCount)) {
    throw new YamlError('document contains excessive aliasing', mark);
  }
}

/** Go keeps them all; nobody reads more. */
const MAX_DUPLICATES = 1000;

const RATIO_LOW = 400_000;
const RATIO_RANGE = 3_600_000;

function allowedAliasRatio(decodeCount: number): number {
  const share = Math.min(Math.max((decodeCount - RATIO_LOW) / RATIO_RANGE, 0), 1);
  return 0.99 - 0.89 * share;
}

function inAlias<T>(
  { openAliases }: Decoder,
  node: Extract<YamlNode, { kind: 'alias' }>,
  work: () => T,
): T {
  if (openAliases.has(node)) {
    throw new YamlError(`anchor '${node.name}' value contains itself`, node.mark);
  }
  openAliases.add(node);
  const result = work();
  openAliases.delete(node);
  return result;
}

function decodeScalar(
  decoder: Decoder,
  node: YamlScalar,
  position: DocumentPosition,
): DocumentValue {
  const resolved = resolveScalar(node);
  if (resolved.kind !== 'number') return { ...resolved, position };
  const { kind, text, nonFinite } = resolved;
  const problem = `unsupported value: ${nonFinite}`;
  const error =
    nonFinite === undefined ? undefined : new YamlError(problem, node.mark, { prefix: 'json: ' });
  return withError(decoder, { kind, text, position }, error);
}

function withError<T extends DocumentValue | DocumentMember>(
  { unfit }: Decoder,
  what: T,
  error: YamlError | undefined,
): T {
  if (error !== undefined) unfit.set(what, error);
  return what;
}

function refuseUnfit(decoder: Decoder, value: DocumentValue): void {
  const error = decoder.unfit.get(value);
  if (error !== undefined) throw error;
  if (value.kind === 'array') for (const item of value.items) refuseUnfit(decoder, item);
  if (value.kind !== 'object') return;
  for (const member of value.members) {
    const memberError = decoder.unfit.get(member);
    if (memberError !== undefined) throw memberError;
    refuseUnfit(decoder, member.value);
  }
}

function addMembers(
  decoder: Decoder,
  node: YamlMapping,
  members: Map<string, DocumentMember>,
): void {
  for (const [key, valueNode] of node.pairs) {
    if (isMerge(key)) {
      mergeMembers(decoder, valueNode, members);
      continue;
    }
    const { identity, name, shown, error } = own(readKey(decoder, key));
    const value = decodeNode(decoder, valueNode);
    if (members.has(identity) && decoder.duplicates.length < MAX_DUPLICATES) {
      const line = valueNode.mark.line + 1;
      const message = `line ${line}: key ${shown} already set in map`;
      decoder.duplicates.push({ message, position: positionOf(key.mark, decoder.firstLine) });
    }
    const position = positionOf(key.mark, decoder.firstLine);
    members.set(identity, withError(decoder, { name, position, value }, error));
  }
}

function isMerge(node: YamlNode): boolean {
  if (node.kind !== 'scalar' || node.value !== '<<') return false;
  return node.isImplicit || node.tag === `${YAML_TAG_PREFIX}merge`;
}

/** Of several mappings, the first has the last word. */
function mergeMembers(
  decoder: Decoder,
  node: YamlNode,
  members: Map<string, DocumentMember>,
): void {
  if (node.kind === 'sequence') {
    for (const item of node.items.toReversed()) mergeOne(decoder, item, members);
  } else {
    mergeOne(decoder, node, members);
  }
}

function mergeOne(decoder: Decoder, node: YamlNode, members: Map<string, DocumentMember>): void {
  const target = node.kind === 'alias' ? node.target : node;
  if (target.kind !== 'mapping') {
    const problem = 'map merge requires map or sequence of maps as the value';
    throw new YamlError(problem, node.mark);
  }
  count(decoder, node);
  if (node.kind !== 'alias') return addMembers(decoder, target, members);
  inAlias(decoder, node, () => {
    count(decoder, target);
    addMembers(decoder, target, members);
  });
}

interface MemberKey {
  /** Tells keys apart as Go's map does: `1` and `"1"` are two. */
  readonly identity: string;
  readonly name: string;
  /** As Go's `%#v`. */
  readonly shown: string;
  /** For what cannot be a key of JSON. */
  readonly error?: YamlError;
}

function readKey(decoder: Decoder, node: YamlNode): MemberKey {
  const value = decodeNode(decoder, node);
  const scalar = node.kind === 'alias' ? node.target : node;
  // Go shows the key, with all that is in it.
  if (scalar.kind !== 'scalar') throw new YamlError('invalid map key', node.mark);
  if (value.kind === 'string') {
    return { identity: `"${value.text}`, name: value.text, shown: shownKey(value.text) };
  }
  return unquotedKey(scalar);
}

function unquotedKey(node: YamlScalar): MemberKey {
  const key = resolveScalar(node);
  switch (key.kind) {
    case 'boolean': {
      const name = String(key.value);
      return { identity: name, name, shown: name };
    }
    case 'number': {
      const { tag, name, text } = key;
      // Go takes 1 and 1.0 for two keys.
      const identity = `#${tag} ${text}`;
      if (name !== undefined) return { identity, name, shown: text };
      return { identity, name: text, shown: text, error: unsupportedKey(node, 'uint64') };
    }
    default:
      return {
        identity: '',
        name: '',
        shown: '<nil>',
        error: unsupportedKey(node, '%!s(<nil>)'),
      };
  }
}

function unsupportedKey({ mark }: YamlScalar, goType: string): YamlError {
  return new YamlError(`unsupported map key of type: ${goType}`, mark, { prefix: '' });
}

/** What stands behind a colon without a space is no key's, and may be secret. */
function shownKey(key: string): string {
  return goQuote(key.replace(/:.+$/s, ':[redacted]'));
}
