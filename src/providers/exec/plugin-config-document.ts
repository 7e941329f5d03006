// One document read up to the providers in it: format, kind and version, fields and types. Source: k8s.io/apimachinery
// v0.37.2 pkg/runtime/serializer (recognizer, json, versioning) with EnableStrict, and decode() of Kubernetes v1.37.2
// pkg/credentialprovider/plugin/config.go.

import { foldName } from '../../config/decoding.ts';
import { checkJson } from '../../config/json.ts';
import { goQuote } from '../../config/go-quote.ts';
import {
  decodeObject,
  goKind,
  type DecodedObject,
  type Decoding,
  type Problem,
} from './plugin-config-decode.ts';
import { placeFinder, readConfigJson } from './plugin-config-json.ts';
import { pluginConfigError } from './plugin-config-problems.ts';
import { CONFIG_SHAPES, type ObjectShape } from './plugin-config-shape.ts';
import type { ConfigValue } from './plugin-config-value.ts';
import { decodeYaml, positionOf } from './yaml/decode-nodes.ts';
import { YamlError } from './yaml/yaml-error.ts';

/** A provider as it stands in a file. */
export interface DecodedProvider {
  readonly path: string;
  readonly fields: DecodedObject;
}

/** A document of either format, and the keys that occur twice in it, where the format's reader tells. */
interface ReadDocument {
  readonly value: ConfigValue;
  readonly duplicates: readonly Problem[];
}

/**
 * Reads the providers of one document.
 *
 * @throws {@link PluginConfigError} where the kubelet refuses it.
 */
export function decodePluginConfig(bytes: Uint8Array, path: string): DecodedProvider[] {
  const { value, duplicates } = isJson(bytes) ? readJson(bytes, path) : readYaml(bytes, path);
  const root = rootObject(value, path);
  const shape = shapeOf(readKind(root, path), { path, position: root.position });
  const decoding: Decoding = { typeProblems: [], strictProblems: [] };
  const config = decodeObject(decoding, root, shape);
  const typeProblem =
    decoding.typeProblems.find(({ endsReading }) => endsReading) ?? decoding.typeProblems[0];
  if (typeProblem !== undefined) throw pluginConfigError(path, [typeProblem]);
  checkStrict(duplicates, decoding.strictProblems, path);
  const providers = config.fields.get('providers');
  if (providers?.kind !== 'list') return [];
  // As the shape says.
  return providers.items.map((fields) => ({ path, fields: fields as DecodedObject }));
}

function shapeOf(
  { group, version, kind }: GroupVersionKind,
  { path, position }: { path: string; position: Problem['position'] },
): ObjectShape {
  const shape = CONFIG_SHAPES.get(version);
  if (group === CONFIG_GROUP && kind === CONFIG_KIND && shape !== undefined) return shape;
  const api = group === '' ? version : `${group}/${version}`;
  const where =
    version === '__internal'
      ? `the internal version of group ${goQuote(group)}`
      : `version ${goQuote(api)}`;
  const message = OTHER_KINDS.has(`${api} ${kind}`)
    ? `failed to decode ${goQuote(kind)} (wrong Kind)`
    : `no kind ${goQuote(kind)} is registered for ${where}`;
  throw pluginConfigError(path, [{ message, position }]);
}

const CONFIG_GROUP = 'kubelet.config.k8s.io';
const CONFIG_KIND = 'CredentialProviderConfig';
/** What else the kubelet's plugin code can decode, and doesn't want here. */
const OTHER_KINDS: ReadonlySet<string> = new Set([
  'kubelet.config.k8s.io/v1beta1 KubeletConfiguration',
  'kubelet.config.k8s.io/__internal KubeletConfiguration',
  'kubelet.config.k8s.io/v1beta1 SerializedNodeConfigSource',
  ...['v1', 'v1beta1', 'v1alpha1'].flatMap((version) => [
    `credentialprovider.kubelet.k8s.io/${version} CredentialProviderRequest`,
    `credentialprovider.kubelet.k8s.io/${version} CredentialProviderResponse`,
  ]),
]);

/** The recognizer: what begins with a brace, behind what Go takes for space, is JSON. */
function isJson(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*\{/.test(text);
}

function readJson(bytes: Uint8Array, path: string): ReadDocument {
  const problem = checkJson(bytes);
  if (problem === undefined) return { value: readConfigJson(bytes), duplicates: [] };
  const message = `${KIND_PREFIX}${problem.goMessage}`;
  throw pluginConfigError(path, [{ message, position: placeFinder(bytes)(problem.offset) }]);
}

function readYaml(bytes: Uint8Array, path: string): ReadDocument {
  try {
    return decodeYaml(bytes);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { message, mark } = error;
    throw pluginConfigError(path, [{ message, position: positionOf(mark) }]);
  }
}

const KIND_PREFIX = "couldn't get version/kind; json parse error: ";
const KIND_STRUCT = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

type ObjectValue = Extract<ConfigValue, { kind: 'object' }>;

/** Null is as good as an empty object, up to the kind that it has not. */
function rootObject(value: ConfigValue, path: string): ObjectValue {
  const { position } = value;
  if (value.kind !== 'object' && value.kind !== 'null') {
    const message = `${KIND_PREFIX}json: cannot unmarshal ${goKind(value)} into Go value of type ${KIND_STRUCT}`;
    throw pluginConfigError(path, [{ message, position }]);
  }
  return value.kind === 'object' ? value : { kind: 'object', position, members: [] };
}

/** meta.go, Interpret: Go's own JSON, to which the case of names is nothing. */
function readKind({ members, position }: ObjectValue, path: string): GroupVersionKind {
  const names: Record<'apiversion' | 'kind', string> = { apiversion: '', kind: '' };
  for (const { name, value: given } of members) {
    const folded = foldName(name);
    if ((folded !== 'apiversion' && folded !== 'kind') || given.kind === 'null') continue;
    if (given.kind !== 'string') {
      const field = folded === 'kind' ? folded : 'apiVersion';
      const message = `${KIND_PREFIX}json: cannot unmarshal ${goKind(given)} into Go struct field .${field} of type string`;
      throw pluginConfigError(path, [{ message, position: given.position }]);
    }
    names[folded] = given.text;
  }
  return parseKind(names.apiversion, names.kind, { path, position });
}

function parseKind(
  apiVersion: string,
  kind: string,
  { path, position }: { path: string; position: Problem['position'] },
): GroupVersionKind {
  const parts = apiVersion === '/' ? [] : apiVersion.split('/');
  const [first = '', second] = parts;
  const message = missingPart(parts, apiVersion, kind);
  if (message !== undefined) throw pluginConfigError(path, [{ message, position }]);
  return second === undefined
    ? { group: '', version: first, kind }
    : { group: first, version: second, kind };
}

/** Go quotes the whole document where something is missing. */
function missingPart(
  parts: readonly string[],
  apiVersion: string,
  kind: string,
): string | undefined {
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  if (kind === '') return "Object 'Kind' is missing";
  return (parts.at(-1) ?? '') === '' ? "Object 'apiVersion' is missing" : undefined;
}

function checkStrict(
  duplicates: readonly Problem[],
  others: readonly Problem[],
  path: string,
): void {
  const problems = [...duplicates, ...others];
  if (problems.length === 0) return;
  const lines = duplicates.map(({ message }) => `\n  ${message}`).join('');
  const first = duplicates.length === 0 ? [] : [`yaml: unmarshal errors:${lines}`];
  const reason = [...first, ...others.map(({ message }) => message)].join(', ');
  throw pluginConfigError(path, problems, `strict decoding error: ${reason}`);
}
