import { expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { createKeyring, type CredentialProvider } from '../../../../src/index.ts';
import { Authorization } from '../../../../src/registry/index.ts';
import { providerOf } from '../../fakes/keyring-inputs.ts';
import { fakeRegistry, type RegistryScript } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';

test('An authorization prints as what it is, without its header', async () => {
  const world = fakeRegistry();
  const authorization = await world.authorize(IMAGE, world.keyring('u:p'));
  const fields = {
    registry: 'r.test',
    url: 'https://r.test/v2/team/app',
    scheme: 'bearer',
    header: '[redacted]',
    expiresAt: '2026-01-01T00:05:00.000Z',
    credential: { username: 'u', password: '[redacted]' },
  };
  expect(authorization.toJSON()).toMatchObject(fields);
  expect(JSON.parse(JSON.stringify(authorization))).toMatchObject(fields);
  expect(String(authorization)).toBe(`Authorization ${JSON.stringify(authorization)}`);
  expect(inspect(authorization, { depth: 0 })).toBe(
    "Authorization {\n  registry: 'r.test',\n  url: 'https://r.test/v2/team/app',\n  scheme: 'bearer',\n  header: '[redacted]',\n  expiresAt: '2026-01-01T00:05:00.000Z',\n  credential: [Object]\n}",
  );
});

test('One that is none prints what there is', () => {
  const fields = { registry: 'r.test', url: 'https://r.test/v2/app', scheme: 'none' } as const;
  const nothing = { header: undefined, credential: undefined, expiresAt: undefined };
  const authorization = new Authorization({ ...fields, ...nothing });
  expect(authorization.toJSON()).toEqual(fields);
  expect(authorization).toMatchObject({ ...fields, ...nothing });
});

/** When an authorization ends that was made of a credential with an end. */
async function ending(expiresAt: Date, script: RegistryScript = {}): Promise<Date | undefined> {
  const { system, authorize } = fakeRegistry(script);
  const provide: CredentialProvider['provide'] = async () => ({
    auth: { 'r.test': { username: 'u', password: 'p' } },
    cacheKeyType: 'Registry',
    expiresAt,
  });
  const providers = [providerOf('p', provide)];
  const keyring = createKeyring({ system, dockerConfig: false, providers });
  return (await authorize(IMAGE, keyring)).expiresAt;
}

test('It ends when the token does, or the credential that it was made of', async () => {
  const soon = new Date('2026-01-01T00:03:00Z');
  const later = new Date('2026-01-01T12:00:00Z');
  expect(await ending(soon)).toEqual(soon);
  expect(await ending(later)).toEqual(new Date('2026-01-01T00:05:00Z'));
  expect(await ending(later, { challenge: 'Basic' })).toEqual(later);
});

test('Two compare by all that they hold, and what a matcher clones can be printed', async () => {
  const { authorize, keyring } = fakeRegistry();
  const one = await authorize(IMAGE, keyring('u:p'));
  // It has another token.
  expect(one).not.toEqual(await authorize(IMAGE, keyring('u:p')));
  const { header, scheme, credential, expiresAt, registry, url } = one;
  const same = { header, scheme, credential, expiresAt, registry, url };
  expect(one).toEqual(new Authorization(same));
  expect(one).not.toEqual(new Authorization({ ...same, header: `${header}x` }));
  const members = Object.getOwnPropertyDescriptors(one);
  const clone = Object.create(Authorization.prototype, members) as Authorization;
  expect([clone.header, clone.url]).toEqual([undefined, undefined]);
  expect(JSON.stringify(clone)).toMatch(/"header":"\[redacted [\da-f]{32}\]"/);
});
