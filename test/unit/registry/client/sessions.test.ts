// Who shares what was got, and how a session is made.

import { describe, expect, test } from '@jest/globals';
import { createRegistrySession, type AuthorizeOptions } from '../../../../src/registry/index.ts';
import { secretWith } from '../../fakes/keyring-inputs.ts';
import { fakeRegistry, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';
const TOKEN = 'GET auth.test/token [repository:team/app:pull]';

function secretFor(password: string) {
  return secretWith(password, JSON.stringify({ auths: { 'r.test': { username: 'u', password } } }));
}

describe('Nothing that was got with one credential is for who has another', () => {
  test.each([
    ['whose sessions are their own', () => ({})],
    [
      'who share a session',
      (world: FakeRegistry) => ({
        session: createRegistrySession({ system: world.system, retries: 0 }),
      }),
    ],
  ])('of tenants %s', async (_name, optionsOf) => {
    const world = fakeRegistry();
    const options: AuthorizeOptions = optionsOf(world);
    const base = world.keyring();
    const [right, wrong, none] = [[secretFor('p')], [secretFor('x')], []].map((secrets) =>
      base.withPullSecrets(secrets),
    );
    if (right === undefined || wrong === undefined || none === undefined) throw new Error('no');
    const { header } = await world.authorize(IMAGE, right, options);
    expect(header).toBe('Bearer token-1');
    await expect(world.authorize(IMAGE, wrong, options)).rejects.toThrow('secret ns/x (r.test)');
    await expect(world.authorize(IMAGE, none, options)).rejects.toThrow('no credentials');
    expect((await world.authorize(IMAGE, right, options)).header).toBe(header);
    const tokens = world.asked().filter((line) => line.startsWith(TOKEN));
    expect(tokens).toEqual([`${TOKEN} u:p`, `${TOKEN} u:x`, TOKEN]);
  });
});

describe('A session', () => {
  test('is shared by keyrings that are given it', async () => {
    const world = fakeRegistry();
    const session = createRegistrySession({ system: world.system });
    expect(session).toEqual({ kind: 'registry-session' });
    await world.authorize(IMAGE, world.keyring('u:p'), { session });
    world.asked();
    await world.authorize(IMAGE, world.keyring('u:p'), { session });
    expect(world.asked()).toEqual([]);
  });

  test('is one for each keyring and way to reach registries otherwise', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring, { trustedRealms: ['a.test'] });
    world.asked();
    await world.authorize(IMAGE, keyring, { trustedRealms: ['a.test'] });
    expect(world.asked()).toEqual([]);
    await world.authorize(IMAGE, keyring, { trustedRealms: ['b.test'] });
    await world.authorize(IMAGE, world.keyring('u:p'), { trustedRealms: ['a.test'] });
    expect(world.asked().filter((line) => line === PING)).toHaveLength(2);
    const other = fakeRegistry();
    await other.authorize(IMAGE, keyring, { trustedRealms: ['a.test'] });
    expect(other.asked()).toHaveLength(3);
  });

  test('is made of options that are right', () => {
    const make = createRegistrySession as (options?: object) => unknown;
    expect(make()).toEqual({ kind: 'registry-session' });
    expect(() => make({ session: {} })).toThrow(
      'createRegistrySession: there is no option "session"; there are insecureRegistries, ca',
    );
    expect(() => make({ timeoutMs: '1' })).toThrow(TypeError);
  });

  test('says of each request how it is to be sent', async () => {
    const world = fakeRegistry();
    const ca = ['-----BEGIN CERTIFICATE-----\na', '-----BEGIN CERTIFICATE-----\nb'];
    const session = createRegistrySession({ system: world.system, timeoutMs: 7, ca });
    await world.authorize(IMAGE, world.keyring('u:p'), { session });
    const one = createRegistrySession({ system: world.system, ca: '-----BEGIN CERTIFICATE-----' });
    await world.authorize(IMAGE, world.keyring('u:p'), { session: one });
    const sent = world.system.requests.map((request) => [request.timeoutMs, request.ca]);
    expect(sent.slice(0, 3)).toEqual([7, 7, 7].map((ms) => [ms, ca.join('\n')]));
    expect(sent[3]).toEqual([30_000, '-----BEGIN CERTIFICATE-----']);
  });
});
