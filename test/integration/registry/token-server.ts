// The token server of registries: https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/, with users
// whose passwords and rights a test sets. docker-registry takes its tokens.

import { randomBytes } from 'node:crypto';
import type { TestAuthority } from '../../../src/testing/tls/certificates.ts';
import type { FakeReply, FakeRequest } from '../../../src/testing/fake-request.ts';
import { startFakeServer, type FakeServer } from '../../../src/testing/fake-server.ts';
import { forwardTo, type ForwardedPort } from './forwarded-port.ts';
import { signJwt, type Access } from './registry-jwt.ts';

/** Somebody who is known. */
interface TokenUser {
  readonly password: string;
  /** Beginnings of the repositories that they may pull. */
  readonly pulls: readonly string[];
  /** Whether they may push to these as well. */
  readonly pushes?: boolean;
}

/** An answer that was given, or refused. */
interface TokenExchange {
  readonly grant: 'anonymous' | 'basic' | 'password' | 'refresh_token';
  /** Whom it was given to; empty where nobody was recognised. */
  readonly user: string;
  /** What was asked for, separated by spaces. */
  readonly scope: string;
  readonly status: number;
}

/** A running token server. */
export interface TokenServer extends Pick<FakeServer, 'requests' | 'inject' | 'clearFaults'> {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** The authority that signs for its key, in PEM. */
  readonly ca: string;
  readonly exchanges: readonly TokenExchange[];
  /** Where it is reached: shut it, and nobody answers. */
  readonly port: ForwardedPort;
  /** For how long a registry takes the tokens. */
  acceptedForSeconds: number;
  /** The lifetime that answers claim; `undefined` for none. */
  claimedSeconds: number | undefined;
  setPassword(user: string, password: string): void;
  /** A refresh token, which is what Docker calls an identity token. */
  identityToken(user: string): string;
  /** A token that a registry takes as it is. */
  registryToken(user: string, repository: string): string;
  close(): Promise<void>;
}

/** How one is started. */
export interface TokenServerOptions {
  readonly authority: TestAuthority;
  /** Whether it speaks TLS. */
  readonly tls: boolean;
  readonly users: Readonly<Record<string, TokenUser>>;
  /** Beginnings of the repositories that anybody may pull. */
  readonly publicRepositories: readonly string[];
}

const SERVICE = 'registry.test';
const ISSUER = 'token-server.test';

/** Starts one. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { authority, tls } = options;
  const users = new Map(Object.entries(options.users));
  const certificate = authority.issue(['localhost', '127.0.0.1', 'token-server.test']);
  const refreshTokens = new Map<string, string>();
  const exchanges: TokenExchange[] = [];
  const handle = (request: FakeRequest): FakeReply => {
    const asked = readQuestion(request);
    if (asked === undefined) return refusal(400);
    const user = recognise(asked, { users, refreshTokens });
    const scope = asked.scopes.join(' ');
    const status = user === undefined ? 401 : 200;
    exchanges.push({ grant: asked.grant, user: user ?? '', scope, status });
    return user === undefined ? refusal(401) : { body: answer(user, asked) };
  };
  const answer = (user: string, { scopes, offline }: Question): object => {
    const token = tokenFor(user, scopes.map(parseScope));
    return {
      token,
      access_token: token,
      expires_in: server.claimedSeconds,
      issued_at: new Date().toISOString(),
      ...(offline ? { refresh_token: server.identityToken(user) } : {}),
    };
  };
  const tokenFor = (user: string, asked: readonly Access[]): string =>
    signJwt(
      {
        issuer: ISSUER,
        service: SERVICE,
        subject: user,
        access: asked.map((access) => granted(access, users.get(user), options)),
        acceptedForSeconds: server.acceptedForSeconds,
      },
      certificate,
    );
  const fake = await startFakeServer(handle, tls ? { tls: certificate } : {});
  const port = await forwardTo(fake.port);
  const server: TokenServer = {
    ...fake,
    // By name: crane refuses a realm that is a private address.
    realm: `${tls ? 'https' : 'http'}://localhost:${port.port}/token`,
    service: SERVICE,
    issuer: ISSUER,
    ca: authority.ca,
    exchanges,
    port,
    acceptedForSeconds: 300,
    claimedSeconds: 300,
    setPassword: (user, password) => {
      const { pulls = [], pushes = false } = users.get(user) ?? {};
      users.set(user, { password, pulls, pushes });
    },
    identityToken(user) {
      const token = `refresh-${randomBytes(16).toString('base64url')}`;
      refreshTokens.set(token, user);
      return token;
    },
    registryToken: (user, name) =>
      tokenFor(user, [{ type: 'repository', name, actions: ['pull'] }]),
    async close() {
      await port.shut();
      await fake.close();
    },
  };
  return server;
}

/** What a client wants, and how it says who it is. */
interface Question {
  readonly grant: TokenExchange['grant'];
  readonly scopes: readonly string[];
  readonly offline: boolean;
  readonly user: string;
  readonly secret: string;
}

