// Finds a registry: its scheme, and what it asks for before it lets anybody in.

import { RegistryUnavailableError } from '../../errors.ts';
import type { AddressKind } from '../../system/system.ts';
import type { Connection, Errand } from './connection.ts';
import { asksOf } from './challenge.ts';
import { apiHostOf, isLocalhost, isUrlHost } from './quirks.ts';
import { codeOf } from '../../system/retry.ts';

/** A registry that has answered. */
export interface Endpoint {
  /** As images name it. */
  readonly registry: string;
  /** Where its API is: `https://registry-1.docker.io`. */
  readonly origin: string;
  /** What it asks for, as the values of `WWW-Authenticate`; none where it lets everybody in. */
  readonly asks: readonly string[];
  /** The kind of the address that answered; `undefined` where a proxy stands between. */
  readonly address: AddressKind | undefined;
}

/** What a server that does not speak TLS leaves of an attempt to. */
const NO_TLS = /^(?:EPROTO|ECONNRESET|ECONNREFUSED|ERR_SSL_.*|HPE_.*)$/;

/** An image's name may hold what no connection can be made to. */
const NO_HOST =
  'it is no host that can be connected to: check the spelling, an IP address and the port';

/**
 * Asks a registry's `/v2/` (OCI distribution specification v1.1, "Determining support"). By http only where https does not
 * come about, and only this machine or a registry that is listed.
 *
 * @throws {@link RegistryUnavailableError} when it does not answer.
 */
export async function findEndpoint(
  connection: Connection,
  registry: string,
  signal: AbortSignal,
): Promise<Endpoint> {
  const host = apiHostOf(registry);
  if (!isUrlHost(host)) throw new RegistryUnavailableError({ registry, reason: NO_HOST });
  const mayBeInsecure = isLocalhost(host) || connection.isInsecure(host);
  const errand = { registry, signal, isShared: true };
  if (!mayBeInsecure) return ask(connection, `https://${host}`, errand);
  try {
    return await ask(connection, `https://${host}`, { ...errand, isFinal: speaksNoTls });
  } catch (error) {
    if (!speaksNoTls(error)) throw error;
    return ask(connection, `http://${host}`, errand);
  }
}

function speaksNoTls(error: unknown): boolean {
  return NO_TLS.test(codeOf(error) ?? '');
}

async function ask(connection: Connection, origin: string, errand: Errand): Promise<Endpoint> {
  const response = await connection.http({ url: `${origin}/v2/` }, errand);
  const { registry } = errand;
  return { registry, origin, asks: asksOf(response), address: response.address };
}

/** The kinds of address that a registry may send whoever asks to. */
export function reachableFrom({ address }: Endpoint): readonly AddressKind[] {
  return address === undefined || address === 'public' ? ['public'] : ['public', address];
}
