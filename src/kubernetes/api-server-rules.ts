// What the API server refuses to store (Kubernetes v1.37.2, pkg/apis/core/validation/validation.go, ValidateSecret), as
// far as pull secrets go: labels, annotations, owners and other types of Secret are not judged here.

import { checkJson, jsonReader, nextKind } from '../config/json.ts';
import { decodeDataValue } from '../config/document/go-base64.ts';
import { apiServerError, type Finding, type FindingText } from './finding.ts';
import { goQuote } from '../config/go-quote.ts';
import {
  dataKeyProblems,
  labelProblems,
  subdomainProblems,
  withMaskedDash,
} from './kubernetes-names.ts';
import type { PullSecret } from './pull-secret.ts';
import { PULL_SECRET_KEYS, type PullSecretKey } from './secret-data.ts';

const MAX_SECRET_BYTES = 1_048_576;
const REDACTED = '"<secret contents redacted>"';
const BOM = Buffer.from('\uFEFF', 'utf8');

/** The findings for which the API server answers `Invalid`, in its order; the secret's values are of the right types. */
export function apiServerFindings(secret: PullSecret): Finding[] {
  const data = storedData(secret);
  const key = PULL_SECRET_KEYS.get(secret.type ?? '');
  return [
    ...metadataRefusals(secret),
    ...dataKeyRefusals(data),
    ...sizeRefusals(data),
    ...(key === undefined ? [] : contentRefusals(key, data)),
  ].map((refusal) => apiServerError(refusal));
}

/** The bytes of every key, as they are stored. */
export function storedData({ data, stringData }: PullSecret): ReadonlyMap<string, Uint8Array> {
  const stored = new Map<string, Uint8Array>();
  for (const [key, value] of Object.entries(data ?? {})) {
    const decoded = decodeDataValue(value ?? '');
    if ('bytes' in decoded) stored.set(key, decoded.bytes);
  }
  for (const [key, value] of Object.entries(stringData ?? {})) {
    stored.set(key, Buffer.from(value ?? '', 'utf8'));
  }
  return stored;
}

function metadataRefusals({ metadata }: PullSecret): FindingText[] {
  const name = metadata?.name ?? '';
  const generateName = metadata?.generateName ?? '';
  const namespace = metadata?.namespace ?? '';
  return [
    ...nameRefusals('generateName', generateName, subdomainProblems(withMaskedDash(generateName))),
    ...(name === '' && generateName === '' ? [NAME_REQUIRED] : []),
    ...nameRefusals('name', name, subdomainProblems(name)),
    ...nameRefusals('namespace', namespace, labelProblems(namespace)),
  ];
}

function nameRefusals(field: string, value: string, problems: readonly string[]): FindingText[] {
  if (value === '') return [];
  return problems.map((problem) => ({
    code: 'name-invalid',
    field: `metadata.${field}`,
    message: `Invalid value: ${goQuote(value)}: ${problem}`,
  }));
}

const NAME_REQUIRED: FindingText = {
  code: 'name-required',
  field: 'metadata.name',
  message: 'Required value: name or generateName is required',
};

function dataKeyRefusals(data: ReadonlyMap<string, Uint8Array>): FindingText[] {
  return [...data.keys()].flatMap((key) =>
    dataKeyProblems(key).map((problem) => ({
      code: 'data-key-invalid',
      field: `data[${key}]`,
      message: `Invalid value: ${goQuote(key)}: ${problem}`,
    })),
  );
}

function sizeRefusals(data: ReadonlyMap<string, Uint8Array>): FindingText[] {
  let size = 0;
  for (const bytes of data.values()) size += bytes.length;
  if (size <= MAX_SECRET_BYTES) return [];
  const message = `Too long: may not be more than ${MAX_SECRET_BYTES} bytes`;
  return [{ code: 'too-long', field: 'data', message }];
}

function contentRefusals(key: PullSecretKey, data: ReadonlyMap<string, Uint8Array>): FindingText[] {
  const field = `data[${key}]`;
  const bytes = data.get(key);
  if (bytes === undefined) {
    return [
      { code: 'key-required', field, message: 'Required value', hint: requiredHint(key, data) },
    ];
  }
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
  // Long digits might be somebody's password.
  const shown = tooLarge.length > 16 ? '[redacted]' : tooLarge;
  return `json: cannot unmarshal number ${shown} into Go value of type float64`;
}

function requiredHint(key: PullSecretKey, data: ReadonlyMap<string, Uint8Array>): string {
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
  if ('bytes' in decoded && checkJson(decoded.bytes) === undefined) {
    return 'The value is base64 twice over: encode it once, or put the base64 text under data, not stringData.';
  }
  if (Buffer.from(bytes.subarray(0, BOM.length)).equals(BOM)) {
    return 'The document begins with a byte order mark: save it as UTF-8 without one.';
  }
  return undefined;
}
