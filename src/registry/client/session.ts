// What is kept between calls: how registries are reached, what they ask for, tokens, and who was let in lately.

import type { RegistryUnavailableError } from '../../errors.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { AddressKind, System } from '../../system/system.ts';
import { getOrAdd } from '../../util/get-or-add.ts';
import { readOptions } from '../../util/option-checks.ts';
import { createCache, type Cache, type Expiry } from './cache.ts';
import {
  checkKeyring,
  CONNECTION_CHECKS,
  type RegistryConnectionOptions,
  type RegistryKeyring,
  type RegistryOptions,
  type RegistrySession,
} from './options.ts';
import { apiHostOf } from './quirks.ts';
import { createSentSecrets, type SentSecrets } from './sent-secrets.ts';

const TIMEOUT_MS = 30_000;
const RETRIES = 3;

/** A registry that has answered. */
export interface Endpoint {
  /** As images name it. */
  readonly registry: string;
  /** Where its API is: `https://registry-1.docker.io`. */
  readonly origin: string;
  /** What it asks for, as the values of `WWW-Authenticate`; none where it serves everybody. */
  readonly challenges: readonly string[];
  /** The kind of the address that answered; `undefined` where a proxy stands between. */
  readonly address: AddressKind | undefined;
}

/** Why a credential was refused. */
export interface Refusal {
  readonly outcome: 'refused' | 'not-found';
  readonly status?: number;
  /** As a phrase without secrets. */
  readonly message: string;
  /** Whether nothing was sent, since the registry's challenge cannot be met. */
  readonly isUnmet?: boolean;
}

/** What a token server gave: a token, or a refusal. */
export type TokenResult =
  | {
      readonly token: string;
      readonly lifeMs: number;
      /** What keeps a node from using the token, as a phrase. */
      readonly problem?: string;
    }
  | { readonly refusal: Refusal };

export type CachedToken = TokenResult & {
  readonly expiry: Expiry;
  /** A token that was never accepted is not worth replacing when it is refused. */
  wasAccepted: boolean;
  /** When the registry first refused it, on the clock that never goes back. */
  refusedAtMs?: number;
};

/** The `Authorization` header of a request to a registry. */
export interface AuthHeader {
  /** `undefined` where none is sent. */
  readonly value: string | undefined;
  readonly scheme: 'basic' | 'bearer' | 'none';
  /** Of the token. */
  readonly expiry?: Expiry;
  /** What keeps a node from using the token, as a phrase. */
  readonly problem?: string;
}

/** What a registry decided about a credential lately. */
export type Decision =
  | { readonly outcome: 'accepted'; readonly header: AuthHeader }
  | (Refusal & { readonly header?: AuthHeader });

/** The inside of a {@link RegistrySession}. */
export interface Session {
  readonly system: System;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly ca: string | undefined;
  readonly isInsecure: (host: string) => boolean;
  readonly isTrustedRealm: (url: URL) => boolean;
  /** Every secret that was sent. */
  readonly sent: SentSecrets;
  /** How many requests were sent for each registry. */
  readonly requestCounts: Map<string, number>;
  /** Servers that were found to be down, by origin. */
  readonly outages: Cache<RegistryUnavailableError>;
  readonly endpoints: Cache<Endpoint>;
  /** What a repository asks for, where that is not what its registry asks for. */
  readonly challenges: Cache<readonly string[]>;
  readonly tokens: Cache<CachedToken>;
  readonly decisions: Cache<Decision>;
}

const states = new WeakMap<RegistrySession, Session>();
/** Sessions by the keyring that they were made for, and by how registries are reached. */
const ofKeyrings = new WeakMap<RegistryKeyring, Map<System, Map<string, Session>>>();

/**
 * Makes a session: functions that are given it share bearer tokens, which are kept by registry, scope and credential, and
 * reach registries as it says. It does no I/O and needs no closing.
 *
 * @throws TypeError for an option that does not exist or has a wrong value.
 * @example
 * ```ts
 * const session = createRegistrySession({ insecureRegistries: ['registry.lan:5000'] });
 * const { header } = await authorize('registry.lan:5000/app', keyring, { session });
 * ```
 */
export function createRegistrySession(options: RegistryConnectionOptions = {}): RegistrySession {
  const session: RegistrySession = Object.freeze({ kind: 'registry-session' });
  const given = readOptions('createRegistrySession', options, CONNECTION_CHECKS);
  states.set(session, createSession(given));
  return session;
}

/**
 * The session of a call: the one that it is given, or one that lives as long as its keyring.
 *
 * @throws TypeError for what is no session.
 */
export function sessionOf(
  caller: string,
  keyring: RegistryKeyring,
  { session, ...options }: RegistryOptions,
): Session {
  checkKeyring(caller, keyring);
  if (session === undefined) return sessionOfKeyring(keyring, options);
  const state = states.get(session);
  if (state !== undefined) return state;
  throw new TypeError(`${caller}: session must come from createRegistrySession()`);
}

/** A System is told apart by identity, every other option by value. */
function sessionOfKeyring(keyring: RegistryKeyring, options: RegistryConnectionOptions): Session {
  const {
    system = nodeSystem,
    insecureRegistries,
    ca,
    trustedRealms,
    timeoutMs,
    retries,
  } = options;
  const ofSystems = getOrAdd(ofKeyrings, keyring, () => new Map<System, Map<string, Session>>());
  const sessions = getOrAdd(ofSystems, system, () => new Map<string, Session>());
  const key = JSON.stringify([insecureRegistries, ca, trustedRealms, timeoutMs, retries]);
  return getOrAdd(sessions, key, () => createSession(options));
}

function createSession(options: RegistryConnectionOptions): Session {
  const { system = nodeSystem, timeoutMs = TIMEOUT_MS, retries = RETRIES, ca } = options;
  const insecure = hostSet(options.insecureRegistries?.map(apiHostOf));
  const trusted = hostSet(options.trustedRealms);
  return {
    system,
    timeoutMs,
    retries,
    ca: ca === undefined ? undefined : [ca].flat().join('\n'),
    isInsecure: (host) => insecure.has(host.toLowerCase()),
    isTrustedRealm: ({ protocol, host, port }) =>
      trusted.has(host) ||
      (port === '' && trusted.has(`${host}:${protocol === 'https:' ? 443 : 80}`)),
    sent: createSentSecrets(system),
    requestCounts: new Map(),
    outages: createCache(system),
    endpoints: createCache(system),
    challenges: createCache(system),
    tokens: createCache(system),
    decisions: createCache(system),
  };
}

function hostSet(hosts: readonly string[] = []): ReadonlySet<string> {
  return new Set(hosts.map((host) => host.toLowerCase()));
}
