// What a response depends on, as far as it is known beforehand: the registry, and all that decides the identity.

import type { AcrIdentity, AcrOptions } from './acr-options.ts';
import { loginServerOf, mirrorOf } from './login-server.ts';
import type { AcrState } from './setup.ts';

/** Variables that decide who an identity of the environment is. */
const VARIABLES = [
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_ENVIRONMENT_FILEPATH',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
] as const;

const SECRETS: ReadonlySet<string> = new Set(['clientSecret', 'password', 'certificatePassword']);

/**
 * Names the answer that an image shares with others of its registry.
 *
 * @returns `undefined` where only the configuration file decides whether the host is a registry of Azure.
 */
export function cacheScopeOf(
  { options, rules, system }: AcrState,
  image: string,
): string | undefined {
  const { registryMirrors = {} } = options;
  const mirror = mirrorOf(image, registryMirrors);
  const server = loginServerOf(mirror?.target ?? image, rules);
  if (server === undefined) return undefined;
  const variables = VARIABLES.map((name) => system.env(name) ?? null);
  return JSON.stringify([
    server.host,
    mirror?.source ?? null,
    options.credential === undefined
      ? publicPart(options.identity ?? { kind: 'environment' })
      : 'credential',
    decidingOptions(options),
    variables,
  ]);
}

/** An identity without its secrets. */
function publicPart(identity: AcrIdentity): Readonly<Record<string, unknown>> {
  const members = Object.entries(identity).filter(([name]) => !SECRETS.has(name));
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function decidingOptions(options: AcrOptions): readonly unknown[] {
  const {
    configFile,
    cloud,
    scope,
    identityOptions = {},
    anonymousFallback,
    identityToken,
  } = options;
  const { authorityHost, additionallyAllowedTenants } = identityOptions;
  const deciders = [configFile, cloud, scope, authorityHost, additionallyAllowedTenants];
  return [...deciders, anonymousFallback, identityToken].map((one) => one ?? null);
}
