// What a registry asks for before it lets anybody in, as its challenges say it.

import { parseChallenges, type HttpChallenge } from '../../providers/cloud/http-challenge.ts';
import type { HttpResponse } from '../../system/system.ts';

/** A registry's demand. */
export type Demand =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic' }
  | BearerDemand
  /** One that nobody here can meet, and why, as a phrase. */
  | { readonly scheme: 'unknown'; readonly reason: string };

/** A token of this server. */
export interface BearerDemand {
  readonly scheme: 'bearer';
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

/** Reads the values of `WWW-Authenticate`; none of them means that nothing is asked for. */
export type ReadDemand = (headers: readonly string[]) => Demand;

/** The challenges of an answer that says 401; of any other, none. */
export function asksOf({
  status,
  headers,
}: Pick<HttpResponse, 'status' | 'headers'>): readonly string[] {
  return status === 401 ? (headers.get('www-authenticate') ?? []) : [];
}

/** As RFC 9110 has it. Bearer first: a registry that offers both prefers it (containerd v2.4.2 core/remotes/docker/auth/parse.go). */
export const readDemand: ReadDemand = (headers) => {
  const challenges = parseChallenges(headers);
  const bearer = challenges.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'),
  );
  if (bearer !== undefined) return bearerOf(bearer);
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { scheme: 'basic' };
  if (challenges.length === 0) return { scheme: 'none' };
  const schemes = challenges.map(({ scheme }) => scheme).join(', ');
  return {
    scheme: 'unknown',
    reason: `it asks for ${schemes}, and knows neither Basic nor Bearer`,
  };
};

/** One that holds another parameter comes of a quote that is not closed. */
const SCOPE = /^[^\s="]+$/;

function bearerOf({ parameters }: HttpChallenge): Demand {
  return {
    scheme: 'bearer',
    realm: String(parameters.get('realm')),
    service: parameters.get('service'),
    scopes: (parameters.get('scope') ?? '').split(/\s+/).filter((scope) => SCOPE.test(scope)),
  };
}

/** Whether two demands are met by the same header, but for the scopes of a token. */
export function isSameDemand(one: Demand, other: Demand): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf(demand: Demand): string {
  if (demand.scheme !== 'bearer') return demand.scheme;
  return JSON.stringify([demand.realm, demand.service]);
}
