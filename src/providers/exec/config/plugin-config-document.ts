// One document read up to the providers in it: format, kind and version, fields and types. Source: k8s.io/apimachinery
// v0.37.2 pkg/runtime/serializer (recognizer, json, versioning) with EnableStrict, and decode() of Kubernetes v1.37.2
// pkg/credentialprovider/plugin/config.go.

import { checkJson } from '../../../go/json.ts';
import { goQuote } from '../../../go/quote.ts';
import {
  decodeObject,
  reportedTypeProblem,
  type DecodedObject,
  type Decoding,
  type Problem,
} from '../../../go/document/decode.ts';
import { trimGoStart } from '../../../go/space.ts';
import {
  kindProblem,
  notRegistered,
  readGroupVersionKind,
  type GroupVersionKind,
} from '../../../go/document/group-version-kind.ts';
import { placeFinder, readJsonDocument } from '../../../go/document/json-document.ts';
import type { ObjectShape } from '../../../go/document/shape.ts';
import type { DocumentValue, ObjectValue } from '../../../go/document/value.ts';
import { decodeYaml, positionOf } from '../../../config/yaml/decode-nodes.ts';
import { resultOrError, YamlError } from '../../../config/yaml/yaml-error.ts';
import { pluginConfigError } from './plugin-config-problems.ts';
import { CONFIG_SHAPES } from './plugin-config-shape.ts';

/** A provider as it stands in a file. */
export interface DecodedProvider {
  readonly path: string;
  readonly fields: DecodedObject;
}

/** A document of either format, and the keys that occur twice in it, where the format's reader tells. */
interface ReadDocument {
  readonly value: DocumentValue;
  readonly duplicates: readonly Problem[];
}

/**
 * Reads the providers of one document.
 *
 * @throws {@link PluginConfigError} where the kubelet refuses it.
 */
export function decodePluginConfig(bytes: Uint8Array, path: string): DecodedProvider[] {
  const { value, duplicates } = isJson(bytes) ? readJson(bytes, path) : readYaml(bytes, path);
  const shape = shapeOf(readKind(value, path), { path, position: value.position });
  const decoding: Decoding = { typeProblems: [], strictProblems: [] };
  // What names its kind is an object.
  const config = decodeObject(decoding, value as ObjectValue, shape);
  const typeProblem = reportedTypeProblem(decoding);
  if (typeProblem !== undefined) throw pluginConfigError(path, [typeProblem]);
  checkStrict(duplicates, decoding.strictProblems, path);
  const providers = config.fields.get('providers');
  if (providers?.kind !== 'list') return [];
  // As the shape says.
  return providers.items.map((fields) => ({ path, fields: fields as DecodedObject }));
}

function shapeOf(
  named: GroupVersionKind,
  { path, position }: { path: string; position: Problem['position'] },
): ObjectShape {
  const { group, version, kind } = named;
  const shape = CONFIG_SHAPES.get(version);
  if (group === CONFIG_GROUP && kind === CONFIG_KIND && shape !== undefined) return shape;
  const message = OTHER_KINDS.has(`${group}/${version} ${kind}`)
    ? `failed to decode ${goQuote(kind)} (wrong Kind)`
    : notRegistered(named);
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
  return trimGoStart(text).startsWith('{');
}

function readJson(bytes: Uint8Array, path: string): ReadDocument {
  const problem = checkJson(bytes);
  if (problem === undefined) {
    return { value: readJsonDocument(bytes, { maxDepth: MAX_DEPTH }), duplicates: [] };
  }
  const message = kindProblem(problem.goMessage);
  throw pluginConfigError(path, [{ message, position: placeFinder(bytes)(problem.offset) }]);
}

/** No field lies deeper; what does is wrong already for standing there. */
const MAX_DEPTH = 12;

function readYaml(bytes: Uint8Array, path: string): ReadDocument {
  const decoded = resultOrError(() => decodeYaml(bytes));
  if (!(decoded instanceof YamlError)) return decoded;
  const { message, mark } = decoded;
  throw pluginConfigError(path, [{ message, position: positionOf(mark) }]);
}

function readKind(root: DocumentValue, path: string): GroupVersionKind {
  const { position } = root;
  const named = readGroupVersionKind(root);
  if ('message' in named) throw pluginConfigError(path, [named]);
  const missing = named.kind === '' ? 'Kind' : named.version === '' ? 'apiVersion' : undefined;
  if (missing === undefined) return named;
  // Go quotes the whole document here.
  const message = `Object '${missing}' is missing`;
  throw pluginConfigError(path, [{ message, position }]);
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
