// A machine whose requests to Google's host names end at fakes, and who asks the provider there.

import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import type { CredentialRequest } from '../../../../src/providers/contract.ts';
import {
  fakeSystem,
  withoutPauses,
  type FakeReply,
  type FakeSystem,
  type FakeWorld,
  type ImpatientSystem,
} from '../../fakes/fake-system.ts';

export const METADATA = 'metadata.google.internal.';
export const ACCOUNT_PATH = '/computeMetadata/v1/instance/service-accounts/default';
export const GCE_FIRMWARE = { '/sys/class/dmi/id/product_name': 'Google Compute Engine\n' };

/** A world with routes from hosts to the URLs of fakes; what has none does not resolve. */
export interface GoogleWorld extends FakeWorld {
  readonly routes?: Readonly<Record<string, string>>;
}

export function googleSystem({ routes = {}, ...world }: GoogleWorld = {}): ImpatientSystem {
  return withoutPauses(fakeSystem({ http: (request) => forward(routes, request), ...world }));
}

async function forward(
  routes: Readonly<Record<string, string>>,
  request: HttpRequest,
): Promise<FakeReply> {
  const { host, pathname, search } = new URL(request.url);
  const to = routes[host];
  if (to === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  const url = `${to}${pathname}${search}`;
  const { status, headers, body } = await nodeSystem.http({ ...request, url });
  return { status, headers: Object.fromEntries(headers), body };
}

/** A request for an image, by nobody in particular. */
export function ask(image: string, more: Partial<CredentialRequest> = {}): CredentialRequest {
  return { image, signal: new AbortController().signal, ...more };
}

/** The paths that a system was asked for on a host. */
export function pathsOn(system: FakeSystem, host: string): readonly string[] {
  return system.requests
    .map(({ url }) => new URL(url))
    .filter((url) => url.host === host)
    .map(({ pathname, search }) => `${pathname}${search}`);
}

/** What a rejected promise rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}
