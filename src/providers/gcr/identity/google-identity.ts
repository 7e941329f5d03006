// What decides which principal Google's libraries find: variables, and the files that they name or that are in the
// home directory.

import { isRecord } from '../../../util/is-record.ts';
import { parseJson } from '../../../util/parse-json.ts';
import {
  identityFiles,
  variablesOf,
  type IdentityFiles,
  type PrincipalSystem,
} from '../../principal/describe.ts';
import { gcloudFolder, namedCredentialsFile } from './credentials-file.ts';

const VARIABLES = /^(?:GOOGLE|CLOUDSDK|GCE|GCLOUD|METADATA)_|^(?:google|gcloud)_/;

/**
 * Describes it. Only the metadata server knows which account a machine has by itself.
 *
 * @param more - Further files that count.
 */
export async function googleIdentity(
  system: PrincipalSystem,
  more: readonly (string | undefined)[] = [],
  files: IdentityFiles = identityFiles(system),
): Promise<readonly unknown[]> {
  const folder = gcloudFolder(system);
  const path =
    namedCredentialsFile(system) ?? (folder && `${folder}/application_default_credentials.json`);
  return [
    variablesOf(system, (name) => VARIABLES.test(name)),
    await files.all([path, tokenFileOf(await files.text(path)), ...more]),
  ];
}

/** The configuration of gcloud, for programs that may start it. */
export async function gcloudConfiguration(
  system: PrincipalSystem,
  files: IdentityFiles = identityFiles(system),
): Promise<readonly unknown[]> {
  const folder = gcloudFolder(system);
  if (folder === undefined) return [];
  const active = `${folder}/active_config`;
  const named = (await files.text(active)).trim();
  const name = system.env('CLOUDSDK_ACTIVE_CONFIG_NAME') || named || 'default';
  return files.all([active, `${folder}/configurations/config_${name}`]);
}

/** The file whose token is exchanged, in workload identity federation. */
function tokenFileOf(text: string): string | undefined {
  const document = parseJson(text);
  const source = isRecord(document) ? document['credential_source'] : undefined;
  const file = isRecord(source) ? source['file'] : undefined;
  return typeof file === 'string' ? file : undefined;
}
