import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import { authorize, type RegistryAuthError } from '../../../../src/registry/index.ts';
import { auth } from '../../fakes/keyring-inputs.ts';
import { fakeRegistry, rejection } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';
const TOKEN = 'GET auth.test/token [repository:team/app:pull]';
const MANIFEST = 'HEAD r.test/v2/team/app/manifests/1';
const REFUSED = '401 (UNAUTHORIZED: incorrect username or password)';

describe('The candidates of an image', () => {
  test('are tried in the order of the keyring, until one is accepted', async () => {
    const world = fakeRegistry({ users: { u: 'p', v: 'q' } });
    const keyring = world.keyring('u:old', 'v:q', 'u:p', 'x:y');
    const authorization = await world.authorize(IMAGE, keyring);
    expect(authorization).toMatchObject({
      header: 'Bearer token-2',
      scheme: 'bearer',
      registry: 'r.test',
      url: 'https://r.test/v2/team/app',
      credential: { username: 'u', password: 'p', source: { name: 's3' } },
    });
    expect(world.asked()).toEqual([
      PING,
      `${TOKEN} u:old`,
      `${TOKEN} v:q`,
      `${MANIFEST} token-1`,
      `${TOKEN} u:p`,
      `${MANIFEST} token-2`,
    ]);
  });

  test('are told when all were refused, with what was said of each', async () => {
    const world = fakeRegistry({ users: { v: 'q' } });
    const keyring = world.keyring('u:old', 'v:q', 'u:old');
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, keyring));
    const said = '401 (UNAUTHORIZED: authentication required)';
    expect(error).toMatchObject({
      name: 'RegistryAuthError',
      registry: 'r.test',
      image: 'r.test/team/app',
      status: 401,
      attempts: [
        { candidate: 'secret ns/s1 (r.test)', key: 'r.test', status: 401, message: REFUSED },
        { source: { kind: 'pull-secret', name: 's2' }, status: 401, message: said },
        { status: 401, message: 'the same as candidate 1' },
      ],
    });
    expect(error.message).toBe(
      `r.test refused every candidate for r.test/team/app: 1. secret ns/s1 (r.test): ${REFUSED}; ` +
        `2. secret ns/s2 (r.test): ${said}; 3. secret ns/s3 (r.test): the same as candidate 1`,
    );
    expect(world.asked()).toHaveLength(4);
  });

  test('that are none mean that it is tried without', async () => {
    const world = fakeRegistry({ repositories: { 'team/app': ['*'] } });
    const authorization = await world.authorize(IMAGE, world.keyring());
    expect(authorization).toMatchObject({ header: 'Bearer token-1', credential: undefined });
    expect(world.asked()).toEqual([PING, TOKEN, `${MANIFEST} token-1`]);
  });

  test('that are none and a registry that refuses are told as such', async () => {
    const world = fakeRegistry();
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, world.keyring()));
    expect(error.attempts).toEqual([
      {
        candidate: 'no credentials',
        status: 401,
        message: '401 (UNAUTHORIZED: authentication required)',
      },
    ]);
  });

  test('that were refused are no reason to try without, as for a kubelet, but if it is asked for', async () => {
    const world = fakeRegistry({ repositories: { 'team/app': ['*'] } });
    const keyring = world.keyring('u:old');
    await expect(world.authorize(IMAGE, keyring)).rejects.toThrow(REFUSED);
    await expect(world.authorize(IMAGE, keyring, { anonymous: false })).rejects.toThrow(REFUSED);
    const { credential, header } = await world.authorize(IMAGE, keyring, { anonymous: true });
    expect([credential, header]).toEqual([undefined, 'Bearer token-1']);
  });

  test('that are empty go without a header, and are the same as none', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring({ username: '', password: '' });
    const options = { anonymous: true };
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, keyring, options));
    expect(error.attempts).toMatchObject([
      { candidate: 'secret ns/s1 (empty, r.test)' },
      { candidate: 'no credentials', message: 'the same as candidate 1' },
    ]);
    expect(world.asked()).toEqual([PING, TOKEN, `${MANIFEST} token-1`]);
  });

  test('are looked up for the pod, and with a signal', async () => {
    const world = fakeRegistry();
    const [credential] = await world.keyring('u:p').lookup(IMAGE);
    const pod = { namespace: 'ns', name: 'pod', uid: 'u', serviceAccountName: 'sa' };
    const seen: unknown[] = [];
    const lookup = async (...all: unknown[]) => {
      seen.push(...all);
      return credential === undefined ? [] : [credential];
    };
    await world.authorize(IMAGE, { lookup }, { pod });
    expect(seen).toEqual([IMAGE, { pod, signal: expect.any(AbortSignal) }]);
  });

  test('cannot be told where the lookup fails', async () => {
    const world = fakeRegistry();
    const keyring = { lookup: () => Promise.reject(new Error('no keyring today')) };
    await expect(world.authorize(IMAGE, keyring)).rejects.toThrow('no keyring today');
  });
});

