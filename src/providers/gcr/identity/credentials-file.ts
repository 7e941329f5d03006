// Application Default Credentials as a file: where Google's tools look for it, and what kind it is. The SDK is loaded
// only where there is one.

import { isRecord } from '../../../util/is-record.ts';
import type { System } from '../../../system/system.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { parseJson } from '../../../util/parse-json.ts';
import { readCredentials } from './service-account-key.ts';

/** What it takes to find the file. */
export type FileSystem = Pick<System, 'env' | 'stat' | 'readFile' | 'homeDirectory' | 'platform'>;

/** A credentials file that may be there. */
export interface CredentialsFile {
  readonly path: string;
  /** What named it. */
  readonly origin: 'GOOGLE_APPLICATION_CREDENTIALS' | 'gcloud';
}

/** What is in a credentials file. */
export interface CredentialsDocument extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

const TYPES = new Set([
  'service_account',
  'authorized_user',
  'external_account',
  'external_account_authorized_user',
  'impersonated_service_account',
]);

/** The file that Application Default Credentials come from (google-auth-library 10.9, googleauth.js). */
export async function findCredentialsFile(
  system: FileSystem,
  signal: AbortSignal,
): Promise<CredentialsFile | undefined> {
  const named = namedCredentialsFile(system);
  if (named !== undefined) return { path: named, origin: 'GOOGLE_APPLICATION_CREDENTIALS' };
  const folder = gcloudFolder(system);
  if (folder === undefined) return undefined;
  const path = `${folder}/application_default_credentials.json`;
  const stamp = await system.stat(path, signal);
  return stamp === undefined ? undefined : { path, origin: 'gcloud' };
}

/** The file that the environment names. */
export function namedCredentialsFile(system: Pick<System, 'env'>): string | undefined {
  return (
    variable(system, 'GOOGLE_APPLICATION_CREDENTIALS') ??
    variable(system, 'google_application_credentials')
  );
}

/** Where gcloud has its files. */
export function gcloudFolder(
  system: Pick<System, 'env' | 'platform' | 'homeDirectory'>,
): string | undefined {
  const configured = variable(system, 'CLOUDSDK_CONFIG');
  if (configured !== undefined) return configured;
  if (system.platform === 'win32') {
    const appData = variable(system, 'APPDATA');
    return appData === undefined ? undefined : `${appData}/gcloud`;
  }
  const home = system.homeDirectory();
  return home === '' ? undefined : `${home}/.config/gcloud`;
}

function variable(system: Pick<System, 'env'>, name: string): string | undefined {
  const value = system.env(name);
  return value === '' ? undefined : value;
}

/**
 * Reads the file, anew each time: workload identity rewrites it.
 *
 * @throws {@link ProviderFailure} when it cannot be used here.
 */
export async function readCredentialsFile(
  system: Pick<System, 'readFile'>,
  { path }: CredentialsFile,
  signal: AbortSignal,
): Promise<CredentialsDocument> {
  return checkDocument(parseJson(await readCredentials(system, path, signal)), path);
}

/** Checks what kind of credentials a document holds. */
export function checkDocument(document: unknown, where: string): CredentialsDocument {
  const type = isRecord(document) ? document['type'] : undefined;
  if (!isRecord(document) || typeof type !== 'string') {
    throw new ProviderFailure(`${where} holds no Google credentials`);
  }
  if (!TYPES.has(type)) {
    throw new ProviderFailure(`${where} holds credentials of a type that registries do not take`);
  }
  const universe = document['universe_domain'] ?? 'googleapis.com';
  if (universe !== 'googleapis.com') {
    throw new ProviderFailure(`${where} holds credentials of another universe than googleapis.com`);
  }
  return { ...document, type };
}
