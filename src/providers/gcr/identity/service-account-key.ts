// A service account's key as a registry password: user `_json_key`, as in pull secrets that gcloud's guides make.

import { isRecord } from '../../../util/is-record.ts';
import type { System } from '../../../system/system.ts';
import type { CredentialResponseEntry } from '../../contract.ts';
import { readText } from '../../cloud/read-text.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { parseJson } from '../../../util/parse-json.ts';
import { DEFAULT_UNIVERSE } from '../google-registries.ts';

/** The form in which the caller gave it. */
export interface GivenKey {
  readonly key?: string | Readonly<Record<string, unknown>> | undefined;
  readonly keyFile?: string | undefined;
}

/** What is wrong with a key, as a phrase that quotes nothing of it. */
export function keyProblem(key: unknown): string | undefined {
  const document = typeof key === 'string' ? parseJson(key) : key;
  if (!isRecord(document)) return 'must be the JSON of a service-account key';
  if (document['type'] !== 'service_account') {
    return 'must be the key of a service account: its "type" must be "service_account"';
  }
  const missing = ['client_email', 'private_key'].find(
    (name) => typeof document[name] !== 'string' || document[name] === '',
  );
  return missing === undefined ? undefined : `must be a whole key: it has no "${missing}"`;
}

/** A key as an entry, and the cloud that it is of. */
export interface KeyEntry {
  readonly entry: CredentialResponseEntry;
  readonly universe: string;
}

/** The key as a registry entry. The file is read anew each time, so that a rotated key is noticed. */
export async function readKeyEntry(
  system: Pick<System, 'readFile'>,
  { key, keyFile = '' }: GivenKey,
  signal: AbortSignal,
): Promise<KeyEntry> {
  if (key !== undefined) return entryOf(typeof key === 'string' ? key : JSON.stringify(key));
  const text = await readCredentials(system, keyFile, signal);
  const problem = keyProblem(text);
  if (problem !== undefined) throw new ProviderFailure(`${keyFile} ${problem}`);
  return entryOf(text);
}

function entryOf(text: string): KeyEntry {
  const { universe_domain: universe } = parseJson(text) as Readonly<Record<string, unknown>>;
  const entry = { username: '_json_key', password: text.trim() };
  return { entry, universe: typeof universe === 'string' ? universe : DEFAULT_UNIVERSE };
}

/** The text of a file that must be there. */
export async function readCredentials(
  system: Pick<System, 'readFile'>,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const text = await readText(system, path, signal);
  if (text === undefined) throw new ProviderFailure(`there is no file ${path}`);
  return text;
}
