// What a registry asks for before it serves a request, as its WWW-Authenticate headers say it: read as RFC 9110 has it,
// and as containerd reads it, which decides whether a node can pull.

import { parseChallenges } from '../../providers/cloud/http-challenge.ts';
import type { HttpResponse } from '../../system/system.ts';
import { createRemember } from '../../util/remember.ts';

/** A challenge that was chosen among those of a response. */
export type Challenge =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic' }
  | BearerChallenge
  /** One that this package cannot meet, and why, as a phrase. */
  | { readonly scheme: 'unknown'; readonly reason: string };

/** A token of this server is wanted. */
export interface BearerChallenge {
  readonly scheme: 'bearer';
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

/** Chooses among the values of `WWW-Authenticate`; without any, nothing is asked for. */
export type ReadChallenge = (headers: readonly string[]) => Challenge;

/** The values of `WWW-Authenticate` of a 401; none of any other response. */
export function challengeHeaders({
  status,
  headers,
}: Pick<HttpResponse, 'status' | 'headers'>): readonly string[] {
  return status === 401 ? (headers.get('www-authenticate') ?? []) : [];
}

/** Whether the same header meets both, the scopes of a token aside. */
export function isSameChallenge(one: Challenge, other: Challenge): boolean {
  const isSameServer =
    one.scheme !== 'bearer' ||
    other.scheme !== 'bearer' ||
    (one.realm === other.realm && one.service === other.service);
  return one.scheme === other.scheme && isSameServer;
}

/** One that holds another parameter comes of a quote that is not closed. */
const SCOPE = /^[^\s="]+$/;

/** A session reads the same headers for each request. */
function remembered(read: ReadChallenge): ReadChallenge {
  const remember = createRemember<Challenge>();
  return (headers) =>
    headers.length === 0 ? NOTHING_ASKED : remember(headers, [], () => read(headers));
}

const NOTHING_ASKED: Challenge = { scheme: 'none' };

/** As RFC 9110 has it. Bearer first: a registry that offers both prefers it (containerd v2.4.2 core/remotes/docker/auth/parse.go). */
export const readChallenge: ReadChallenge = remembered((headers) => {
  const challenges = parseChallenges(headers);
  const bearer = challenges.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'),
  );
  if (bearer !== undefined) {
    const { parameters } = bearer;
    const scopes = (parameters.get('scope') ?? '').split(/\s+/);
    return {
      scheme: 'bearer',
      realm: String(parameters.get('realm')),
      service: parameters.get('service'),
      scopes: scopes.filter((scope) => SCOPE.test(scope)),
    };
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { scheme: 'basic' };
  if (challenges.length === 0) return NOTHING_ASKED;
  if (challenges.some(({ scheme }) => scheme === 'bearer')) {
    return unknown('it names no realm for bearer');
  }
  const schemes = challenges.map(({ scheme }) => scheme).join(', ');
  return unknown(`it asks for ${schemes}, and knows neither Basic nor Bearer`);
});

function unknown(reason: string): Challenge {
  return { scheme: 'unknown', reason };
}

/**
 * As containerd reads it: one challenge of each header, without blanks around "=", and up to the first thing that it does
 * not expect (containerd v2.4.2 core/remotes/docker/auth/parse.go, authorizer.go AddResponses, auth/fetch.go
 * GenerateTokenOptions).
 */
export const readChallengeAsContainerd: ReadChallenge = remembered((headers) => {
  const challenges = headers.map(parseHeaderAsContainerd);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer === undefined && challenges.some(({ scheme }) => scheme === 'basic')) {
    return { scheme: 'basic' };
  }
  const realm = bearer?.parameters.get('realm');
  if (bearer === undefined || realm === undefined) {
    const missing = bearer === undefined ? 'neither Basic nor Bearer' : 'no realm';
    return unknown(
      `containerd, which pulls on a node, finds ${missing} in its WWW-Authenticate header`,
    );
  }
  const scopes = (bearer.parameters.get('scope') ?? '').split(' ');
  return {
    scheme: 'bearer',
    realm,
    // An empty one is not sent.
    service: bearer.parameters.get('service') || undefined,
    scopes: scopes.filter((scope) => scope !== ''),
  };
});

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*/y;
const BLANKS = /[ \t\r\n]*/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;

/** parseValueAndParams. */
function parseHeaderAsContainerd(text: string): {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
} {
  const parameters = new Map<string, string>();
  let offset = 0;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    offset += match?.[0].length ?? 0;
    return match;
  }

  function takeToken(): string {
    return String(take(TOKEN)?.[0]);
  }

  function takeCharacter(character: string): boolean {
    const isThere = text[offset] === character;
    if (isThere) offset += 1;
    return isThere;
  }

  /** A value whose quote is not closed is empty, and the last. */
  function takeValue(): string {
    if (text[offset] !== '"') return takeToken();
    const quoted = take(QUOTED);
    if (quoted === null) offset = text.length;
    return (quoted?.[1] ?? '').replace(/\\([\s\S])/g, '$1');
  }

  const scheme = takeToken().toLowerCase();
  let goesOn = scheme !== '';
  while (goesOn) {
    take(BLANKS);
    const name = takeToken().toLowerCase();
    goesOn = name !== '' && takeCharacter('=');
    if (!goesOn) break;
    parameters.set(name, takeValue());
    take(BLANKS);
    goesOn = takeCharacter(',');
  }
  return { scheme, parameters };
}
