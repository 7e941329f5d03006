// Challenges of the WWW-Authenticate header, as RFC 9110 (sections 11.3 to 11.6.1, 5.6) writes them: several headers,
// several challenges in one, values with quotes and without. What is malformed is passed over, never thrown at.

/** One challenge of a server. */
export interface HttpChallenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** The one value of schemes that have no parameters: `Negotiate YII=`. */
  readonly token68?: string;
  /** Values by the parameters' names in lower case; of one that is repeated, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

interface OpenChallenge {
  readonly scheme: string;
  token68?: string;
  readonly parameters: Map<string, string>;
}

const SEPARATORS = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const TOKEN68 = /[ \t]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$))/y;
/** An unclosed one ends with the header. */
const QUOTED = /"((?:[^"\\]|\\[\s\S]?)*)"?/y;
/** Wider than the RFC's token: a URL without quotes is what some servers send as realm. */
const UNQUOTED = /[^\s,"]*/y;
const REST_OF_ELEMENT = /[^,]*/y;

/**
 * Reads challenges.
 *
 * @param headers - The values of all `WWW-Authenticate` headers of a response.
 * @example
 * ```ts
 * const [challenge] = parseChallenges(['Bearer realm="https://auth.example.com/token",service=example']);
 * challenge.parameters.get('service'); // 'example'
 * ```
 */
export function parseChallenges(headers: readonly string[]): readonly HttpChallenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(text: string): OpenChallenge[] {
  const challenges: OpenChallenge[] = [];
  let offset = 0;

  function take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = offset;
    const match = pattern.exec(text) ?? undefined;
    if (match !== undefined) offset += match[0].length;
    return match;
  }

  function takeValue(): string {
    const quoted = take(QUOTED)?.[1];
    if (quoted !== undefined) return quoted.replace(/\\([\s\S]?)/g, '$1');
    return String(take(UNQUOTED)?.[0]);
  }

  take(SEPARATORS);
  while (offset < text.length) {
    const name = take(TOKEN)?.[0].toLowerCase();
    if (name === undefined) take(REST_OF_ELEMENT);
    else if (take(EQUALS) !== undefined) addParameter(challenges.at(-1), name, takeValue());
    else challenges.push(openChallenge(name, take(TOKEN68)?.[1]));
    take(SEPARATORS);
  }
  return challenges;
}

function openChallenge(scheme: string, token68: string | undefined): OpenChallenge {
  const parameters = new Map<string, string>();
  return token68 === undefined ? { scheme, parameters } : { scheme, token68, parameters };
}

function addParameter(challenge: OpenChallenge | undefined, name: string, value: string): void {
  if (challenge?.parameters.has(name) === false) challenge.parameters.set(name, value);
}
