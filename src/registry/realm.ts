// Which token servers a registry may name: it decides where user names and passwords go, and must not be able to send them
// into this machine's networks or out in the clear (CVE-2020-15157 and its kin).

import { UnsafeRealmError } from '../errors.ts';
import type { AddressKind } from '../system/system.ts';
import type { Connection } from './connection.ts';
import { reachableFrom, type Endpoint } from './endpoint.ts';

/** A token server that may be asked. */
export interface Realm {
  readonly url: URL;
  /** Where its name may lead; `undefined` where the user trusts it. */
  readonly addresses: readonly AddressKind[] | undefined;
}

/**
 * Judges a realm.
 *
 * @throws {@link UnsafeRealmError}
 */
export function checkRealm(
  { isTrustedRealm }: Pick<Connection, 'isTrustedRealm'>,
  endpoint: Endpoint,
  text: string,
): Realm {
  const { registry, origin } = endpoint;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new UnsafeRealmError(registry, '', 'its realm is no URL');
  const unsafe = (reason: string): UnsafeRealmError =>
    new UnsafeRealmError(registry, url.host, reason);
  if (url.username !== '' || url.password !== '') {
    throw unsafe('its realm holds a user name or password');
  }
  const isHttps = url.protocol === 'https:';
  if (!isHttps && !(url.protocol === 'http:' && origin.startsWith('http:'))) {
    throw unsafe('its realm is not https');
  }
  return { url, addresses: isTrustedRealm(url) ? undefined : addressesFor(endpoint, url) };
}

/** Behind a proxy nobody knows the registry's address; of its own name no other network need be feared than its own. */
function addressesFor(endpoint: Endpoint, { host }: URL): readonly AddressKind[] | undefined {
  const isItself = host === new URL(endpoint.origin).host;
  return isItself && endpoint.address === undefined ? undefined : reachableFrom(endpoint);
}

/** What a request to a realm that was refused for its address says. */
export function forbiddenRealm(registry: string, { url }: Realm, cause: unknown): UnsafeRealmError {
  const reason =
    'it is in a network that the registry is not in; if that is right, trust it by trustedRealms (--trusted-realm)';
  return new UnsafeRealmError(registry, url.host, reason, { cause });
}
