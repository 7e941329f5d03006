// One document read up to the providers in it: format, kind and version, fields and types. Source: k8s.io/apimachinery
// v0.37.2 pkg/runtime/serializer (recognizer, json, versioning) with EnableStrict, and decode() of Kubernetes v1.37.2
// pkg/credentialprovider/plugin/config.go.

import type { ReadYaml } from '../../../config/yaml/read-yaml.ts';
import { YamlError } from '../../../config/yaml/yaml-error.ts';
import { PluginConfigError } from '../../../errors.ts';
import {
  decodeObject,
  reportedTypeProblem,
  type DecodedObject,
  type Decoding,
  type Problem,
} from '../../../go/document/decode.ts';
import {
  notRegistered,
  readGroupVersionKind,
  type GroupVersionKind,
} from '../../../go/document/group-version-kind.ts';
import { placeFinder, readJsonDocument } from '../../../go/document/json-document.ts';
import type { ObjectShape, Shape } from '../../../go/document/shape.ts';
import type { DocumentValue, ObjectValue } from '../../../go/document/value.ts';
import { checkJson } from '../../../go/json.ts';
import { goQuote } from '../../../go/quote.ts';
import { trimGoStart } from '../../../go/space.ts';
import { CONFIG_SHAPES } from './plugin-config-shape.ts';
import { has } from '../../../util/own.ts';

/** A file of a configuration. */
export interface PluginConfigFile {
  readonly path: string;
  /** Its text or, so that also wrong UTF-8 is judged as by the kubelet, its bytes. */
  readonly document: string | Uint8Array;
}

/** A provider as it stands in a file. */
export interface DecodedProvider {
  readonly path: string;
  readonly fields: DecodedObject;
}

/** An error with its stack is large, and a document of 10 MiB can have a million problems. */
const MAX_ERRORS = 100;

/**
 * The error for some problems.
 *
 * @param path - The file of the first.
 * @param problems - At least one. The error has the place of the first; of several, its `cause` is an `AggregateError`
 *   with one error each, up to a hundred.
 * @param reason - The kubelet's text for them all; the first problem's by default.
 */
export function pluginConfigError(
  path: string,
  problems: readonly (Problem & { readonly path?: string })[],
  reason?: string,
): PluginConfigError {
  const errors = problems.slice(0, MAX_ERRORS).map(
    (problem) =>
      new PluginConfigError({
        path: problem.path ?? path,
        reason: problem.message,
        position: problem.position,
      }),
  );
  const [first] = problems;
  const whole = {
    path: first?.path ?? path,
    reason: reason ?? String(first?.message),
    position: first?.position,
  };
  if (errors.length < 2) return new PluginConfigError(whole);
  return new PluginConfigError(whole, { cause: new AggregateError(errors) });
}

/**
 * Reads the providers of one file.
 *
 * @throws {@link PluginConfigError} where the kubelet refuses it.
 */
export function decodePluginConfig(
  { path, document }: PluginConfigFile,
  readYaml: ReadYaml,
): DecodedProvider[] {
  const bytes = Buffer.from(document);
  const read = isJson(bytes) ? readJson(bytes) : readYaml(bytes);
  if (!has(read, 'value')) throw pluginConfigError(path, [withFormat(read)]);
  const { value, duplicates } = read;
  const shape = shapeOf(readKind(value, path), { path, position: value.position });
  const decoding: Decoding = { typeProblems: [], strictProblems: [] };
  // What names its kind is an object.
  const config = decodeObject(decoding, value as ObjectValue, shape);
  const typeProblem = reportedTypeProblem(decoding);
  if (typeProblem !== undefined) {
    const message = `${typeProblem.field}: must be ${wanted(typeProblem.shape)}`;
    throw pluginConfigError(path, [{ message, position: typeProblem.position }]);
  }
  const problems = [...duplicates, ...decoding.strictProblems];
  if (problems.length > 0) {
    const reason = problems.map(({ message }) => message).join(', ');
    throw pluginConfigError(path, problems, `strict decoding error: ${reason}`);
  }
  const providers = config.fields.get('providers');
  if (providers?.kind !== 'list') return [];
  // As the shape says.
  return providers.items.map((fields) => ({ path, fields: fields as DecodedObject }));
}

/** The recognizer: what begins with a brace, behind what Go takes for space, is JSON. */
function isJson(bytes: Buffer): boolean {
  return trimGoStart(bytes.toString('utf8')).startsWith('{');
}

/** No field lies deeper; what does is wrong already for standing there. */
const MAX_DEPTH = 12;

function readJson(
  bytes: Uint8Array,
): { value: DocumentValue; duplicates: readonly Problem[] } | Problem {
  const problem = checkJson(bytes);
  if (problem !== undefined) {
    return { message: problem.reason, position: placeFinder(bytes)(problem.offset) };
  }
  return { value: readJsonDocument(bytes, { maxDepth: MAX_DEPTH }), duplicates: [] };
}

function withFormat(problem: Problem): Problem {
  if (!(problem instanceof YamlError)) return problem;
  return { message: `not YAML: ${problem.message}`, position: problem.position };
}

function readKind(root: DocumentValue, path: string): GroupVersionKind {
  const { position } = root;
  const named = readGroupVersionKind(root);
  if (has(named, 'message')) throw pluginConfigError(path, [named]);
  const missing = named.kind === '' ? 'Kind' : named.version === '' ? 'apiVersion' : undefined;
  if (missing === undefined) return named;
  // Go quotes the whole document here.
  const message = `Object '${missing}' is missing`;
  throw pluginConfigError(path, [{ message, position }]);
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

function wanted(shape: Shape): string {
  switch (shape.kind) {
    case 'list':
      return `a list of ${shape.of.kind}s`;
    case 'boolean':
      return 'true or false';
    case 'text':
      return 'a duration such as "1h30m"';
    case 'object':
      return 'an object';
    default:
      return 'a string';
  }
}
