import { has } from '../../util/own.ts';
import { isRecord } from '../../util/is-record.ts';
import { decodeDataValue } from '../../go/base64.ts';
import { refuseOtherKind } from '../object-kind.ts';
import type { DockerConfigFormat } from '../../config/docker-config.ts';
import type { PullSecret } from '../pull-secret.ts';

/** What is read of a Secret's values at most, as of a file; the API server takes a tenth of it. */
const MAX_SECRET_LENGTH = 10 * 1024 * 1024;

/** The two types of Secret that the kubelet takes for pulls, and the key that each needs. */
export const PULL_SECRET_KEYS: ReadonlyMap<string, PullSecretKey> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** A data key that can hold a pull secret's configuration. */
export type PullSecretKey = '.dockerconfigjson' | '.dockercfg';

/** The form of the document that a key holds. */
export function formatOf(key: PullSecretKey): DockerConfigFormat {
  return key === '.dockercfg' ? '.dockercfg' : 'config.json';
}

/** What stands under a key: bytes, or a phrase that says why there are none, quoting nothing. */
export type SecretValue = { readonly bytes: Uint8Array } | { readonly problem: string };

/**
 * Refuses what cannot be a Secret at all.
 *
 * @throws TypeError that names the kind of thing it was given, and nothing of its content.
 */
export function assertPullSecret(value: unknown): asserts value is PullSecret {
  if (!isRecord(value)) {
    throw new TypeError(`A pull secret must be a Secret object, not ${nameOfType(value)}`);
  }
  refuseOtherKind(value, 'Secret', 'A pull secret');
}

/** Whether all values of a Secret together are larger than a file may be. */
export function isTooLarge({ data, stringData }: PullSecret): boolean {
  let length = 0;
  for (const map of [data, stringData]) {
    for (const value of Object.values(Object(map) as Record<string, unknown>)) {
      length += typeof value === 'string' || Array.isArray(value) ? value.length : 0;
      if (length > MAX_SECRET_LENGTH) return true;
    }
  }
  return false;
}

/**
 * The value of a data key as the API server stores it: `stringData` replaces `data`.
 *
 * @returns `undefined` when the key is in neither.
 */
export function secretValue(secret: PullSecret, key: string): SecretValue | undefined {
  return textValue(secret.stringData, key) ?? base64Value(secret.data, key);
}

function textValue(stringData: unknown, key: string): SecretValue | undefined {
  const found = lookUp('stringData', stringData, key);
  if (found === undefined || has(found, 'problem')) return found;
  const { value } = found;
  if (typeof value !== 'string') return { problem: `stringData[${key}] must be a string` };
  return { bytes: Buffer.from(value, 'utf8') };
}

function base64Value(data: unknown, key: string): SecretValue | undefined {
  const found = lookUp('data', data, key);
  if (found === undefined || has(found, 'problem')) return found;
  const { value } = found;
  if (Array.isArray(value)) return byteList(value);
  if (typeof value !== 'string') return { problem: 'the value must be a string of base64' };
  const decoded = decodeDataValue(value);
  if (has(decoded, 'bytes')) return decoded;
  return { problem: `the value is not base64: illegal data at input byte ${decoded.illegalAt}` };
}

/** The API server takes a list of numbers for bytes too, and null for 0. */
function byteList(items: readonly unknown[]): SecretValue {
  const bytes = items.map((item) => item ?? 0);
  if (bytes.every(isByte)) return { bytes: Uint8Array.from(bytes) };
  return { problem: 'the value must be a string of base64, or a list of bytes' };
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
}

/** For Go, null is an absent map, and an absent value an empty one. */
function lookUp(
  field: string,
  map: unknown,
  key: string,
): { readonly value: unknown } | { readonly problem: string } | undefined {
  if (map === undefined || map === null) return undefined;
  if (!isRecord(map)) return { problem: `${field} must be an object` };
  return Object.hasOwn(map, key) && map[key] !== undefined ? { value: map[key] ?? '' } : undefined;
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
