// What a provider or a helper gave and a registry refused is got anew, once.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, type Credential, type DockerKeyring } from '../../../../src/index.ts';
import { authorize, withCredentials, refused } from '../../../../src/registry/index.ts';
import type { RegistryLookupContext } from '../../../../src/registry/client/options.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { PATH } from '../../fakes/helper-world.ts';
import { POD, serviceAccountWorld } from '../../fakes/service-account-world.ts';
import { upstream, type Upstream } from '../../fakes/upstream.ts';
import { fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';
const MANIFEST = 'HEAD r.test/v2/team/app/manifests/1';
const REFUSED = '401 (UNAUTHORIZED: authentication required)';

interface Provided {
  readonly world: FakeRegistry;
  readonly source: Upstream;
  readonly keyring: DockerKeyring;
}

/** A provider whose passwords are `token-1`, `token-2`, …, and a registry that lets one of them in. */
function provided(password: string, sourceOptions = {}): Provided {
  const world = fakeRegistry({ challenge: 'Basic', users: { u: password, v: 'q' } });
  const { system } = world;
  const source = upstream(system, { lifeMs: 3_600_000, provider: sourceOptions });
  const keyring = createKeyring({ system, dockerConfig: false, providers: [source] });
  return { world, source, keyring };
}

describe('The credential of a provider', () => {
  test('that was refused is got anew, and works', async () => {
    const { world, source, keyring } = provided('token-2');
    const { credential } = await world.authorize(IMAGE, keyring);
    expect(credential?.password).toBe('token-2');
    expect(source.requests).toHaveLength(2);
    expect(world.asked()).toEqual([PING, `${MANIFEST} u:token-1`, `${MANIFEST} u:token-2`]);
  });

  test('that is refused again is not got a third time', async () => {
    const { world, source, keyring } = provided('none of them');
    const error = await rejection(world.authorize(IMAGE, keyring));
    const message = `${REFUSED}, as before it was renewed`;
    expect(error).toMatchObject({ attempts: [{ message, status: 401 }] });
    expect(source.requests).toHaveLength(2);
  });

  test('that is the same as before is not tried again', async () => {
    const same = { auth: { '*.test': { username: 'u', password: 'x' } } };
    const provide = async () => ({ ...same, cacheKeyType: 'Registry' as const });
    const { world, keyring } = provided('token-2', { provide });
    const error = await rejection(world.authorize(IMAGE, keyring));
    expect(error).toMatchObject({ attempts: [{ message: REFUSED }] });
    expect(world.asked()).toEqual([PING, `${MANIFEST} u:x`]);
  });

  test('that is not given any more has been refused', async () => {
    const { world, source, keyring } = provided('token-2');
    await keyring.lookup(IMAGE);
    source.failure = new Error('no more');
    const error = await rejection(world.authorize(IMAGE, keyring));
    expect(error).toMatchObject({ attempts: [{ message: REFUSED }] });
  });

  test('that the keyring does not have any more has been refused', async () => {
    const { world, keyring } = provided('token-2');
    const lookup = async (image: string, context?: RegistryLookupContext) =>
      context?.refused === undefined ? keyring.lookup(image, context) : [];
    const error = await rejection(world.authorize(IMAGE, { lookup }));
    expect(error).toMatchObject({ attempts: [{ message: REFUSED }] });
    expect(world.asked()).toEqual([PING, `${MANIFEST} u:token-1`]);
  });

  test('that was found nothing with is not got anew', async () => {
    const { world, source, keyring } = provided('token-1');
    await world.authorize('r.test/other', keyring);
    expect(source.requests).toHaveLength(1);
  });

  test('is got anew before the next is tried, which is tried all the same', async () => {
    const { world, source, keyring } = provided('none of them');
    const [first] = await keyring.lookup(IMAGE);
    const [second] = await world.keyring('v:q').lookup(IMAGE);
    const lookup = async (_image: string, context = {}): Promise<Credential[]> => {
      const [found] = await keyring.lookup(IMAGE, context);
      return [found, second].filter((one) => one !== undefined);
    };
    world.inject(/ v:q/, [{}]);
    const { credential } = await world.authorize(IMAGE, { lookup });
    expect([first?.username, credential?.username]).toEqual(['u', 'v']);
    expect(source.requests).toHaveLength(2);
    expect(world.asked()).toEqual([
      PING,
      `${MANIFEST} u:token-1`,
      `${MANIFEST} u:token-2`,
      `${MANIFEST} v:q`,
    ]);
  });

  test('is got anew where its token was refused, by the token server too', async () => {
    const world = fakeRegistry({ users: { u: 'token-2' } });
    const { system } = world;
    const source = upstream(system);
    const keyring = createKeyring({ system, dockerConfig: false, providers: [source] });
    expect((await world.authorize(IMAGE, keyring)).credential?.password).toBe('token-2');
    expect(world.asked()).toHaveLength(4);
  });

  test('is got anew for the same service account', async () => {
    const world = fakeRegistry({ challenge: 'Basic', users: { u: 'password-2' } });
    const { keyring, requests } = serviceAccountWorld();
    const { credential } = await world.authorize(IMAGE, keyring, { pod: POD });
    expect(credential).toMatchObject({
      password: 'password-2',
      source: { kind: 'service-account', name: 'sa' },
    });
    expect(requests).toHaveLength(2);
  });
});

test('the credential of a helper is got anew', async () => {
  const world = fakeRegistry({ challenge: 'Basic', users: { u: '2' } });
  let logins = 0;
  const system = {
    ...fakeSystem({
      files: { [PATH]: JSON.stringify({ credHelpers: { 'r.test': 'desktop' } }) },
      run: ({ stdin }) => {
        logins += 1;
        return { stdout: JSON.stringify({ ServerURL: stdin, Username: 'u', Secret: `${logins}` }) };
      },
    }),
    http: (request: HttpRequest) => world.system.http(request),
  };
  const keyring = createKeyring({ system, dockerConfig: { files: [PATH] }, providers: [] });
  const { credential } = await authorize(IMAGE, keyring, { system });
  expect(credential?.password).toBe('2');
});

test('what stands in a pull secret is not looked up again', async () => {
  const world = fakeRegistry();
  const keyring = world.keyring('u:old');
  let lookups = 0;
  const counting = {
    lookup: (image: string, context = {}) => {
      lookups += 1;
      return keyring.lookup(image, context);
    },
  };
  await rejection(world.authorize(IMAGE, counting));
  expect(lookups).toBe(1);
});

test('an attempt of the caller is given what was got anew', async () => {
  const { keyring } = provided('');
  const seen: unknown[] = [];
  const won = await withCredentials(IMAGE, keyring, async (credential) => {
    seen.push(credential?.password);
    return seen.length === 1 ? refused() : 'pulled';
  });
  expect([won, seen]).toEqual(['pulled', ['token-1', 'token-2']]);
});
