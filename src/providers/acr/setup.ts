// What one acr() works with: which hosts count, whose identity it has, in which cloud.

import type { System } from '../../system/system.ts';
import { ProviderFailure } from '../provider-failure.ts';
import type {
  AcrIdentity,
  AcrOptions,
  AdminUser,
  ServicePrincipalPassword,
} from './acr-options.ts';
import { DEFAULT_CONFIG_FILE } from './azure-identity.ts';
import { readAzureConfig, type AzureConfig } from './azure-config.ts';
import { CLOUDS, REGISTRY_SUFFIXES, cloudOfAuthority, type AzureCloud } from './clouds.ts';
import {
  developerLogin,
  environmentIdentity,
  variable,
  workloadIdentity,
} from './environment-identity.ts';
import type { ImdsProbe } from './imds-probe.ts';
import type { LoginServer, LoginServerRules } from './login-server.ts';
import {
  managedIdentity,
  servicePrincipal,
  userCredential,
  type IdentityContext,
  type TokenSource,
} from './open-identity.ts';

/** What a provider keeps. */
export interface AcrState {
  readonly options: AcrOptions;
  readonly system: System;
  readonly probe: ImdsProbe;
  readonly rules: LoginServerRules;
  /** The identity that was opened last, which keeps the SDK's tokens. */
  opened: { readonly key: string; readonly source: TokenSource } | undefined;
}

/** A user name and password that need no request. */
export type PlainIdentity = ServicePrincipalPassword | AdminUser;

/** Who asks, and where. */
export interface AcrSetup {
  readonly identity: PlainIdentity | TokenSource;
  /** The configuration file, where one counted. */
  readonly config: AzureConfig | undefined;
  /** `undefined` where nothing says. */
  readonly cloud: AzureCloud | undefined;
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
  const isLogin = options.credential === undefined && logsIn(identity, system);
  return {
    identity: openIdentity(state, identity, context),
    config,
    cloud: configured ?? cloudOfAuthorityOf(state, authorityHost, isLogin),
    context,
  };
}

/** The rules with what the configuration file says. */
export function rulesWith({ rules }: AcrState, { config }: AcrSetup): LoginServerRules {
  return config === undefined
    ? rules
    : { ...rules, suffixes: [...rules.suffixes, config.cloud.registrySuffix] };
}

/** Throws when a registry is of another cloud than the identity: its token is of no use there, nor of anybody's business. */
export function checkCloud({ options }: AcrState, { cloud }: AcrSetup, server: LoginServer): void {
  const { host, suffix } = server;
  const isForeign = cloud !== undefined && suffix !== undefined && suffix !== cloud.registrySuffix;
  if (!isForeign || options.suffixes?.includes(suffix) === true) return;
  throw new ProviderFailure(
    `${host} is a registry of another cloud than the identity’s, which is ${cloud.name}: set the option cloud`,
  );
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

/** Where nothing is set, an identity that logs in does so at the public cloud; another may be of any. */
function cloudOfAuthorityOf(
  { options, system }: AcrState,
  authorityHost: string,
  isLogin: boolean,
): AzureCloud | undefined {
  const isSet =
    options.identityOptions?.authorityHost !== undefined ||
    variable(system, 'AZURE_AUTHORITY_HOST') !== undefined;
  return isSet || isLogin ? cloudOfAuthority(authorityHost) : undefined;
}

function logsIn({ kind }: AcrIdentity, system: Pick<System, 'env'>): boolean {
  if (kind === 'environment') return variable(system, 'AZURE_TENANT_ID') !== undefined;
  return ['service-principal', 'service-principal-password', 'workload-identity'].includes(kind);
}

function openIdentity(
  state: AcrState,
  identity: AcrIdentity,
  context: IdentityContext,
): PlainIdentity | TokenSource {
  if (identity.kind === 'service-principal-password' || identity.kind === 'admin-user') {
    return identity;
  }
  const key = JSON.stringify([identity, context.options.authorityHost]);
  if (state.opened?.key !== key) state.opened = { key, source: open(state, identity, context) };
  return state.opened.source;
}

function open(
  { options }: AcrState,
  identity: Exclude<AcrIdentity, PlainIdentity>,
  context: IdentityContext,
): TokenSource {
  if (options.credential !== undefined) return userCredential(options.credential);
  switch (identity.kind) {
    case 'service-principal':
      return servicePrincipal(context, identity);
    case 'managed-identity':
      return managedIdentity(context, identity);
    case 'developer':
      return developerLogin(context, identity.tenantId);
    case 'workload-identity':
      return completeIdentity(workloadIdentity(context, identity));
    default:
      return environmentIdentity(context);
  }
}

function completeIdentity(source: TokenSource | string): TokenSource {
  if (typeof source === 'string') throw new ProviderFailure(source);
  return source;
}