/** `undefined` where the specification has no such request. */
function readQuestion({ method, path, query, headers, body }: FakeRequest): Question | undefined {
  if (path !== '/token') return undefined;
  if (method === 'POST') return readForm(new URLSearchParams(body));
  if (method !== 'GET' || query.get('service') !== SERVICE) return undefined;
  const basic = /^Basic (.+)$/.exec(headers['authorization'] ?? '')?.[1];
  const [user = '', ...secret] = Buffer.from(basic ?? '', 'base64')
    .toString()
    .split(':');
  return {
    grant: basic === undefined ? 'anonymous' : 'basic',
    scopes: splitScopes(query.getAll('scope')),
    offline: query.get('offline_token') === 'true',
    user,
    secret: secret.join(':'),
  };
}

function readForm(form: URLSearchParams): Question | undefined {
  const grant = form.get('grant_type');
  const isComplete = form.get('service') === SERVICE && form.get('client_id') !== null;
  if (!isComplete || (grant !== 'password' && grant !== 'refresh_token')) return undefined;
  return {
    grant,
    scopes: splitScopes(form.getAll('scope')),
    offline: form.get('access_type') === 'offline',
    user: form.get('username') ?? '',
    secret: form.get(grant) ?? '',
  };
}

function splitScopes(scopes: readonly string[]): string[] {
  return scopes.flatMap((scope) => scope.split(' ')).filter((scope) => scope !== '');
}

/** The user's name, empty for anybody; `undefined` for who is to be refused. */
function recognise(
  { grant, user, secret }: Question,
  known: {
    readonly users: ReadonlyMap<string, TokenUser>;
    readonly refreshTokens: ReadonlyMap<string, string>;
  },
): string | undefined {
  if (grant === 'anonymous') return '';
  if (grant === 'refresh_token') return known.refreshTokens.get(secret);
  return known.users.get(user)?.password === secret ? user : undefined;
}

function parseScope(scope: string): Access {
  const [, type = '', name = '', actions = ''] = /^(\w+):(.+):([\w,*]*)$/.exec(scope) ?? [];
  return { type, name, actions: actions.split(',') };
}

/** What of an access a user gets: less than was asked for is no error. */
function granted(
  { type, name, actions }: Access,
  user: TokenUser | undefined,
  { publicRepositories }: TokenServerOptions,
): Access {
  const isOne = (beginnings: readonly string[]): boolean =>
    type === 'repository' && beginnings.some((beginning) => name.startsWith(beginning));
  const isTheirs = isOne(user?.pulls ?? []);
  const allowed = new Set([
    ...(isTheirs || isOne(publicRepositories) ? ['pull'] : []),
    ...(isTheirs && user?.pushes === true ? ['push'] : []),
  ]);
  return { type, name, actions: actions.filter((action) => allowed.has(action)) };
}

function refusal(status: number): FakeReply {
  return { status, body: { errors: [{ code: 'UNAUTHORIZED', message: 'access denied' }] } };
}