describe('A registry that says "not found"', () => {
  const said = { status: 404, body: { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'no' }] } };

  test('may say so to one who may not pull: the next is tried', async () => {
    const world = fakeRegistry({ users: { u: 'p', v: 'q' } });
    world.inject(/HEAD .* token-1/, [said]);
    const { credential } = await world.authorize(IMAGE, world.keyring('v:q', 'u:p'));
    expect(credential?.username).toBe('u');
  });

  test('has let in the first of those to whom it said so, when no other does better', async () => {
    const world = fakeRegistry({ users: { u: 'p', v: 'q' }, repositories: {} });
    const keyring = world.keyring('x:y', 'v:q', 'u:p', 'z:z');
    const { header, credential } = await world.authorize(IMAGE, keyring);
    expect([header, credential?.username]).toEqual(['Bearer token-1', 'v']);
  });

  test('by its token server has let in nobody', async () => {
    const world = fakeRegistry({ repositories: {} });
    world.inject(/token.* x:y/, [{ status: 404, body: 'gone' }], true);
    const { credential } = await world.authorize(IMAGE, world.keyring('x:y', 'u:p'));
    expect(credential?.username).toBe('u');
    const refused = world.authorize('r.test/other:1', world.keyring('x:y'));
    expect(await rejection(refused)).toMatchObject({ attempts: [{ status: 404, message: '404' }] });
  });

  test('of a tag says nothing of another tag', async () => {
    const world = fakeRegistry();
    world.inject(/manifests\/0/, [said], true);
    const keyring = world.keyring('u:p');
    await world.authorize('r.test/team/app:0', keyring);
    await world.authorize('r.test/team/app:0', keyring);
    await world.authorize(IMAGE, keyring);
    expect(world.asked().filter((line) => line.startsWith('HEAD'))).toEqual([
      'HEAD r.test/v2/team/app/manifests/0 token-1',
      'HEAD r.test/v2/team/app/manifests/0 token-1',
      `${MANIFEST} token-1`,
    ]);
  });

  test('and then fails is not taken at its word', async () => {
    const world = fakeRegistry({ users: { u: 'p', v: 'q' }, repositories: {} });
    world.inject(/HEAD .* token-2/, [{ status: 500 }]);
    const failed = world.authorize(IMAGE, world.keyring('v:q', 'u:p'));
    await expect(failed).rejects.toThrow('r.test cannot be asked: it answers 500');
  });
});

describe('What is to be done', () => {
  test('is to pull, tried by the manifest of the tag, or of the digest', async () => {
    const world = fakeRegistry();
    const digest = `sha256:${'a'.repeat(64)}`;
    await world.authorize(`r.test/team/app:1@${digest}`, world.keyring('u:p'));
    await world.authorize('r.test/team/app', world.keyring('u:p'));
    expect(world.asked().filter((line) => line.startsWith('HEAD'))).toEqual([
      `HEAD r.test/v2/team/app/manifests/${digest} token-1`,
      'HEAD r.test/v2/team/app/manifests/latest token-2',
    ]);
  });

  test('may be something else, which is tried at the registry itself', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring, { actions: ['push'] });
    await world.authorize(IMAGE, keyring, { actions: ['pull', 'push'] });
    expect(world.asked()).toEqual([
      PING,
      'GET auth.test/token [repository:team/app:push] u:p',
      `${PING} token-1`,
      'GET auth.test/token [repository:team/app:pull,push] u:p',
      `${MANIFEST} token-2`,
    ]);
  });
});

