// A registry and its token server in memory: who may pull what, and everything that they were asked.

import { createKeyring, type DockerKeyring } from '../../../../src/index.ts';
import {
  authorize,
  type Authorization,
  type AuthorizeOptions,
} from '../../../../src/registry/index.ts';
import { own } from '../../../../src/util/own.ts';
import type { RegistryKeyring } from '../../../../src/registry/client/options.ts';
import type { AddressKind, HttpRequest } from '../../../../src/system/system.ts';
import { fakeSystem, type FakeReply, type FakeSystem } from '../../fakes/fake-system.ts';
import { auth, secretWith } from '../../fakes/keyring-inputs.ts';
import { settle } from '../../fakes/upstream.ts';

/** How they behave: as distribution does, unless something else is said. What is given may change later. */
export interface RegistryScript {
  /** @defaultValue `r.test` */
  readonly host?: string;
  /** As images name it, where that is another. */
  readonly name?: string;
  /** What is asked for; `none` for a registry that is open. */
  readonly challenge?: string | readonly string[];
  /** @defaultValue `https://auth.test/token` */
  readonly realm?: string;
  /** @defaultValue `{ u: 'p' }` */
  readonly users?: Readonly<Record<string, string>>;
  /** Whose they are. */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /** Who may pull; `*` is everybody. Default: `{ 'team/app': ['u'] }`. */
  readonly repositories?: Readonly<Record<string, readonly string[]>>;
  /** What a token server says beside the token; by default `{ expires_in: 300 }`. */
  readonly token?: Readonly<Record<string, unknown>>;
  /** Where hosts are; by default in public. */
  readonly addresses?: Readonly<Record<string, AddressKind>>;
  /** Whether a proxy stands between, so that nobody sees an address. */
  readonly isProxied?: boolean;
}

/** What is answered in place of the registry's own answer; an error means that no answer comes. */
export type Instead = FakeReply | Error | ((request: HttpRequest) => FakeReply);

/** The registry, with handles. */
export interface FakeRegistry {
  readonly system: FakeSystem;
  /** What was asked since the last time: `GET auth.test/token [repository:team/app:pull] u:p`. */
  readonly asked: () => string[];
  /** When that was, on the clock. */
  readonly times: () => number[];
  /** Lets requests be answered otherwise, one after the other; the last answer is given again when `isLasting`. */
  readonly inject: (when: RegExp, answers: readonly Instead[], isLasting?: boolean) => void;
  /** Ends all tokens before their time. */
  readonly revoke: () => void;
  /** A keyring with a pull secret for each: `u:p`, or the members of an entry. */
  readonly keyring: (...entries: readonly (string | object)[]) => DockerKeyring;
  /** `authorize` in this world. */
  readonly authorize: (
    image: string,
    keyring: RegistryKeyring,
    options?: AuthorizeOptions,
  ) => Promise<Authorization>;
}

interface Token {
  readonly user: string;
  readonly scopes: readonly string[];
  readonly untilMs: number;
}

const EVERYBODY = '*';
const NOBODY = '';

/** Makes a world with one registry. */
export function fakeRegistry(given: RegistryScript = {}): FakeRegistry {
  const script = own(given);
  const { host = 'r.test', realm = 'https://auth.test/token' } = script;
  const log: { readonly line: string; readonly atMs: number }[] = [];
  const injected: { when: RegExp; answers: Instead[]; isLasting: boolean }[] = [];
  const tokens = new Map<string, Token>();
  let issued = 0;
  const nextNumber = (): number => (issued += 1);
  const system = fakeSystem({ http: answer });

  function answer(request: HttpRequest): FakeReply {
    const line = lineOf(request);
    log.push({ line, atMs: system.monotonicMs() });
    const { host: asked } = new URL(request.url);
    const kind = script.addresses?.[asked] ?? 'public';
    if (request.addresses?.includes(kind) === false) throw failure('ERR_ADDRESS_KIND');
    const reply = injectedFor(line, request) ?? ownReply(asked, request);
    return script.isProxied === true ? reply : { address: kind, ...reply };
  }

  function injectedFor(line: string, request: HttpRequest): FakeReply | undefined {
    const found = injected.find(({ when, answers }) => when.test(line) && answers.length > 0);
    if (found === undefined) return undefined;
    const isKept = found.isLasting && found.answers.length === 1;
    const [instead] = isKept ? found.answers : found.answers.splice(0, 1);
    if (instead instanceof Error) throw instead;
    return typeof instead === 'function' ? instead(request) : instead;
  }

  function ownReply(asked: string, request: HttpRequest): FakeReply {
    const url = new URL(request.url);
    if (asked === new URL(realm).host && url.pathname === new URL(realm).pathname) {
      return tokenReply(script, system, { request, tokens, nextNumber });
    }
    if (asked !== host) throw failure('ENOTFOUND');
    return registryReply(script, realm, { request, tokens, nowMs: system.now() });
  }

  return {
    system,
    asked: () => log.splice(0).map(({ line }) => line),
    times: () => log.splice(0).map(({ atMs }) => atMs),
    inject: (when, answers, isLasting = false) =>
      void injected.unshift({ when, answers: [...answers], isLasting }),
    revoke: () => tokens.clear(),
    keyring: (...entries) =>
      createKeyring({
        system,
        dockerConfig: false,
        providers: [],
        pullSecrets: entries.map((entry, index) => secretFor(script.name ?? host, entry, index)),
      }),
    authorize: (image, keyring, options) =>
      authorize(image, keyring, { system, retries: 0, ...options }),
  };
}

