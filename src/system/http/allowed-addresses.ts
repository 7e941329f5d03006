// Keeps requests out of networks that they must not be led into, whoever chose the name or the address.

import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressKind } from './address-kind.ts';
import { FORBIDDEN_ADDRESS } from './http-failure.ts';
import type { AddressKind } from '../system.ts';

/** `dns.lookup`, as far as it is used here. */
export type LookupAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found?: LookupAddress[]) => void,
) => void;

/**
 * Refuses an address in the URL itself, for which no name is looked up.
 *
 * @throws an error with the code {@link FORBIDDEN_ADDRESS}.
 */
export function checkAddress(
  { hostname }: URL,
  addresses: readonly AddressKind[] | undefined,
): void {
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (addresses === undefined || process.getBuiltinModule('node:net').isIP(literal) === 0) return;
  if (!addresses.includes(addressKind(literal))) throw forbidden(literal);
}

/** Looks names up, and leaves out the addresses that must not be connected to. */
export function allowedLookup(
  addresses: readonly AddressKind[],
  lookup: LookupAll = process.getBuiltinModule('node:dns').lookup,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found = []) => {
      const allowed = found.filter(({ address }) => addresses.includes(addressKind(address)));
      const [first] = allowed;
      if (error !== null) callback(error, []);
      else if (first === undefined) callback(forbidden(hostname), []);
      else if (options.all === true) callback(null, allowed);
      // Who does without the choice of a family (--no-network-family-autoselection) wants one.
      else callback(null, first.address, first.family);
    });
  };
}

function forbidden(host: string): Error {
  return Object.assign(new Error(`${host} is not of the allowed networks`), {
    code: FORBIDDEN_ADDRESS,
  });
}
