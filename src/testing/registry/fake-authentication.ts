// Who may do what at a fake registry, with Basic or with the bearer tokens of its own token server
// (distribution's docs/content/spec/auth/token.md and oauth.md).

import { randomUUID } from 'node:crypto';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { errorReply } from './error-reply.ts';
import type { TestCertificate } from '../tls/certificates.ts';

/** How a fake registry authenticates. */
export interface FakeAuthenticationOptions {
  /**
   * Passwords by user name. Without users, everybody may pull everything.
   *
   * @defaultValue none
   */
  readonly users?: Readonly<Record<string, string>>;
  /** Identity (refresh) tokens, and the user of each. Only for `auth: 'bearer'`. */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /**
   * Who may pull from a repository: user names, or `*` for everybody without a credential.
   *
   * @defaultValue every user may pull from every repository
   */
  readonly access?: Readonly<Record<string, readonly string[]>>;
  /**
   * How the registry authenticates: with user name and password, or with the tokens of its own token server at `/token`.
   *
   * @defaultValue `'bearer'`
   */
  readonly auth?: 'basic' | 'bearer';
  /**
   * How long a token is valid, in seconds.
   *
   * @defaultValue 300
   */
  readonly tokenSeconds?: number;
  /**
   * Serves TLS with this certificate.
   *
   * @defaultValue http
   */
  readonly tls?: TestCertificate;
  /**
   * The clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

type AuthenticationOptions = FakeAuthenticationOptions & { readonly now: () => number };

/** Authentication and authorization of one registry. */
export interface Authentication {
  /** The tokens that were issued, oldest first. */
  readonly tokens: readonly string[];
  revokeTokens(): void;
  /** @param repository - `undefined` for the registry itself, `/v2/`. */
  isAuthorized(request: FakeRequest, repository: string | undefined): boolean;
  challengeReply(request: FakeRequest, repository: string | undefined): FakeReply;
  tokenReply(request: FakeRequest): FakeReply;
}

interface Token {
  readonly repositories: readonly string[];
  readonly untilMs: number;
}

const EVERYBODY = '*';
const DEFAULT_TOKEN_SECONDS = 300;

/** Makes it. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { users, auth, now, tls, tokenSeconds = DEFAULT_TOKEN_SECONDS } = options;
  const valid = new Map<string, Token>();
  const tokens: string[] = [];
  const isBasic = auth === 'basic';

  function isAuthorizedByToken(token: string, repository: string | undefined): boolean {
    const found = valid.get(token);
    if (found === undefined || found.untilMs <= now()) return false;
    return repository === undefined || found.repositories.includes(repository);
  }

  function issue(repositories: readonly string[]): FakeReply {
    const token = randomUUID();
    valid.set(token, { repositories, untilMs: now() + tokenSeconds * 1000 });
    tokens.push(token);
    return { body: { token, access_token: token, expires_in: tokenSeconds } };
  }

  return {
    tokens,
    revokeTokens: () => valid.clear(),
    isAuthorized({ headers }, repository) {
      if (users === undefined) return true;
      const { scheme, value } = authorizationIn(headers);
      if (!isBasic) return scheme === 'bearer' && isAuthorizedByToken(value, repository);
      const user = scheme === 'basic' ? userOf(options, value) : undefined;
      return repository === undefined ? user !== undefined : mayPull(options, repository, user);
    },
    challengeReply({ host }, repository) {
      const origin = `${tls === undefined ? 'http' : 'https'}://${host}`;
      const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
      const challenge = isBasic
        ? 'Basic realm="fake registry"'
        : `Bearer realm="${origin}/token",service="${host}"${scope}`;
      return { ...errorReply(401, 'UNAUTHORIZED'), headers: { 'www-authenticate': challenge } };
    },
    tokenReply(request) {
      const isPost = request.method === 'POST';
      const form = isPost ? new URLSearchParams(request.body) : request.query;
      const given = isPost ? userOfGrant(options, form) : userOfHeader(options, request);
      if (given === WRONG) return errorReply(401, 'UNAUTHORIZED');
      const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
      const asked = scopes.flatMap((one) => /^repository:(.+):[^:]*$/.exec(one)?.[1] ?? []);
      return issue(asked.filter((repository) => mayPull(options, repository, given)));
    },
  };
}

function authorizationIn({ authorization = '' }: FakeRequest['headers']): {
  readonly scheme: string;
  readonly value: string;
} {
  const space = authorization.indexOf(' ');
  const scheme = authorization.slice(0, Math.max(space, 0)).toLowerCase();
  return { scheme, value: authorization.slice(space + 1) };
}

/** The user of Basic credentials; `undefined` where they are wrong. */
function userOf(
  { users }: Pick<AuthenticationOptions, 'users'>,
  basic: string,
): string | undefined {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const password = new Map(Object.entries({ ...users })).get(text.slice(0, Math.max(colon, 0)));
  return password === text.slice(colon + 1) ? text.slice(0, colon) : undefined;
}

function mayPull(
  { access }: AuthenticationOptions,
  repository: string,
  user: string | undefined,
): boolean {
  if (access === undefined) return user !== undefined;
  const allowed = new Map(Object.entries(access)).get(repository);
  return [user, EVERYBODY].some((one) => one !== undefined && allowed?.includes(one) === true);
}

/** In place of a user: a credential that is refused. Without a credential, the user is `undefined`. */
const WRONG: unique symbol = Symbol('wrong');

function userOfHeader(
  options: AuthenticationOptions,
  { headers }: FakeRequest,
): string | undefined | typeof WRONG {
  const { scheme, value } = authorizationIn(headers);
  return scheme === 'basic' ? (userOf(options, value) ?? WRONG) : undefined;
}

function userOfGrant(options: AuthenticationOptions, form: URLSearchParams): string | typeof WRONG {
  const field = (name: string): string => String(form.get(name));
  if (field('grant_type') === 'refresh_token') {
    const users = new Map(Object.entries({ ...options.identityTokens }));
    return users.get(field('refresh_token')) ?? WRONG;
  }
  const pair = `${field('username')}:${field('password')}`;
  return userOf(options, Buffer.from(pair).toString('base64')) ?? WRONG;
}
