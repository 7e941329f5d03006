// Credentials from environment variables: one registry, one user, as CI systems and older tools pass them.

import { shownUrl } from '../util/redaction/shown-url.ts';
import { own } from '../util/own.ts';
import { isRecord } from '../util/is-record.ts';
import { entryName, keyText, registryKey } from '../keyring/registry-key.ts';
import { nodeSystem } from '../system/node-system.ts';
import type { System } from '../system/system.ts';
import type { CredentialProvider, CredentialResponseEntry, Diagnosis } from './contract.ts';
import { HUB, HUB_KEY, HUB_SERVER } from '../reference/docker-hub.ts';
import { ProviderFailure } from './asking/provider-failure.ts';

/** The names of the variables. */
export interface EnvironmentOptions {
  /** @defaultValue `'DOCKER_USER'` */
  readonly user?: string | undefined;
  /** @defaultValue `'DOCKER_PASSWORD'` */
  readonly password?: string | undefined;
  /**
   * Holds a host, maybe with scheme, port, path prefix or globs, as a key of a `config.json`; not set means Docker Hub.
   *
   * @defaultValue `'DOCKER_REGISTRY_SERVER'`
   */
  readonly server?: string | undefined;
  /** @defaultValue `'DOCKER_EMAIL'` */
  readonly email?: string | undefined;
  /** The outside world. Tests put their own here. */
  readonly system?: Pick<System, 'env'> | undefined;
}

const DEFAULT_NAMES = {
  user: 'DOCKER_USER',
  password: 'DOCKER_PASSWORD',
  server: 'DOCKER_REGISTRY_SERVER',
  email: 'DOCKER_EMAIL',
} as const;

type Names = Readonly<Record<keyof typeof DEFAULT_NAMES, string>>;

/**
 * A provider that takes a user name and a password from environment variables. Which registry they are for is read when
 * it is made, and both are read for each lookup. Where neither is set it is not asked, and `explain` says so.
 *
 * @throws TypeError for a wrong option, and when the server's variable holds what is no registry's name.
 * @example
 * ```ts
 * const keyring = createKeyring({ providers: [environment({ user: 'CI_REGISTRY_USER', password: 'CI_JOB_TOKEN' })] });
 * ```
 */
export function environment(options: EnvironmentOptions = {}): CredentialProvider {
  const { system, names } = checkOptions(options);
  const server = value(system, names.server) ?? HUB_SERVER;
  const key = checkServer(server, names.server);
  const rawKey = entryName(key);
  const { user, password } = names;
  const skipReason = (): string | undefined =>
    value(system, user) === undefined && value(system, password) === undefined
      ? `neither ${user} nor ${password} is set`
      : undefined;

  function read(): CredentialResponseEntry | undefined {
    if (skipReason() !== undefined) return undefined;
    const [username, secret] = [value(system, user), value(system, password)];
    if (username === undefined) throw halfSet(password, user);
    if (secret === undefined) throw halfSet(user, password);
    const email = value(system, names.email);
    return { username, password: secret, ...(email === undefined ? {} : { email }) };
  }

  return {
    name: 'environment',
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
  const text = system.env(name);
  return text === '' ? undefined : text;
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

/** A user name or password within a URL would be shown as part of the key. */
function checkServer(server: string, name: string): string {
  const parsed = server.includes('@') ? undefined : registryKey(server);
  if (parsed?.pattern === undefined || parsed.pattern.host === '') {
    throw new TypeError(
      `environment: ${name} must hold a registry: host, host:port, https://host/ or host/path, without a user`,
    );
  }
  return parsed.key;
}

function checkOptions(options: unknown): { system: Pick<System, 'env'>; names: Names } {
  if (!isRecord(options)) throw new TypeError('environment: the options must be an object');
  const { system = nodeSystem, ...given } = own(options);
  const names: Record<string, string> = { ...DEFAULT_NAMES };
  for (const [option, name] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_NAMES, option)) {
      const known = [...Object.keys(DEFAULT_NAMES), 'system'].join(', ');
      throw new TypeError(
        `environment: there is no option ${JSON.stringify(option)}; there are ${known}`,
      );
    }
    if (name === undefined) continue;
    if (typeof name !== 'string' || name === '') {
      throw new TypeError(`environment: ${option} must be the name of a variable`);
    }
    names[option] = name;
  }
  if (!isRecord(system)) throw new TypeError('environment: system must be a System');
  return { system: system as unknown as System, names: names as Names };
}
