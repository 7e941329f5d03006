// Sessions, as callers have them.

import { readConnectionOptions, type RegistryConnectionOptions } from './options.ts';
import { openSession } from './session.ts';

/** Keeps tokens and what is known of registries for those who are given it. Nothing of it can be read. */
export interface RegistrySession {
  readonly kind: 'registry-session';
}

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
  openSession(session, readConnectionOptions('createRegistrySession', options));
  return session;
}
