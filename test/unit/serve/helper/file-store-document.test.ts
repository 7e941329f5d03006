import { describe, expect, test } from '@jest/globals';
import { createFileStore, readStored } from '../../../../src/serve/helper/file-store.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { auth } from '../../fakes/keyring-inputs.ts';

const PATH = '/data/store.json';
const ADA = { auth: auth('ada', 'canary') };

function storeOf(document: string) {
  const system = fakeSystem({ files: { [PATH]: document } });
  const written = (): unknown => JSON.parse(String(system.textOf(PATH)));
  return { store: createFileStore(PATH, system), written };
}

describe('A document that is written again', () => {
  test('keeps the logins of every "auths" in it, however it is spelt', async () => {
    const { store, written } = storeOf(
      `{"auths":{"a.test":${JSON.stringify(ADA)}},"other":{"n":[1]},"Auths":{"b.test":{"auth":"${ADA.auth}","x":1}},"AUTHS":{}}`,
    );
    await store.store({ server: 'c.test', username: 'ada', secret: 'canary' });
    expect(written()).toEqual({
      other: { n: [1] },
      auths: { 'a.test': ADA, 'b.test': { ...ADA, x: 1 }, 'c.test': ADA },
    });
    await store.erase('a.test');
    await store.erase('b.test');
    expect(written()).toEqual({ other: { n: [1] }, auths: { 'c.test': ADA } });
  });

  test.each(['', ' ', 'null', '{"auths":{"a.test":{}},"Auths":null}'])(
    'is empty where it holds %j',
    (text) => {
      expect(readStored(Buffer.from(text)).auths).toEqual(new Map());
    },
  );
});

const SPELLINGS = ['r.test', 'https://r.test', 'http://r.test/', 'https://r.test/v2/'];

describe('A server that is written in several ways', () => {
  test.each(SPELLINGS)('is erased in all of them by %s, and nothing else is', async (server) => {
    const others = ['r.test:5000', 'r.test/acme', 's.test'];
    const entries = [...SPELLINGS, ...others].map((key) => [key, ADA]);
    const { store, written } = storeOf(JSON.stringify({ Auths: Object.fromEntries(entries) }));
    await store.erase(server);
    expect(written()).toEqual({
      auths: Object.fromEntries(others.map((key) => [key, ADA])) as object,
    });
    await expect(store.get('r.test')).resolves.toBeUndefined();
  });

  test('has one login', async () => {
    const { store, written } = storeOf(JSON.stringify({ auths: { 'https://r.test': ADA } }));
    await store.store({ server: 'r.test', username: 'bob', secret: 'canary' });
    expect(written()).toEqual({ auths: { 'r.test': { auth: auth('bob', 'canary') } } });
    await expect(store.get('https://r.test/v1/')).resolves.toEqual({
      server: 'https://r.test/v1/',
      username: 'bob',
      secret: 'canary',
    });
  });

  test("leaves Docker's own tokens beside its login", async () => {
    const keys = ['access-token', 'refresh-token'].map((n) => `https://index.docker.io/v1/${n}`);
    const entries = keys.map((key) => [key, ADA]);
    const { store, written } = storeOf(JSON.stringify({ auths: Object.fromEntries(entries) }));
    await store.store({ server: 'docker.io', username: 'ada', secret: 'canary' });
    await store.erase('https://index.docker.io/v1/');
    expect(Object.keys((written() as { auths: object }).auths)).toEqual(keys);
  });
});

const entry = (name: string): object => ({ auth: auth(name, 'canary') });

test.each([
  ['r.test/acme/app', 'acme'],
  ['https://r.test/acme?x', 'acme'],
  ['r.test/acmes', 'host'],
  ['r.test', 'host'],
  ['s.test', undefined],
  ['myhost', undefined],
  ['t.test', undefined],
])('%s has the login of the place that it is in: %p', async (server, username) => {
  const entries = { 'r.test': entry('host'), 'r.test/acme': entry('acme'), 't.test': {} };
  const { store } = storeOf(JSON.stringify({ auths: { ...entries, 'x y': entry('none') } }));
  expect((await store.get(server))?.username || undefined).toBe(username);
});