describe('A mistake of the caller is a TypeError that says what to do', () => {
  const keyring = createKeyring({ dockerConfig: false, providers: [] });

  test.each<[object, RegExp]>([
    [{ colour: 1 }, /^authorize: there is no option "colour"; there are .*actions, fresh$/],
    [{ actions: 'pull' }, /^authorize: actions must be an array of actions, such as \['pull'\]$/],
    [{ actions: [] }, /actions must be an array/],
    [{ actions: ['pull,push'] }, /actions must be an array/],
    [{ fresh: 1 }, /fresh must be true or false/],
    [{ anonymous: 'yes' }, /anonymous must be true or false/],
    [{ insecureRegistries: 'r.test' }, /insecureRegistries must be an array of hosts, such as/],
    [{ insecureRegistries: ['http://r.test'] }, /insecureRegistries must be an array of hosts/],
    [{ trustedRealms: [5] }, /trustedRealms must be an array of hosts/],
    [{ ca: 'PEM' }, /ca must be certificates in PEM/],
    [{ ca: ['-----BEGIN CERTIFICATE-----', 5] }, /ca must be certificates in PEM/],
    [{ timeoutMs: 0 }, /timeoutMs must be a number of milliseconds above 0/],
    [{ retries: -1 }, /retries must be a number from 0 on/],
    [{ retries: 0.5 }, /retries must be a number from 0 on/],
    [{ system: 5 }, /system must be a System/],
    [{ session: 5 }, /session must be an object of its kind/],
    [{ session: {} }, /^authorize: session must come from createRegistrySession\(\)$/],
    [{ pod: 5 }, /pod must be an object/],
    [{ signal: 5 }, /signal must be an object/],
  ])('options %p', async (options, message) => {
    const error = await rejection(authorize(IMAGE, keyring, options));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });

  test.each([undefined, {}, { lookup: 5 }])('keyring %p', async (wrong) => {
    const rejected = authorize(IMAGE, wrong as never);
    await expect(rejected).rejects.toThrow(
      new TypeError('authorize: the keyring must have lookup()'),
    );
  });

  test('options that are none, and no image', async () => {
    const rejected = authorize(IMAGE, keyring, 5 as never);
    await expect(rejected).rejects.toThrow('authorize: the options must be an object');
    await expect(authorize('A b', keyring)).rejects.toThrow('Invalid image reference');
  });
});

test('a signal that is aborted ends it, before and in between', async () => {
  const world = fakeRegistry();
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(world.authorize(IMAGE, world.keyring(), { signal })).rejects.toThrow('enough');
  expect(world.asked()).toEqual([]);

  const caller = new AbortController();
  world.inject(/HEAD/, [
    () => {
      caller.abort(new Error('enough'));
      return { status: 401 };
    },
  ]);
  const ended = world.authorize(IMAGE, world.keyring('u:p', 'v:q'), { signal: caller.signal });
  await expect(ended).rejects.toThrow('enough');
  expect(world.asked()).toEqual([PING, `${TOKEN} u:p`, `${MANIFEST} token-1`]);
});

test('passwords that are not UTF-8 are sent as they are', async () => {
  const world = fakeRegistry({ challenge: 'Basic' });
  const bytes = Buffer.from([0x75, 0x3a, 0xff]).toString('base64');
  await rejection(world.authorize(IMAGE, world.keyring({ auth: bytes })));
  const sent = world.system.requests.at(-1)?.headers?.['authorization'];
  expect(sent).toBe(`Basic ${bytes}`);
  expect(auth('u')).not.toBe(bytes);
});