/** The challenge of a registry, and where its token server is. */
export function bearer(
  realm: string,
  service: string,
): Pick<RegistryScript, 'realm' | 'challenge'> {
  return { realm, challenge: `Bearer realm="${realm}",service="${service}"` };
}

/** A failure of the network, as Node names it. */
export function failure(code: string): Error {
  return Object.assign(new Error(`${code} happened`), { code });
}

/** Waits for work that waits for the clock, and moves the clock as long as it does. */
export async function untilDone<T>(system: FakeSystem, work: Promise<T>): Promise<T> {
  let isDone = false;
  const watch = async (): Promise<void> => {
    await Promise.allSettled([work]);
    isDone = true;
  };
  void watch();
  const tick = async (): Promise<void> => {
    await settle();
    if (isDone) return undefined;
    system.advance(25);
    return tick();
  };
  await tick();
  return work;
}

/** What work rejects with. */
export async function rejection<T = Error>(work: Promise<unknown>): Promise<T> {
  return await work.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: unknown) => error as T,
  );
}

function secretFor(host: string, entry: string | object, index: number): object {
  const [username = '', password = ''] = typeof entry === 'string' ? entry.split(':') : [];
  const value = typeof entry === 'string' ? { auth: auth(username, password) } : entry;
  return secretWith(`s${index + 1}`, JSON.stringify({ auths: { [host]: value } }));
}

function lineOf({ url, method = 'GET', headers = {}, body = '' }: HttpRequest): string {
  const { host, pathname, searchParams, protocol } = new URL(url);
  const scopes = [...searchParams.getAll('scope'), ...new URLSearchParams(body).getAll('scope')];
  const scope = scopes.length === 0 ? '' : ` [${scopes.join(' ')}]`;
  const insecure = protocol === 'http:' ? 'http://' : '';
  return `${method} ${insecure}${host}${pathname}${scope}${whoIn(headers['authorization'])}`;
}

function whoIn(header: string | undefined): string {
  if (header === undefined) return '';
  const [scheme, value = ''] = header.split(' ');
  return ` ${scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value}`;
}

interface Exchange {
  readonly request: HttpRequest;
  readonly tokens: Map<string, Token>;
  /** Of the next token. */
  readonly nextNumber: () => number;
}

function userOf({ users = { u: 'p' } }: RegistryScript, header: string): string | undefined {
  const [user = '', password] = Buffer.from(header.replace('Basic ', ''), 'base64')
    .toString()
    .split(':');
  return password !== undefined && users[user] === password ? user : undefined;
}

function tokenReply(
  script: RegistryScript,
  { now }: Pick<FakeSystem, 'now'>,
  { request, tokens, nextNumber }: Exchange,
): FakeReply {
  const { method = 'GET', headers = {}, body = '', url } = request;
  const form = new URLSearchParams(body);
  const query = new URL(url).searchParams;
  const header = headers['authorization'];
  const ofHeader = header === undefined ? NOBODY : userOf(script, header);
  const ofToken = script.identityTokens?.[String(form.get('refresh_token'))];
  const user = method === 'POST' ? ofToken : ofHeader;
  if (user === undefined) {
    const message = 'incorrect username or password';
    return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message }] } };
  }
  const scopes = [...query.getAll('scope'), ...form.getAll('scope')];
  const { token: said = { expires_in: 300 } } = script;
  const lifeMs = Number(said['expires_in'] ?? 60) * 1000;
  const token = `token-${nextNumber()}`;
  tokens.set(token, { user, scopes, untilMs: now() + lifeMs });
  return { body: { token, ...said } };
}

function registryReply(
  script: RegistryScript,
  realm: string,
  { request, tokens, nowMs }: Omit<Exchange, 'nextNumber'> & { readonly nowMs: number },
): FakeReply {
  const { repositories = { 'team/app': ['u'] } } = script;
  const { pathname } = new URL(request.url);
  const [, repository, rest] = /^\/v2\/(.+)\/(\w+\/.+)$/.exec(pathname) ?? [];
  const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
  const { challenge = `Bearer realm="${realm}",service="svc"${scope}` } = script;
  const user = personOf(script, request, (token) => {
    const found = tokens.get(token);
    const isFor = found?.scopes.some((one) => one.startsWith(`repository:${repository}:`)) === true;
    const isValid = found !== undefined && nowMs < found.untilMs;
    return isValid && (repository === undefined || isFor) ? found.user : undefined;
  });
  const challenged = {
    status: 401,
    headers: { 'www-authenticate': challenge },
    body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
  };
  if (user === undefined) return challenged;
  if (repository === undefined) return {};
  const allowed = repositories[repository];
  if (allowed === undefined) return { status: 404, body: { errors: [{ code: 'NAME_UNKNOWN' }] } };
  if (![user, EVERYBODY].some((one) => allowed.includes(one))) return challenged;
  return { body: `${rest} of ${repository}`, headers: { 'docker-content-digest': 'sha256:1' } };
}

/** Who asks; `undefined` for who is not let in. */
function personOf(
  script: RegistryScript,
  { headers = {} }: HttpRequest,
  userOfToken: (token: string) => string | undefined,
): string | undefined {
  const header = headers['authorization'] ?? '';
  if (header.startsWith('Bearer ')) return userOfToken(header.slice('Bearer '.length));
  if (header.startsWith('Basic ')) return userOf(script, header);
  return script.challenge === 'none' ? NOBODY : undefined;
}
