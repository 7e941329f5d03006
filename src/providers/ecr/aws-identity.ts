// What decides which principal the AWS SDK's chain finds: variables, and the files that they name or that are in the home
// directory.

import {
  identityFiles,
  variablesOf,
  type IdentityFiles,
  type PrincipalSystem,
} from '../principal/describe.ts';

/** These are of one run of a function, and have nothing to do with the principal. */
const OF_A_RUN = /^AWS_(?:LAMBDA|XRAY)_|^AWS_EXECUTION_ENV$/;
/** The setting of a profile that uses a service account. */
const TOKEN_FILE = /^[ \t]*web_identity_token_file[ \t]*=[ \t]*(.*?)[ \t]*$/gm;

/** Describes it. Only the metadata service knows which role a machine has by itself. */
export async function awsIdentity(
  system: PrincipalSystem,
  files: IdentityFiles = identityFiles(system),
): Promise<readonly unknown[]> {
  const home = system.homeDirectory();
  const atHome = (name: string): string => (home === '' ? '' : `${home}/.aws/${name}`);
  const config = system.env('AWS_CONFIG_FILE') || atHome('config');
  const credentials = system.env('AWS_SHARED_CREDENTIALS_FILE') || atHome('credentials');
  const profiles = await Promise.all([config, credentials].map((path) => files.text(path)));
  const tokens = profiles.flatMap((text) => [...text.matchAll(TOKEN_FILE)].map(([, path]) => path));
  return [
    variablesOf(system, (name) => name.startsWith('AWS_') && !OF_A_RUN.test(name)),
    await files.all([
      config,
      credentials,
      system.env('AWS_WEB_IDENTITY_TOKEN_FILE'),
      system.env('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'),
      ...tokens,
    ]),
  ];
}
