// What the API server refuses to store (Kubernetes v1.37.2, pkg/apis/core/validation/validation.go, ValidateSecret).

import { entriesOf, objectOf, textEntriesOf, textOf } from '../../go/document/fields.ts';
import type { DecodedObject } from '../../go/document/decode.ts';
import { decodeDataValue } from '../../go/base64.ts';
import { goQuote } from '../../go/quote.ts';
import { checkJson, jsonReader, nextKind } from '../../go/json.ts';
import { apiServerError, type Finding, type FindingText } from '../../findings/finding.ts';
import { dataKeyProblems } from './kubernetes-names.ts';
import { metadataRefusals } from './metadata-rules.ts';
import { PULL_SECRET_KEYS, type PullSecretKey } from './secret-data.ts';
import { has } from '../../util/own.ts';

const MAX_SECRET_BYTES = 1_048_576;
const REDACTED = '"<secret contents redacted>"';
const BOM = Buffer.from('\uFEFF', 'utf8');

/** The findings for which the API server answers `Invalid`, in its order. */
export function apiServerFindings(secret: DecodedObject): Finding[] {
  const data = storedData(secret);
  return [
    ...metadataRefusals(objectOf(secret, 'metadata')),
    ...dataKeyRefusals(data),
    ...sizeRefusals(data),
    ...typeRefusals(secret, data),
  ].map((refusal) => apiServerError(refusal));
}

/** The bytes of every key, as they are stored: `stringData` replaces `data`. */
export function storedData(secret: DecodedObject): ReadonlyMap<string, Uint8Array> {
  const stored = new Map<string, Uint8Array>();
  for (const [key, value] of entriesOf(secret, 'data')) {
    // As the shape says.
    if (value.kind === 'bytes') stored.set(key, value.bytes);
  }
  for (const [key, text] of textEntriesOf(secret, 'stringData')) {
    stored.set(key, Buffer.from(text, 'utf8'));
  }
  return stored;
}

type StoredData = ReturnType<typeof storedData>;

function typeRefusals(secret: DecodedObject, data: StoredData): FindingText[] {
  const type = textOf(secret, 'type');
  const key = PULL_SECRET_KEYS.get(type);
  if (key !== undefined) return contentRefusals(key, data);
  if (type === 'kubernetes.io/service-account-token') return serviceAccountRefusals(secret);
  const keys = REQUIRED_KEYS.get(type)?.(data) ?? [];
  return keys.map((missing) => keyRequired(missing));
}

/** Which keys are missing in a Secret of another type. */
const REQUIRED_KEYS: ReadonlyMap<string, (data: StoredData) => readonly string[]> = new Map([
  [
    'kubernetes.io/basic-auth',
    (data: StoredData) =>
      data.has('username') || data.has('password') ? [] : ['username', 'password'],
  ],
  [
    'kubernetes.io/ssh-auth',
    (data: StoredData) => ((data.get('ssh-privatekey')?.length ?? 0) > 0 ? [] : ['ssh-privatekey']),
  ],
  [
    'kubernetes.io/tls',
    (data: StoredData) => ['tls.crt', 'tls.key'].filter((key) => !data.has(key)),
  ],
]);

function serviceAccountRefusals(secret: DecodedObject): FindingText[] {
  const name = 'kubernetes.io/service-account.name';
  const annotations = new Map(textEntriesOf(objectOf(secret, 'metadata'), 'annotations'));
  if ((annotations.get(name) ?? '') !== '') return [];
  const field = `metadata.annotations[${name}]`;
  return [{ code: 'annotation-required', field, message: 'Required value' }];
}

function keyRequired(key: string, hint?: string): FindingText {
  return { code: 'key-required', field: `data[${key}]`, message: 'Required value', hint };
}

function dataKeyRefusals(data: StoredData): FindingText[] {
  return [...data.keys()].flatMap((key) =>
    dataKeyProblems(key).map((problem) => ({
      code: 'data-key-invalid',
      field: `data[${key}]`,
      message: `Invalid value: ${goQuote(key)}: ${problem}`,
    })),
  );
}

function sizeRefusals(data: StoredData): FindingText[] {
  let size = 0;
  for (const bytes of data.values()) size += bytes.length;
  if (size <= MAX_SECRET_BYTES) return [];
  const message = `Too long: may not be more than ${MAX_SECRET_BYTES} bytes`;
  return [{ code: 'too-long', field: 'data', message }];
}

function contentRefusals(key: PullSecretKey, data: StoredData): FindingText[] {
  const field = `data[${key}]`;
  const bytes = data.get(key);
  if (bytes === undefined) return [keyRequired(key, requiredHint(key, data))];
  const problem = jsonProblem(bytes);
  if (problem === undefined) return [];
  const message = `Invalid value: ${REDACTED}: ${problem}`;
  return [{ code: 'json-invalid', field, message, hint: contentHint(bytes) }];
}

/** json.Unmarshal into a `map[string]interface{}`. */
function jsonProblem(bytes: Uint8Array): string | undefined {
  let tooLarge: string | undefined;
  const syntax = checkJson(bytes, (number) => {
    if (!Number.isFinite(Number(number))) tooLarge ??= number;
  });
  if (syntax !== undefined) return syntax.goMessage;
  const kind = nextKind(jsonReader(bytes));
  if (kind !== 'object' && kind !== 'null') {
    const goKind = kind === 'boolean' ? 'bool' : kind;
    return `json: cannot unmarshal ${goKind} into Go value of type map[string]interface {}`;
  }
  if (tooLarge === undefined) return undefined;
  return `json: cannot unmarshal number ${tooLarge} into Go value of type float64`;
}

function requiredHint(key: PullSecretKey, data: StoredData): string {
  for (const [type, otherKey] of PULL_SECRET_KEYS) {
    if (otherKey !== key && data.has(otherKey)) {
      return `The key ${otherKey} belongs to the type ${type}: change the type, or the key and its content.`;
    }
  }
  if (data.has('config.json')) return `Name the key ${key}, not config.json.`;
  return `Put the Docker configuration under the key ${key}.`;
}

function contentHint(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.trim() === '')
    return 'The value is empty: the file or variable that it was made of may have been.';
  const decoded = decodeDataValue(text.trim());
  if (has(decoded, 'bytes') && checkJson(decoded.bytes) === undefined) {
    return 'The value is base64 twice over: encode it once, or put the base64 text under data, not stringData.';
  }
  if (Buffer.from(bytes.subarray(0, BOM.length)).equals(BOM)) {
    return 'The document begins with a byte order mark: save it as UTF-8 without one.';
  }
  return undefined;
}
