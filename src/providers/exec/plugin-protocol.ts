// What the kubelet and its plugins say to each other, both sides, byte for byte as Kubernetes v1.37.2 has it
// (pkg/credentialprovider/plugin/plugin.go, encodeRequest and ExecPlugin; k8s.io/kubelet v0.37.2
// pkg/apis/credentialprovider/{v1,v1beta1,v1alpha1}/types.go).

import { PluginProtocolError } from '../../errors.ts';
import type {
  CredentialRequest,
  CredentialResponse,
  CredentialResponseEntry,
} from '../contract.ts';
import { encodeFields, encodeMap, encodeText } from '../../go/encode-json.ts';
import { formatGoDuration, parseGoDuration } from '../../go/duration.ts';
import type { PluginApiVersion } from './config/plugin-config-types.ts';
import {
  MalformedDocument,
  readDocument,
  readFields,
  readMap,
  readText,
  type ReadValue,
} from './plugin-json.ts';

/** The versions of the API, the newest first. */
const PLUGIN_API_VERSIONS: readonly PluginApiVersion[] = [
  'credentialprovider.kubelet.k8s.io/v1',
  'credentialprovider.kubelet.k8s.io/v1beta1',
  'credentialprovider.kubelet.k8s.io/v1alpha1',
];

const REQUEST_KIND = 'CredentialProviderRequest';
const RESPONSE_KIND = 'CredentialProviderResponse';
const CACHE_KEY_TYPES = ['Image', 'Registry', 'Global'] as const;

/** What a plugin is asked. */
export type PluginRequest = Omit<CredentialRequest, 'signal'>;

/** A request as it arrives, with the version in which it must be answered. */
export interface ReceivedPluginRequest extends PluginRequest {
  readonly apiVersion: PluginApiVersion;
}

/** What a plugin can answer: of credentials, user names and passwords only. */
export type PluginResponse = Pick<CredentialResponse, 'auth' | 'cacheKeyType' | 'cacheDurationMs'>;

/** Writes a request as the kubelet does: in one line, with a line break behind it. */
export function encodePluginRequest(apiVersion: PluginApiVersion, request: PluginRequest): string {
  const { image, serviceAccountToken = '', serviceAccountAnnotations = {} } = request;
  const fields: [string, string][] = [...typeMeta(REQUEST_KIND, apiVersion)];
  fields.push(['image', encodeText(image)]);
  // The older versions have no such fields (pkg/apis/credentialprovider/v1beta1/conversion.go).
  if (apiVersion === 'credentialprovider.kubelet.k8s.io/v1') {
    const annotations = Object.entries(serviceAccountAnnotations);
    if (serviceAccountToken !== '') {
      fields.push(['serviceAccountToken', encodeText(serviceAccountToken)]);
    }
    if (annotations.length > 0) {
      fields.push(['serviceAccountAnnotations', encodeMap(annotations, encodeText)]);
    }
  }
  return `${encodeFields(fields)}\n`;
}

/**
 * Reads a plugin's answer, as strictly as the kubelet.
 *
 * @param apiVersion - The version that it was asked in, and must answer in.
 * @param plugin - Its name, for the error.
 * @throws {@link PluginProtocolError}
 */
export function decodePluginResponse(
  apiVersion: PluginApiVersion,
  bytes: Uint8Array,
  plugin: string,
): CredentialResponse {
  return asProtocolError(plugin, 'its response cannot be used', () => {
    if (bytes.length === 0) throw new MalformedDocument('it printed nothing');
    const meta = readMeta(bytes);
    checkVersion(meta.apiVersion, apiVersion);
    checkKind(meta.kind, RESPONSE_KIND);
    return readResponse(bytes);
  });
}

/**
 * Reads a kubelet's request. Fields that are unknown are passed over, so that the request of a newer kubelet is
 * understood.
 *
 * @param plugin - The plugin's own name, for the error.
 * @throws {@link PluginProtocolError}
 */
export function decodePluginRequest(text: string, plugin: string): ReceivedPluginRequest {
  return asProtocolError(plugin, 'the request cannot be used', () => {
    const bytes = Buffer.from(text);
    if (bytes.length === 0) throw new MalformedDocument('there was none on standard input');
    const meta = readMeta(bytes);
    const apiVersion = PLUGIN_API_VERSIONS.find((one) => one === meta.apiVersion);
    if (apiVersion === undefined) {
      throw new MalformedDocument(`its apiVersion is none of ${PLUGIN_API_VERSIONS.join(', ')}`);
    }
    checkKind(meta.kind, REQUEST_KIND);
    return { apiVersion, ...readRequest(bytes) };
  });
}

/** Writes a plugin's answer as Go's encoder does. Without `cacheDurationMs` the kubelet's default duration holds. */
export function encodePluginResponse(
  apiVersion: PluginApiVersion,
  { auth, cacheKeyType, cacheDurationMs }: PluginResponse,
): string {
  const entries = Object.entries(auth);
  const fields: [string, string][] = [...typeMeta(RESPONSE_KIND, apiVersion)];
  fields.push(['cacheKeyType', encodeText(cacheKeyType)]);
  if (cacheDurationMs !== undefined) {
    fields.push(['cacheDuration', encodeText(formatGoDuration(cacheDurationMs))]);
  }
  if (entries.length > 0) fields.push(['auth', encodeMap(entries, encodeEntry)]);
  return `${encodeFields(fields)}\n`;
}

