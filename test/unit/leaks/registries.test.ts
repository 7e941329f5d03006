// Registries and token servers that say back, wherever there is room for it, what they were sent: none of it gets into an
// error or what is printed of an authorization.

import { describe, expect, test } from '@jest/globals';
import { TimeoutError } from '../../../src/errors.ts';
import { createKeyring, type DockerKeyring } from '../../../src/index.ts';
import { authorize, createRegistrySession, registryFetch } from '../../../src/registry/index.ts';
import { HttpFailure } from '../../../src/system/http/http-failure.ts';
import type { HttpRequest } from '../../../src/system/system.ts';
import { casesOf } from '../fakes/amount.ts';
import { fakeSystem, type FakeReply, type FakeSystem } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth, secretWith } from '../fakes/keyring-inputs.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { shown } from './shown.ts';
import { played } from './watch.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;
const IMAGE = 'r.test/team/app:1';
/** What the token server hands out is as secret as what it takes. */
const BEARER = registryToken;

const ENTRIES: readonly object[] = [
  { auth: auth(USER, password) },
  { username: userToken, password: userToken },
  { identitytoken: identityToken },
  { username: USER, password, identitytoken: identityToken },
  { registrytoken: registryToken },
];

/** Everything secret that a request holds, in the forms in which it may come back. */
function secretsOf({ headers = {}, body = '' }: HttpRequest): string[] {
  const header = headers['authorization'] ?? '';
  const value = header.split(' ')[1] ?? '';
  const form = new URLSearchParams(body).get('refresh_token') ?? '';
  const pair = Buffer.from(value, 'base64').toString();
  const all = [header, value, form, body, pair, pair.split(':')[1] ?? ''];
  const present = [...new Set(all)].filter((one) => one !== '');
  return [...present, ...present.map((one) => Buffer.from(one).toString('base64'))];
}

const status = (code: number, reply: FakeReply): FakeReply => ({ status: code, ...reply });

/** Where a server says it. */
const ECHOES: Readonly<Record<string, (secret: string) => FakeReply>> = {
  'an error': (text) => status(401, { body: { errors: [{ code: text, message: text }] } }),
  'an error of OAuth': (text) =>
    status(400, { body: { error: 'access_denied', error_description: text } }),
  'an error that is unknown': (text) =>
    status(400, { body: { error: text, error_description: text } }),
  details: (text) => status(403, { body: { details: `no: ${text}!` } }),
  'nothing found': (text) => status(404, { body: { errors: [{ message: text }] } }),
  'a failure': (text) => status(500, { body: text, headers: { 'retry-after': text } }),
  'an overload': (text) => status(429, { body: text, headers: { 'retry-after': text } }),
  'a challenge': (text) =>
    status(401, { headers: { 'www-authenticate': `Bearer error="${text}"` } }),
  'a scheme': (text) => status(401, { headers: { 'www-authenticate': text } }),
  'another scope': (text) => challenge(`Bearer realm="https://auth.test/token",scope="${text}"`),
  'a service': (text) =>
    challenge(`Bearer realm="https://auth.test/token",scope="x",service="${text}"`),
  'a realm': (text) => challenge(`Bearer realm="${text}",scope="x"`),
  'a realm with a user': (text) => challenge(`Bearer realm="https://${text}@a.test/",scope="x"`),
  'a realm that is away': (text) => challenge(`Bearer realm="https://away.test/${text}",scope="x"`),
  'a realm that is late': (text) => challenge(`Bearer realm="https://late.test/${text}",scope="x"`),
  'a realm that is foreign': (text) =>
    challenge(`Bearer realm="https://foreign.test/${text}",scope="x"`),
  'a redirect': (text) => redirect(text),
  'a redirect by http': (text) => redirect(`http://a.test/${text}?${text}#${text}`),
  'a redirect with a user': (text) => redirect(`https://${text}:${text}@a.test/`),
  'a redirect to nowhere': (text) => redirect(`https://[${text}`),
  'a redirect to what is away': (text) => redirect(`https://away.test/${text}?${text}`),
  'a redirect to what is late': (text) => redirect(`https://late.test/${text}?${text}`),
  'a redirect to what is foreign': (text) => redirect(`https://foreign.test/${text}`),
  'a body that is no JSON': (text) => ({ body: text }),
};

function challenge(text: string): FakeReply {
  return { status: 401, headers: { 'www-authenticate': text } };
}

function redirect(location: string): FakeReply {
  return { status: 307, headers: { location } };
}

