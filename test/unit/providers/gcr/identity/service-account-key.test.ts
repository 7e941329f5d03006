import { describe, expect, test } from '@jest/globals';
import { gcr } from '../../../../../src/providers/gcr/gcr.ts';
import { ask, failureOf, googleSystem } from '../world.ts';

const IMAGE = 'gcr.io/acme/app';
const KEY = { type: 'service_account', client_email: 'a@b.iam', private_key: 'canary-key' };
const keyFile = '/etc/key.json';

describe("A service account's key", () => {
  test.each([
    ['an object', { key: KEY }, JSON.stringify(KEY)],
    ['a text', { key: `${JSON.stringify(KEY, null, 2)}\n` }, JSON.stringify(KEY, null, 2)],
    ['a file', { keyFile }, JSON.stringify(KEY)],
  ])('is the password itself, given as %s', async (_how, options, password) => {
    const system = googleSystem({ files: { [keyFile]: `${JSON.stringify(KEY)}\n` } });
    const answer = await gcr({ ...options, system, hosts: ['m.example'] }).provide(ask(IMAGE));
    const entry = { username: '_json_key', password };
    expect(answer).toMatchObject({ cacheKeyType: 'Registry', auth: { '*.pkg.dev': entry } });
    expect(Object.keys(answer?.auth ?? {})).toHaveLength(6);
    expect(answer).not.toHaveProperty('expiresAt');
    expect(system.requests).toEqual([]);
  });

  test('of a partner’s cloud goes to registries of partners alone', async () => {
    const key = { ...KEY, universe_domain: 'apis-lab.goog' };
    const answer = await gcr({ key, system: googleSystem() }).provide(ask('docker.lab.goog/a/b'));
    expect(Object.keys(answer?.auth ?? {})).toEqual(['docker.*.goog']);
  });

  test('goes to no other registry, and is not even read for one', async () => {
    const system = googleSystem();
    const provider = gcr({ keyFile, system, matchImages: ['*.io'] });
    expect(await provider.provide(ask('quay.io/acme/app'))).toBeUndefined();
    expect(system.touches).toEqual([]);
  });

  test('is read anew from its file each time', async () => {
    const system = googleSystem({ files: { [keyFile]: JSON.stringify(KEY) } });
    const provider = gcr({ keyFile, system });
    await provider.provide(ask(IMAGE));
    system.put(keyFile, JSON.stringify({ ...KEY, private_key: 'rotated' }));
    const answer = await provider.provide(ask(IMAGE));
    expect(answer?.auth['gcr.io']?.password).toContain('rotated');
  });

  test.each([
    ['{"private_key": canary}', `${keyFile} must be the JSON of a service-account key`],
    ['{"type": "authorized_user"}', `${keyFile} must be the key of a service account`],
  ])('is missed in a file with %s, of which nothing is repeated', async (text, message) => {
    const system = googleSystem({ files: { [keyFile]: text } });
    const failure = await failureOf(gcr({ keyFile, system }).provide(ask(IMAGE)));
    expect(failure.message).toContain(message);
    expect(failure.message).not.toContain('canary');
  });

  test('needs a file that is there and can be read', async () => {
    const system = googleSystem();
    const provider = gcr({ keyFile, system });
    await expect(provider.provide(ask(IMAGE))).rejects.toThrow(`there is no file ${keyFile}`);
    system.breakFile(keyFile, new Error('EACCES'));
    await expect(provider.provide(ask(IMAGE))).rejects.toThrow(`${keyFile} cannot be read`);
  });
});
