// What one acr() works with: which hosts count, whose identity it has, in which cloud.

import type { System } from '../../system/system.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import type {
  AcrIdentity,
  AcrOptions,
  AdminUser,
  ServicePrincipalPassword,
} from './acr-options.ts';
import { DEFAULT_CONFIG_FILE } from './identity/azure-identity.ts';
import { readAzureConfig, type AzureConfig } from './identity/azure-config.ts';
import {
  CLOSED_SUFFIX,
  CLOUDS,
  REGISTRY_SUFFIXES,
  cloudOfAuthority,
  type AzureCloud,
} from './clouds.ts';
import {
  developerLogin,
  environmentIdentity,
  variable,
  workloadIdentity,
} from './identity/environment-identity.ts';
import type { ImdsProbe } from './identity/imds-probe.ts';
import type { LoginServer, LoginServerRules } from './login-server.ts';
import {
  managedIdentity,
  servicePrincipal,
  userCredential,
  type IdentityContext,
  type TokenSource,
} from './identity/open-identity.ts';

/** A provider's options and state. */
export interface AcrState {
  readonly options: AcrOptions;
  readonly system: System;
  readonly probe: ImdsProbe;
  readonly rules: LoginServerRules;
  /** The identity that was opened last. The SDK's tokens are in it. */
  opened: { readonly key: string; readonly source: TokenSource } | undefined;
}

/** A user name and password that need no request. */
export type PlainIdentity = ServicePrincipalPassword | AdminUser;

/** The identity and its cloud, after the configuration file was read. */
export interface AcrSetup {
  /** The machine's; or why there is none, which matters only where no service account brings its own. */
  readonly identity: PlainIdentity | TokenSource | string;
  /** The configuration file, where one counted. */
  readonly config: AzureConfig | undefined;
  /** Of its registries alone are tokens sent. Never concluded from an image. */
  readonly cloud: AzureCloud;
  readonly context: IdentityContext;
}

/** The rules for login servers that are known without reading anything. */
export function rulesOf({ suffixes = [], hosts = [], identity }: AcrOptions): LoginServerRules {
  return {
    suffixes: [...REGISTRY_SUFFIXES, ...suffixes],
    hosts: [...hosts, ...(identity?.kind === 'admin-user' ? [identity.registry] : [])],
  };
}

/**
 * Finds out who asks. The configuration file is read each time: secrets in it change.
 *
 * @throws {@link ProviderFailure} when the file is wrong, or the identity incomplete.
 */
export async function readSetup(state: AcrState, signal: AbortSignal): Promise<AcrSetup> {
  const { options, system, probe } = state;
  const config = await readConfig(state, signal);
  const identity = options.identity ?? config?.identity ?? { kind: 'environment' };
  const configured = configuredCloud(state, config);
  const authorityHost = authorityHostOf(state, configured);
  const context = { system, probe, options: { ...options.identityOptions, authorityHost } };
  return {
    identity: typeof identity === 'string' ? identity : openIdentity(state, identity, context),
    config,
    cloud: configured ?? cloudOfAuthority(authorityHost) ?? CLOUDS.AzureCloud,
    context,
  };
}

/** The rules with the cloud's own suffix, which may be known only from the configuration file. */
export function rulesWith({ rules }: AcrState, { cloud }: AcrSetup): LoginServerRules {
  const suffix = cloud.registrySuffix;
  return suffix === undefined ? rules : { ...rules, suffixes: [...rules.suffixes, suffix] };
}

/** Whether a registry is of another cloud than the identity, and not one that the user listed. */
export function isForeign(
  { options }: Pick<AcrState, 'options'>,
  { cloud }: Pick<AcrSetup, 'cloud'>,
  { suffix, isListed }: LoginServer,
): boolean {
  const isOwn = isListed || suffix === cloud.registrySuffix;
  return !isOwn && options.suffixes?.includes(String(suffix)) !== true;
}

/** Throws when a registry is of another cloud than the identity: the token must not leave its cloud. */
export function checkCloud(
  { options }: Pick<AcrState, 'options'>,
  { cloud }: Pick<AcrSetup, 'cloud'>,
  server: LoginServer,
): void {
  if (!isForeign({ options }, { cloud }, server)) return;
  const { host, suffix } = server;
  throw new ProviderFailure(
    suffix === CLOSED_SUFFIX
      ? `${host} is a registry of Azure Germany, which was closed in 2021, so no identity is for it: if the host is yours, list it in hosts`
      : `${host} is a registry of another cloud than the identity’s, which is ${cloud.name}: ${remedyFor(suffix)}`,
  );
}

function remedyFor(suffix: string | undefined): string {
  const own = Object.values(CLOUDS).find(({ registrySuffix }) => registrySuffix === suffix);
  // Suffixes are those of the clouds, and that of the configured one.
  const { name, authorityHost } = own as AzureCloud;
  return `set the option cloud to '${name}', or AZURE_AUTHORITY_HOST to ${authorityHost}, if the identity is of that cloud`;
}

/** The machine's identity, where it has one. @throws {@link ProviderFailure} where it has none. */
export function machineIdentity({ identity }: AcrSetup): PlainIdentity | TokenSource {
  if (typeof identity === 'string') throw new ProviderFailure(identity);
  return identity;
}

async function readConfig(
  { options, system }: AcrState,
  signal: AbortSignal,
): Promise<AzureConfig | undefined> {
  const { configFile, identity, credential } = options;
  const isNeeded = identity === undefined && credential === undefined;
  const path = configFile ?? (isNeeded ? DEFAULT_CONFIG_FILE : false);
  if (path === false) return undefined;
  const config = await readAzureConfig(system, path, signal);
  if (config === undefined && configFile !== undefined) {
    throw new ProviderFailure(`the configuration file ${path} is missing`);
  }
  return config;
}

function authorityHostOf(
  { options, system }: AcrState,
  configured: AzureCloud | undefined,
): string {
  return (
    options.identityOptions?.authorityHost ??
    configured?.authorityHost ??
    variable(system, 'AZURE_AUTHORITY_HOST') ??
    CLOUDS.AzureCloud.authorityHost
  );
}

function configuredCloud(
  { options }: AcrState,
  config: AzureConfig | undefined,
): AzureCloud | undefined {
  return options.cloud === undefined ? config?.cloud : CLOUDS[options.cloud];
}

function openIdentity(
  state: AcrState,
  identity: AcrIdentity,
  context: IdentityContext,
): PlainIdentity | TokenSource | string {
  if (identity.kind === 'service-principal-password' || identity.kind === 'admin-user') {
    return identity;
  }
  const key = JSON.stringify([identity, context.options.authorityHost]);
  if (state.opened?.key === key) return state.opened.source;
  const source = open(state, identity, context);
  if (typeof source !== 'string') state.opened = { key, source };
  return source;
}

function open(
  { options }: AcrState,
  identity: Exclude<AcrIdentity, PlainIdentity>,
  context: IdentityContext,
): TokenSource | string {
  if (options.credential !== undefined) return userCredential(options.credential);
  switch (identity.kind) {
    case 'service-principal':
      return servicePrincipal(context, identity);
    case 'managed-identity':
      return managedIdentity(context, identity);
    case 'developer':
      return developerLogin(context, identity.tenantId);
    case 'workload-identity':
      return workloadIdentity(context, identity);
    default:
      return environmentIdentity(context);
  }
}
