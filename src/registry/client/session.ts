// What is kept between questions to registries: where they are, their tokens, and who was let in lately.

import { getOrAdd } from '../../util/get-or-add.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import { createConnection, type Connection } from './connection.ts';
import { findEndpoint, type Endpoint } from './endpoint.ts';
import type { End } from './end.ts';
import { createKept, type Held, type Kept } from './cache.ts';
import { checkKeyring, type RegistryKeyring } from './registry-keyring.ts';
import type { RegistryConnectionOptions, RegistryOptions } from './options.ts';
import type { RegistrySession } from './registry-session.ts';
import type { Refusal, TokenAnswer } from './token-server.ts';

/** What lets somebody in. */
export interface Ticket {
  /** `undefined` where the registry asks for nothing. */
  readonly header: string | undefined;
  readonly scheme: 'basic' | 'bearer' | 'none';
  /** When the token ends. */
  readonly end?: End;
  /** What keeps a node from using the token, as a phrase. */
  readonly problem?: string;
}

/** A token that is kept, or that there is none. */
export type KeptToken = TokenAnswer & {
  readonly end: End;
  /** One that never was is not worth getting anew when it is refused. */
  wasAccepted: boolean;
  /** When the registry first refused it, on the clock that never goes back. */
  refusedAtMs?: number;
};

/** What somebody was told lately. */
export type Decision =
  | { readonly outcome: 'accepted'; readonly ticket: Ticket }
  | (Refusal & { readonly ticket?: Ticket });

/** The inside of a session. */
export interface SessionState {
  readonly connection: Connection;
  readonly tokens: Kept<KeptToken>;
  readonly decisions: Kept<Decision>;
  /** What was asked for at a repository where it is not what the registry asks for, or does no longer. */
  readonly asks: Kept<readonly string[]>;
  /** Rejects with a {@link RegistryUnavailableError} when it does not answer. */
  endpoint(registry: string, signal: AbortSignal): Promise<Endpoint>;
}

/** A registry does not change its mind often about what it asks for. */
export const ASKS_HOLD_MS: number = 10 * 60_000;

type Sessions = Map<string, SessionState>;

const states = new WeakMap<RegistrySession, SessionState>();
/** Sessions by the keyring that they were made for, and by how registries are reached. */
const ofKeyrings = new WeakMap<RegistryKeyring, Map<System, Sessions>>();

/** Makes the inside of a session, and remembers whose it is. */
export function openSession(session: RegistrySession, options: RegistryConnectionOptions): void {
  states.set(session, createState(options));
}

/**
 * The session of a call: the one that it is given, or one that lives as long as its keyring.
 *
 * @throws TypeError for what is no session.
 */
export function sessionOf(
  caller: string,
  keyring: RegistryKeyring,
  options: RegistryOptions,
): SessionState {
  checkKeyring(caller, keyring);
  const { session, ...connection } = options;
  if (session === undefined) return ofKeyring(keyring, connection);
  const state = states.get(session);
  if (state !== undefined) return state;
  throw new TypeError(`${caller}: session must come from createRegistrySession()`);
}

/** A System is told apart by what it is, everything else by what it says. */
function ofKeyring(keyring: RegistryKeyring, options: RegistryConnectionOptions): SessionState {
  const { system = nodeSystem, ...others } = options;
  const { insecureRegistries, ca, trustedRealms, timeoutMs, retries } = others;
  const ofSystems = getOrAdd(ofKeyrings, keyring, () => new Map<System, Sessions>());
  const sessions = getOrAdd(ofSystems, system, (): Sessions => new Map());
  const key = JSON.stringify([insecureRegistries, ca, trustedRealms, timeoutMs, retries]);
  return getOrAdd(sessions, key, () => createState(options));
}

function createState(options: RegistryConnectionOptions): SessionState {
  const connection = createConnection(options);
  const { system } = connection;
  const endpoints = createKept<Endpoint>(system);
  return {
    connection,
    tokens: createKept(system),
    decisions: createKept(system),
    asks: createKept(system),
    endpoint(registry, signal) {
      const find = async (stop: AbortSignal): Promise<Held<Endpoint>> => ({
        value: await findEndpoint(connection, registry, stop),
        holdsMs: ASKS_HOLD_MS,
      });
      return endpoints.get(registry, find, signal);
    },
  };
}
