// A provider may be anybody's code: what it answers is checked, and copied, before it is believed.

import type { Credential } from '../../credential/credential.ts';
import { own } from '../../util/own.ts';
import { isRecord } from '../../util/is-record.ts';
import { shownUrl } from '../../util/redaction/shown-url.ts';
import type { CredentialResponse, CredentialResponseEntry } from '../contract.ts';

const CACHE_KEY_TYPES = ['Image', 'Registry', 'Global'] as const;
const OPTIONAL_FIELDS = ['identityToken', 'registryToken', 'email'] as const;

/** A provider's answer that is not of the contract's shape; the message quotes no value of it. */
export class MalformedResponse extends Error {
  constructor(reason: string) {
    super(`its answer is malformed: ${reason}`);
    this.name = 'MalformedResponse';
  }
}

/**
 * Checks an answer's shape. `undefined` and `null` are answers: it has nothing for this image.
 *
 * @returns a copy of what the contract knows, so that nothing else gets in, and nothing changes behind the check.
 */
export function checkResponse(response: unknown): CredentialResponse | undefined {
  if (response === undefined || response === null) return undefined;
  if (!isRecord(response)) throw new MalformedResponse('it is not an object');
  const answer = own(response);
  const { auth, cacheKeyType: givenType, expiresAt, cacheDurationMs } = answer;
  const { serviceAccountTokenUnused: unused } = answer;
  if (!isRecord(auth)) throw new MalformedResponse('auth is not an object');
  const entries = Object.entries(auth).map(([key, entry]) => [key, checkEntry(key, entry)]);
  const cacheKeyType = CACHE_KEY_TYPES.find((type) => type === givenType);
  if (cacheKeyType === undefined) {
    throw new MalformedResponse('cacheKeyType is none of Image, Registry and Global');
  }
  // fromEntries defines members, so that a key named __proto__ is one like any other.
  return own({
    auth: Object.fromEntries(entries),
    cacheKeyType,
    ...(expiresAt === undefined ? {} : { expiresAt: checkDate(expiresAt) }),
    ...(cacheDurationMs === undefined ? {} : { cacheDurationMs: checkDuration(cacheDurationMs) }),
    ...(unused === undefined
      ? {}
      : { serviceAccountTokenUnused: checkString(unused, 'serviceAccountTokenUnused') }),
  });
}

function checkDuration(durationMs: unknown): number {
  if (typeof durationMs === 'number' && !Number.isNaN(durationMs)) return durationMs;
  throw new MalformedResponse('cacheDurationMs is not a number');
}

function checkDate(expiresAt: unknown): Date {
  const date = expiresAt instanceof Date ? new Date(expiresAt) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new MalformedResponse('expiresAt is not a valid Date');
  }
  return date;
}

function checkEntry(key: string, given: unknown): CredentialResponseEntry {
  const where = `auth[${JSON.stringify(shownUrl(key))}]`;
  if (!isRecord(given)) throw new MalformedResponse(`${where} is not an object`);
  const entry = own(given);
  const { username, password } = entry;
  const optional = OPTIONAL_FIELDS.flatMap((field) => {
    const value = entry[field];
    return value === undefined ? [] : [[field, checkString(value, `${where}.${field}`)] as const];
  });
  return own({
    username: checkString(username, `${where}.username`),
    password: checkString(password, `${where}.password`),
    ...Object.fromEntries(optional),
  });
}

function checkString(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new MalformedResponse(`${where} is not a string`);
  return value;
}

/** Whether any entry has the secrets of any of the credentials, whatever their keys and sources. */
export function holdsRefused(
  response: CredentialResponse | undefined,
  refused: readonly Credential[],
): boolean {
  return Object.values(response?.auth ?? {}).some((entry) =>
    refused.some((credential) => haveSameSecrets(entry, credential)),
  );
}

/** An empty token is none. */
function haveSameSecrets(entry: CredentialResponseEntry, credential: Credential): boolean {
  return (['username', 'password', 'identityToken', 'registryToken'] as const).every(
    (field) => (entry[field] ?? '') === (credential[field] ?? ''),
  );
}