function typeMeta(kind: string, apiVersion: string): readonly [string, string][] {
  return [
    ['kind', encodeText(kind)],
    ['apiVersion', encodeText(apiVersion)],
  ];
}

function encodeEntry({ username, password }: CredentialResponseEntry): string {
  return encodeFields([
    ['username', encodeText(username)],
    ['password', encodeText(password)],
  ]);
}

interface TypeMeta {
  apiVersion: string;
  kind: string;
}

/** Looks at nothing but version and kind, so that an answer of another version is called that, whatever is in it. */
function readMeta(bytes: Uint8Array): Readonly<TypeMeta> {
  const meta: TypeMeta = { apiVersion: '', kind: '' };
  readDocument(bytes, (reader) => {
    readFields(reader, { what: 'it', fields: metaFields(meta), ignoreUnknown: true });
  });
  return meta;
}

function metaFields(meta: TypeMeta): ReadonlyMap<string, ReadValue> {
  return new Map([
    ['kind', readText('kind', (text) => (meta.kind = text))],
    ['apiVersion', readText('apiVersion', (text) => (meta.apiVersion = text))],
  ]);
}

function checkVersion(actual: string, expected: PluginApiVersion): void {
  if (actual === expected) return;
  const known = PLUGIN_API_VERSIONS.find((one) => one === actual);
  const shown = known ?? (actual === '' ? 'missing' : 'another one');
  throw new MalformedDocument(`its apiVersion is ${shown}, and must be ${expected}`);
}

function checkKind(actual: string, expected: string): void {
  if (actual !== expected) throw new MalformedDocument(`its kind is not ${expected}`);
}

function readResponse(bytes: Uint8Array): CredentialResponse {
  const auth = new Map<string, CredentialResponseEntry>();
  let cacheKeyType = '';
  let duration: string | undefined;
  const fields = new Map([
    ...metaFields({ apiVersion: '', kind: '' }),
    ['cacheKeyType', readText('cacheKeyType', (text) => (cacheKeyType = text))],
    ['cacheDuration', readText('cacheDuration', (text) => (duration = text))],
    ['auth', (reader) => readMap(reader, 'auth', (key) => auth.set(key, readEntry(reader)))],
  ] satisfies (readonly [string, ReadValue])[]);
  readDocument(bytes, (reader) => readFields(reader, { what: 'it', fields }));
  const cacheDurationMs = durationOf(duration);
  const known = CACHE_KEY_TYPES.find((type) => type === cacheKeyType);
  if (known === undefined) {
    throw new MalformedDocument('its cacheKeyType is none of Image, Registry and Global');
  }
  return {
    // fromEntries defines members, so that a key named __proto__ is one like any other.
    auth: Object.fromEntries(auth),
    cacheKeyType: known,
    ...(cacheDurationMs === undefined ? {} : { cacheDurationMs }),
  };
}

type ReaderOf = Parameters<ReadValue>[0];

function readEntry(reader: ReaderOf): CredentialResponseEntry {
  const entry = { username: '', password: '' };
  const fields = new Map([
    ['username', readText('a username in auth', (text) => (entry.username = text))],
    ['password', readText('a password in auth', (text) => (entry.password = text))],
  ]);
  readFields(reader, { what: 'an entry of auth', fields });
  return entry;
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const durationMs = parseGoDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw new MalformedDocument('its cacheDuration is no duration as Go writes them: 12h, 30m, 0s');
}

function readRequest(bytes: Uint8Array): PluginRequest {
  const annotations = new Map<string, string>();
  const texts = { image: '', token: '' };
  const fields = new Map([
    ['image', readText('image', (text) => (texts.image = text))],
    ['serviceAccountToken', readText('serviceAccountToken', (text) => (texts.token = text))],
    [
      'serviceAccountAnnotations',
      (reader) =>
        readMap(reader, 'serviceAccountAnnotations', (key) => {
          annotations.set(key, '');
          readText('an annotation', (text) => annotations.set(key, text))(reader);
        }),
    ],
  ] satisfies (readonly [string, ReadValue])[]);
  readDocument(bytes, (reader) => readFields(reader, { what: 'it', fields, ignoreUnknown: true }));
  const { image, token } = texts;
  if (image === '') throw new MalformedDocument('it names no image');
  return {
    image,
    ...(token === '' ? {} : { serviceAccountToken: token }),
    ...(annotations.size === 0
      ? {}
      : { serviceAccountAnnotations: Object.fromEntries(annotations) }),
  };
}

function asProtocolError<T>(plugin: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MalformedDocument)) throw error;
    throw new PluginProtocolError(plugin, `${what}: ${error.message}`);
  }
}
