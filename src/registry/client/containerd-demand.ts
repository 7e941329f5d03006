// Challenges as containerd reads them, which decides whether a node can pull: one challenge of each header, without blanks
// around "=", and up to the first thing that it does not expect (containerd v2.4.2 core/remotes/docker/auth/parse.go,
// authorizer.go AddResponses, auth/fetch.go GenerateTokenOptions).

import type { Demand, ReadDemand } from './challenge.ts';

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*/y;
const BLANKS = /[ \t\r\n]*/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;

interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** As containerd reads it. */
export const readDemandAsContainerd: ReadDemand = (headers) => {
  if (headers.length === 0) return { scheme: 'none' };
  const challenges = headers.map(parseHeader);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return bearerOf(bearer);
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { scheme: 'basic' };
  const reason =
    'containerd, which pulls on a node, finds neither Basic nor Bearer in its WWW-Authenticate header';
  return { scheme: 'unknown', reason };
};

function bearerOf({ parameters }: Challenge): Demand {
  const realm = parameters.get('realm');
  if (realm === undefined) {
    const reason =
      'containerd, which pulls on a node, finds no realm in its WWW-Authenticate header';
    return { scheme: 'unknown', reason };
  }
  return {
    scheme: 'bearer',
    realm,
    // An empty one is not sent.
    service: parameters.get('service') || undefined,
    scopes: (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
  };
}

/** parseValueAndParams. */
function parseHeader(text: string): Challenge {
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
