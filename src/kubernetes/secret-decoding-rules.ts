// What the API server refuses before it looks at a Secret's meaning: values of wrong types, in the words of the JSON
// decoder that fills k8s.io/api v0.37.2 core/v1.Secret.

import { decodeDataValue } from '../config/document/go-base64.ts';
import { apiServerError, type Finding } from './finding.ts';
import { isRecord } from '../config/is-record.ts';

const REFUSAL = 'Secret in version "v1" cannot be handled as a Secret: ';

interface Mismatch {
  readonly field: string;
  readonly value: unknown;
  /** The field and its type in Go's words. */
  readonly target: string;
}

/** The findings for which the API server answers `BadRequest`. It names the first only. */
export function decodingFindings(secret: Readonly<Record<string, unknown>>): Finding[] {
  const { data, metadata, stringData, type } = secret;
  return [
    ...mapFindings(data, 'data', 'map[string][]uint8').concat(
      valuesOf(data).flatMap(([key, value]) => dataFindings(key, value)),
    ),
    ...metadataFindings(metadata),
    ...mapFindings(stringData, 'stringData', 'map[string]string').concat(
      valuesOf(stringData).flatMap(([key, value]) =>
        stringFindings({
          field: `stringData[${key}]`,
          value,
          target: 'Secret.stringData of type string',
        }),
      ),
    ),
    ...stringFindings({ field: 'type', value: type, target: 'Secret.type of type v1.SecretType' }),
  ];
}

function metadataFindings(metadata: unknown): Finding[] {
  const field = 'metadata';
  if (!isAbsent(metadata) && !isRecord(metadata)) {
    return [mismatch({ field, value: metadata, target: 'Secret.metadata of type v1.ObjectMeta' })];
  }
  return ['name', 'generateName', 'namespace', 'uid'].flatMap((name) => {
    const goType = name === 'uid' ? 'types.UID' : 'string';
    const target = `ObjectMeta.metadata.${name} of type ${goType}`;
    return stringFindings({ field: `metadata.${name}`, value: valueIn(metadata, name), target });
  });
}

function mapFindings(value: unknown, field: string, goType: string): Finding[] {
  if (isAbsent(value) || isRecord(value)) return [];
  return [mismatch({ field, value, target: `Secret.${field} of type ${goType}` })];
}

function stringFindings(place: Mismatch): Finding[] {
  return isAbsent(place.value) || typeof place.value === 'string' ? [] : [mismatch(place)];
}

function dataFindings(key: string, value: unknown): Finding[] {
  const field = `data[${key}]`;
  if (isAbsent(value)) return [];
  if (typeof value !== 'string') {
    return [mismatch({ field, value, target: 'Secret.data of type []uint8' })];
  }
  const decoded = decodeDataValue(value);
  if ('bytes' in decoded) return [];
  const message = `${REFUSAL}illegal base64 data at input byte ${decoded.illegalAt}`;
  return [apiServerError({ code: 'base64-invalid', field, message, hint: base64Hint(value) })];
}

function base64Hint(value: string): string {
  if (/^\s*[{[]/.test(value)) {
    return 'The value looks like JSON that was not encoded: put it under stringData, or encode it.';
  }
  if (/^[\w-]+={0,2}$/.test(value) && /[-_]/.test(value)) {
    return 'The value is URL-safe base64: encode it with the standard alphabet, which has + and /.';
  }
  if (/^[A-Za-z0-9+/\r\n]+$/.test(value)) {
    return 'The padding is missing: the length of base64 is a multiple of 4, filled up with =.';
  }
  return 'Encode the bytes with base64 -w0, or put the text under stringData.';
}

function mismatch({ field, value, target }: Mismatch): Finding {
  const message = `${REFUSAL}json: cannot unmarshal ${goKind(value)} into Go struct field ${target}`;
  const hint =
    typeof value === 'object'
      ? undefined
      : 'Quote the value: YAML took it for something else than text.';
  return apiServerError({ code: 'type-mismatch', field, message, hint });
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function valueIn(map: unknown, key: string): unknown {
  return isRecord(map) ? map[key] : undefined;
}

function valuesOf(map: unknown): [string, unknown][] {
  return isRecord(map) ? Object.entries(map) : [];
}
