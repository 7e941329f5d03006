// Whose tokens a process would get. The providers' scopes hold their options and the variables that decide it; a process
// that lives for hours may go by what it once read, but one that starts for each image must see that files have changed.

import type { System } from '../../system/system.ts';

/** What telling the principal asks of the world. */
export type PrincipalSystem = Pick<System, 'env' | 'homeDirectory' | 'stat'>;

/** Files that say which account is used, by the variable that names each, or its place below the home directory. */
const IDENTITY_FILES: readonly (readonly [variable: string, below: string, home: string])[] = [
  ['AWS_CONFIG_FILE', '', '.aws/config'],
  ['AWS_SHARED_CREDENTIALS_FILE', '', '.aws/credentials'],
  ['GOOGLE_APPLICATION_CREDENTIALS', '', ''],
  [
    'CLOUDSDK_CONFIG',
    '/application_default_credentials.json',
    '.config/gcloud/application_default_credentials.json',
  ],
  ['AZURE_CONFIG_DIR', '/azureProfile.json', '.azure/azureProfile.json'],
];

/** A text that differs where the files do that say whose tokens a cloud would give. It holds nothing secret. */
export async function identityFiles(system: PrincipalSystem): Promise<string> {
  const home = system.homeDirectory();
  const paths = IDENTITY_FILES.flatMap(([variable, below, place]) => {
    const named = system.env(variable);
    if (named) return [`${named}${below}`];
    return place === '' || home === '' ? [] : [`${home}/${place}`];
  });
  const states = await Promise.all(paths.map((path) => stateOf(system, path)));
  return JSON.stringify(states);
}

async function stateOf(system: PrincipalSystem, path: string): Promise<readonly unknown[]> {
  const stamp = await system.stat(path).catch(() => undefined);
  return [path, stamp?.size, stamp?.mtimeMs, stamp?.inode];
}
