// What decides which principal of Azure is found: variables, azure.json, and the files that they name or that are in the
// home directory.

import {
  identityFiles,
  variablesOf,
  type IdentityFiles,
  type PrincipalSystem,
} from '../../principal/describe.ts';
import type { AcrOptions } from '../acr-options.ts';

/** Where Kubernetes' parts for Azure have their configuration. */
export const DEFAULT_CONFIG_FILE = '/etc/kubernetes/azure.json';

const VARIABLES = /^(?:AZURE|MSI|IDENTITY|IMDS)_|^DEFAULT_IDENTITY_CLIENT_ID$/;
/** Names of files in azure.json, which is JSON or YAML, and whose names are of any case. */
const FILES_IN_CONFIG =
  /\baad(?:ClientCertPath|FederatedTokenFile)["']?\s*:\s*["']?([^"',}\r\n]+)/gi;
/** The logins of Azure's tools. */
const LOGINS = ['.azure/azureProfile.json', '.Azure/AzureRmContext.json', '.azd/config.json'];

/**
 * Describes it. Only the metadata service knows which identity a machine has by itself.
 *
 * @param options - The provider's, whose files count.
 */
export async function azureIdentity(
  system: PrincipalSystem,
  { configFile, identity }: Pick<AcrOptions, 'configFile' | 'identity'> = {},
  files: IdentityFiles = identityFiles(system),
): Promise<readonly unknown[]> {
  const config = configFile === false ? undefined : (configFile ?? DEFAULT_CONFIG_FILE);
  const text = await files.text(config);
  const named = [...text.matchAll(FILES_IN_CONFIG)].map(([, path]) => path?.trim());
  const { certificatePath, tokenFile } = (identity ?? {}) as Readonly<Record<string, string>>;
  return [
    variablesOf(system, (name) => VARIABLES.test(name)),
    await files.all([
      config,
      ...named,
      certificatePath,
      tokenFile,
      ...['ENVIRONMENT_FILEPATH', 'CLIENT_CERTIFICATE_PATH', 'FEDERATED_TOKEN_FILE'].map((name) =>
        system.env(`AZURE_${name}`),
      ),
      ...loginsOf(system),
    ]),
  ];
}

function loginsOf(system: PrincipalSystem): readonly string[] {
  const home = system.homeDirectory();
  const configured = system.env('AZURE_CONFIG_DIR');
  const own = configured ? [`${configured}/azureProfile.json`] : [];
  return [...own, ...(home === '' ? [] : LOGINS.map((name) => `${home}/${name}`))];
}
