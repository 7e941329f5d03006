// Which token servers a registry may name: it decides where user names and passwords go, and must not be able to send them
// into this machine's networks or out in the clear (CVE-2020-15157 and its kin).

import { UnsafeRealmError } from '../../errors.ts';
import type { AddressKind } from '../../system/system.ts';
import type { Connection } from './connection.ts';
import { reachableFrom, type Endpoint } from './endpoint.ts';

/** A token server that may be asked. */
export interface Realm {
  readonly url: URL;
  /** As it is shown: a server could put into it what it was sent. */
  readonly host: string;
  /** Where its name may lead; `undefined` where the user trusts it. */
  readonly addresses: readonly AddressKind[] | undefined;
}

/** In place of a host that cannot be shown. */
const HIDDEN = '[redacted]';
const NO_TLS =
  'its realm is http, and the registry is reached by https; if that is right, trust it by trustedRealms (--trusted-realm)';

/**
 * Judges a realm.
 *
 * @throws {@link UnsafeRealmError}
 */
export function checkRealm(
  { isTrustedRealm, sent }: Pick<Connection, 'isTrustedRealm' | 'sent'>,
  endpoint: Endpoint,
  text: string,
): Realm {
  const { registry } = endpoint;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UnsafeRealmError(registry, '', 'its realm is no http or https URL');
  }
  const host = sent.redact(url.host) ?? HIDDEN;
  const isTrusted = isTrustedRealm(url);
  const reason = unsafeIn(url, isTrusted || endpoint.origin.startsWith('http:'));
  if (reason !== undefined) throw new UnsafeRealmError(registry, host, reason);
  return { url, host, addresses: isTrusted ? undefined : addressesFor(endpoint, url) };
}

function unsafeIn({ protocol, username, password }: URL, mayBeHttp: boolean): string | undefined {
  if (username !== '' || password !== '') return 'its realm holds a user name or password';
  return protocol === 'http:' && !mayBeHttp ? NO_TLS : undefined;
}

/** Behind a proxy nobody knows the registry's address; of its own name no other network need be feared than its own. */
function addressesFor(endpoint: Endpoint, { host }: URL): readonly AddressKind[] | undefined {
  const isItself = host === new URL(endpoint.origin).host;
  return isItself && endpoint.address === undefined ? undefined : reachableFrom(endpoint);
}

/** What a request to a realm that was refused for its address says. */
export function forbiddenRealm(
  registry: string,
  { host }: Realm,
  cause: unknown,
): UnsafeRealmError {
  const reason =
    'it is in a network that the registry is not in; if that is right, trust it by trustedRealms (--trusted-realm)';
  return new UnsafeRealmError(registry, host, reason, { cause });
}