/** Fails as the real network does: with a message that names the path. */
function failHost({ url, method = 'GET' }: HttpRequest): void {
  const { hostname, origin, pathname } = new URL(url);
  const operation = `${method} ${origin}${pathname}`;
  const codes: Readonly<Record<string, string>> = {
    'away.test': 'ECONNREFUSED',
    'foreign.test': 'ERR_ADDRESS_KIND',
  };
  if (hostname === 'late.test') throw played(() => new TimeoutError(operation, 30_000));
  const code = codes[hostname];
  if (code === undefined) return;
  const cause = Object.assign(new Error(`connect ${code} 192.0.2.1:443`), { code });
  throw new HttpFailure('no way', { operation, cause });
}

type Place = 'token server' | 'registry';

/** A registry with a token server; one of them says what it was sent, in one form. */
function worldOf(place: Place, echo: (secret: string) => FakeReply, form: number): FakeSystem {
  return fakeSystem({
    http: (request) => {
      failHost(request);
      const { host, pathname } = new URL(request.url);
      const secrets = secretsOf(request);
      const secret = secrets[form % Math.max(secrets.length, 1)] ?? 'nothing';
      if (host === 'auth.test') {
        return place === 'token server' ? echo(secret) : { body: { token: BEARER } };
      }
      if (pathname !== '/v2/') return place === 'registry' ? echo(secret) : { status: 401 };
      return challenge('Bearer realm="https://auth.test/token",service="s"');
    },
  });
}

function keyringFor(system: FakeSystem, entry: object): DockerKeyring {
  const document = JSON.stringify({ auths: { 'r.test': entry } });
  const pullSecrets = [secretWith('regcred', document)];
  return createKeyring({ system, dockerConfig: false, providers: [], pullSecrets });
}

/** Everything that is said when a credential is used there. */
async function saidIn(system: FakeSystem, entry: object): Promise<string[]> {
  const session = createRegistrySession({ system, retries: 0 });
  const keyring = keyringFor(system, entry);
  const fetch = registryFetch(keyring, { session });
  const results = await Promise.allSettled([
    authorize(IMAGE, keyring, { session }),
    authorize(IMAGE, keyring, { session, anonymous: true, actions: ['push'] }),
    fetch('https://r.test/v2/team/app/manifests/1'),
  ]);
  const values = results.map((one) =>
    one.status === 'rejected' ? one.reason : authorizationIn(one),
  );
  return [...values, session].flatMap(shown);
}

/** A Response is the registry's own words, which a caller asked for. */
function authorizationIn({ value }: PromiseFulfilledResult<unknown>): unknown {
  return value instanceof Response ? undefined : value;
}

describe.each<Place>(['token server', 'registry'])('A %s says no secret', (place) => {
  test.each(Object.entries(ECHOES))('in %s', async (_name, echo) => {
    const cases = ENTRIES.flatMap((entry) =>
      Array.from({ length: 8 }, (_, form) => ({ entry, form })),
    );
    const leaks = await inOrder(casesOf(cases, 7), async ({ entry, form }) => {
      const texts = await saidIn(worldOf(place, echo, form), entry);
      const fragments = [...new Set([...new Set(texts)].flatMap(secretsIn))];
      return fragments.length === 0 ? [] : [{ entry, form, fragments }];
    });
    expect(leaks.flat()).toEqual([]);
  });
});

test('An authorization prints no secret, in whatever way, and has them where they are asked for', async () => {
  const system = fakeSystem({
    http: ({ url }) => {
      if (url.includes('auth.test')) return { body: { token: BEARER } };
      return url.endsWith('/v2/') ? challenge('Bearer realm="https://auth.test/token"') : {};
    },
  });
  const authorization = await authorize(IMAGE, keyringFor(system, ENTRIES[0] ?? {}), { system });
  const texts = [...shown(authorization), ...shown({ authorization }), String(authorization)];
  expect(texts.flatMap(secretsIn)).toEqual([]);
  expect(authorization.header).toBe(`Bearer ${BEARER}`);
  expect(authorization.credential?.password).toBe(password);
  expect(JSON.stringify(Object.assign({}, authorization))).not.toContain(BEARER);
  expect(JSON.parse(JSON.stringify(authorization))).toEqual({
    registry: 'r.test',
    url: 'https://r.test/v2/team/app',
    scheme: 'bearer',
    header: '[redacted]',
    expiresAt: '2026-01-01T00:01:00.000Z',
    credential: {
      username: USER,
      password: '[redacted]',
      key: 'r.test',
      source: { kind: 'pull-secret', namespace: 'ns', name: 'regcred', uid: 'uid-regcred' },
    },
  });
});
