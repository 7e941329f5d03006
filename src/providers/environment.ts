// Credentials from environment variables, as CI systems and older tools pass them: one registry and one user for each
// provider.

import { shownUrl } from '../util/redaction/shown-url.ts';
import { isSystemOption, readOptions, text, type Check } from '../util/option-checks.ts';
import { withoutUndefined } from '../util/without-undefined.ts';
import { entryName, keyText, registryKey } from '../keyring/registry-key.ts';
import { nodeSystem } from '../system/node-system.ts';
import type { System } from '../system/system.ts';
import type { CredentialProvider, CredentialResponseEntry, Diagnosis } from './contract.ts';
import { HUB, HUB_KEY, HUB_SERVER } from '../reference/docker-hub.ts';
import { ProviderFailure } from './asking/provider-failure.ts';

/** The names of the variables, and which registry they are for. */
export interface EnvironmentOptions {
  /**
   * The name of the variable with the user name.
   *
   * @defaultValue `'DOCKER_USER'`
   */
  readonly user?: string | undefined;
  /**
   * The name of the variable with the password or token.
   *
   * @defaultValue `'DOCKER_PASSWORD'`
   */
  readonly password?: string | undefined;
  /**
   * The registry itself: a host, maybe with scheme, port, path prefix or globs, as a key of a `config.json`.
   *
   * @defaultValue what the variable `server` holds
   */
  readonly registry?: string | undefined;
  /**
   * The name of the variable with the registry, in place of `registry`. A variable that is not set means Docker Hub.
   *
   * @defaultValue `'DOCKER_REGISTRY_SERVER'`
   */
  readonly server?: string | undefined;
  /**
   * The name of the variable with the e-mail address, which may be missing.
   *
   * @defaultValue `'DOCKER_EMAIL'`
   */
  readonly email?: string | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: Pick<System, 'env'> | undefined;
}

const DEFAULT_NAMES = {
  user: 'DOCKER_USER',
  password: 'DOCKER_PASSWORD',
  server: 'DOCKER_REGISTRY_SERVER',
  email: 'DOCKER_EMAIL',
} as const;

const isVariableName = text('the name of a variable');
const CHECKS: Readonly<Record<keyof EnvironmentOptions, Check>> = {
  user: isVariableName,
  password: isVariableName,
  registry: text('a registry'),
  server: isVariableName,
  email: isVariableName,
  system: isSystemOption,
};

/**
 * A provider that takes a user name and a password from environment variables. Its registry is fixed when it is made; user
 * name and password are read for each lookup. Where neither is set it is not asked, and `explain` says so.
 *
 * A keyring may have several, for other registries or other variables: their names differ, such as
 * `environment:ghcr.io (GH_USER)`. Without options the name is `environment`.
 *
 * @throws TypeError for a wrong option, and when the server's variable holds no registry's name.
 * @example
 * ```ts
 * const keyring = createKeyring({
 *   providers: [environment({ registry: 'ghcr.io', user: 'GH_USER', password: 'GH_TOKEN' })],
 * });
 * ```
 */
export function environment(options: EnvironmentOptions = {}): CredentialProvider {
  const given = readEnvironmentOptions(options);
  const { system = nodeSystem, registry } = given;
  const names = { ...DEFAULT_NAMES, ...withoutUndefined(given) };
  const key = registry === undefined ? serverKey(system, names.server) : optionKey(registry);
  const rawKey = entryName(key);
  const { user, password, email: emailName } = names;
  const skipReason = (): string | undefined =>
    value(system, user) === undefined && value(system, password) === undefined
      ? `neither ${user} nor ${password} is set`
      : undefined;

  function read(): CredentialResponseEntry | undefined {
    if (skipReason() !== undefined) return undefined;
    const [username, secret] = [value(system, user), value(system, password)];
    if (username === undefined) throw halfSet(password, user);
    if (secret === undefined) throw halfSet(user, password);
    const email = value(system, emailName);
    return { username, password: secret, ...(email === undefined ? {} : { email }) };
  }

  return {
    name: isDefault(given) ? 'environment' : `environment:${rawKey} (${user})`,
    matchImages: [key === HUB_KEY ? HUB : keyText(key)],
    skipReason,
    // Variables are read faster than a cache is asked, and may change.
    defaultCacheDurationMs: 0,
    cacheScope: () => rawKey,
    cachePrincipal: async () => undefined,
    async provide() {
      const entry = read();
      return entry && { auth: { [rawKey]: entry }, cacheKeyType: 'Registry' };
    },
    diagnose: async () => [
      diagnosis(read, skipReason(), `${user} and ${password} are set, for ${shownUrl(rawKey)}`),
    ],
  };
}

/** Empty and not set are the same to whoever writes `${{ secrets.NAME }}`. */
function value(system: Pick<System, 'env'>, name: string): string | undefined {
  const set = system.env(name);
  return set === '' ? undefined : set;
}

function halfSet(present: string, missing: string): ProviderFailure {
  return new ProviderFailure(`${present} is set and ${missing} is not: set both, or neither`);
}

function diagnosis(read: () => unknown, skipReason: string | undefined, found: string): Diagnosis {
  const subject = 'environment';
  if (skipReason !== undefined) return { status: 'warning', subject, message: skipReason };
  try {
    read();
    return { status: 'ok', subject, message: found };
  } catch (error) {
    return { status: 'failure', subject, message: (error as ProviderFailure).message };
  }
}

function serverKey(system: Pick<System, 'env'>, variable: string): string {
  const key = keyOf(value(system, variable) ?? HUB_SERVER);
  if (key === undefined) throw new TypeError(`environment: ${variable} must hold ${A_REGISTRY}`);
  return key;
}

function optionKey(registry: string): string {
  const key = keyOf(registry);
  if (key === undefined) throw new TypeError(`environment: registry must be ${A_REGISTRY}`);
  return key;
}

const A_REGISTRY = 'a registry: host, host:port, https://host/ or host/path, without a user';

/** A user name or password within a URL would be shown as part of the key. */
function keyOf(registry: string): string | undefined {
  const parsed = registry.includes('@') ? undefined : registryKey(registry);
  return parsed?.pattern === undefined || parsed.pattern.host === '' ? undefined : parsed.key;
}

/** Whether it is the one that everybody may have, which needs no name of its own. */
function isDefault({ registry, user, password, server }: EnvironmentOptions): boolean {
  return [registry, user, password, server].every((one) => one === undefined);
}

function readEnvironmentOptions(options: EnvironmentOptions): EnvironmentOptions {
  const given = readOptions('environment', options, CHECKS);
  if (given.registry !== undefined && given.server !== undefined) {
    throw new TypeError('environment: registry and server exclude each other');
  }
  return given;
}
