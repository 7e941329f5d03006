import { describe, expect, test } from '@jest/globals';
import type { Credential } from '../../../../src/credential/credential.ts';
import { createKeyring } from '../../../../src/create-keyring/create-keyring.ts';
import type { KeyvStore } from '../../../../src/shared-cache/shared-cache.ts';
import type { Servable } from '../../../../src/serve/index.ts';
import { servePlugin } from '../../../../src/serve/plugin/serve-exec-plugin.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { answerOf, chunks, desk, request, serve } from '../serving.ts';

const IMAGE = 'reg.example.com/app';
const PASSWORD = { username: 'u', password: 'desk-password' };
const MINUTE_MS = 60_000;

const credential = (more: Partial<Credential>): Credential =>
  ({ key: 'reg.example.com', username: 'u', password: 'p', ...more }) as Credential;

const lives = (minutes: number): Partial<Credential> => ({
  key: `k${minutes}`,
  expiresAt: inMs(minutes * MINUTE_MS),
});

const set = (...providers: readonly ReturnType<typeof desk>[]): Servable => ({
  name: 'set',
  known: () => undefined,
  read: async () => providers,
});

const read = async (): Promise<never> => {
  throw new Error('the configuration is wrong');
};

async function serveAll(served: readonly Servable[], image = IMAGE) {
  const written = { stdout: '', stderr: '' };
  const exitCode = await servePlugin(
    served.map((one) => ({ served: one })),
    {
      stdin: chunks(request(image)),
      stdout: { write: (text) => void (written.stdout += text) },
      stderr: { write: (text) => void (written.stderr += text) },
      system: fakeSystem(),
    },
  );
  return { exitCode, ...written };
}

function memoryStore(): KeyvStore {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    lock: async () => ({ release: async () => {} }),
  };
}

function countingDesk(more: object = {}) {
  const asked: string[] = [];
  const provider = desk({
    defaultCacheDurationMs: 60 * MINUTE_MS,
    provide: async ({ image }) => {
      asked.push(image);
      return { auth: { 'reg.example.com': PASSWORD }, cacheKeyType: 'Registry' };
    },
    ...more,
  });
  return { provider, asked };
}

const keyring = (...credentials: readonly Partial<Credential>[]): Servable => ({
  lookup: async () => credentials.map(credential),
});

describe('A keyring that is served', () => {
  test('gives the first credential of each key, for the image alone', async () => {
    const served = await serve(
      keyring(
        { key: 'reg.example.com/app', password: 'p1' },
        { key: 'reg.example.com/app', password: 'p2' },
        { password: 'p3' },
      ),
      request(IMAGE),
    );
    expect(answerOf(served)).toMatchObject({
      cacheKeyType: 'Image',
      cacheDuration: '0s',
      auth: {
        'reg.example.com/app': { username: 'u', password: 'p1' },
        'reg.example.com': { username: 'u', password: 'p3' },
      },
    });
  });

  test('takes a password where the first of a key is a token', async () => {
    const token = { username: '', password: '', identityToken: 'i', registryToken: 'r' };
    const served = await serve(keyring(token, { password: 'p2' }), request(IMAGE));
    expect(answerOf(served)).toMatchObject({ auth: { 'reg.example.com': { password: 'p2' } } });
    expect((await serve(keyring(token), request(IMAGE))).exitCode).toBe(1);
  });

  test('lets them be kept as long as the shortest lives', async () => {
    const served = await serve(keyring(lives(60), lives(20)), request(IMAGE));
    expect(answerOf(served)).toMatchObject({ cacheDuration: '15m0s' });
    const some = await serve(keyring(lives(60), {}), request(IMAGE));
    expect(answerOf(some)).toMatchObject({ cacheDuration: '0s' });
  });

  test('with nothing answers so', async () => {
    const served = await serve(keyring(), request(IMAGE));
    expect(served.exitCode).toBe(0);
    expect(answerOf(served)).not.toHaveProperty('auth');
  });

  test('may be a real one', async () => {
    const system = fakeSystem();
    const served = createKeyring({ providers: [desk()], dockerConfig: false, system });
    expect(answerOf(await serve(served, request(IMAGE), { system }))).toMatchObject({
      auth: { 'reg.example.com': PASSWORD },
    });
  });
});

describe('A set of providers', () => {
  test('is asked for what it is configured for, and for nothing else', async () => {
    expect(answerOf(await serve(set(desk()), request(IMAGE)))).toHaveProperty('auth');
    expect(answerOf(await serve(set(desk()), request('a.example.com/x')))).not.toHaveProperty(
      'auth',
    );
  });

  test('that cannot be read is a failure', async () => {
    const served = await serve({ name: 'set', known: () => undefined, read }, request(IMAGE));
    expect(served).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'docker-keyring: the configuration is wrong\n',
    });
  });
});

describe('Several sources', () => {
  const second = desk({
    name: 'second',
    matchImages: ['*.example.com'],
    defaultCacheDurationMs: 60_000,
    provide: async () => ({
      auth: {
        'reg.example.com': { username: 'u', password: 'not the first' },
        '*.example.com': { username: 'u', password: 'p2' },
      },
      cacheKeyType: 'Global',
    }),
  });

  test('are asked where they match, and the first of a key counts', async () => {
    const first = desk({ defaultCacheDurationMs: 90_000 });
    const both = await serveAll([first, second]);
    expect(answerOf(both)).toMatchObject({
      cacheKeyType: 'Registry',
      cacheDuration: '1m0s',
      auth: { 'reg.example.com': PASSWORD, '*.example.com': { password: 'p2' } },
    });
    const one = await serveAll([first, second], 'a.example.com/x');
    expect(answerOf(one)).toMatchObject({ cacheKeyType: 'Registry', cacheDuration: '1m0s' });
    expect(answerOf(await serveAll([first, second], 'quay.io/x'))).not.toHaveProperty('auth');
  });

  test('of which one answers for some paths only, answer for the image', async () => {
    const picky = desk({ name: 'picky', matchImages: ['a.example.com/team'] });
    expect(answerOf(await serveAll([picky, second], 'a.example.com/x'))).toMatchObject({
      cacheKeyType: 'Image',
    });
  });

  test('of which one fails answer with the others, and that is not kept', async () => {
    const broken = desk({ name: 'broken', provide: () => Promise.reject(new Error('no')) });
    const served = await serveAll([broken, second]);
    expect(served.exitCode).toBe(0);
    expect(served.stderr).toBe(
      `docker-keyring: Provider "broken" failed for ${IMAGE}: it threw Error: no\n`,
    );
    expect(answerOf(served)).toMatchObject({ cacheDuration: '0s' });
  });
});

describe('A cache', () => {
  const keys = [new Uint8Array(32).fill(7)];

  test('answers for a provider that an earlier start has asked, with what is left of the time', async () => {
    const { provider, asked } = countingDesk({ cacheScope: () => 'all' });
    const system = fakeSystem();
    const options = { sharedCache: { store: memoryStore(), keys }, system };
    await serve(provider, request(IMAGE), options);
    system.advance(10 * MINUTE_MS);
    const served = await serve(provider, request('reg.example.com/other'), options);
    expect(asked).toEqual([IMAGE]);
    expect(answerOf(served)).toMatchObject({ cacheDuration: '50m0s' });
  });

  test('has an answer for each image where there is no scope, and for each token', async () => {
    const { provider, asked } = countingDesk();
    const system = fakeSystem();
    const options = { sharedCache: { store: memoryStore(), keys }, system };
    const annotations = { b: '1', a: '2' };
    const ask = async (more: object): Promise<unknown> =>
      serve(provider, request(IMAGE, { ...more }), options);
    await ask({});
    await ask({ serviceAccountToken: 't1' });
    await ask({ serviceAccountToken: 't1' });
    await ask({ serviceAccountToken: 't2' });
    await ask({ serviceAccountToken: 't2', serviceAccountAnnotations: annotations });
    await ask({ serviceAccountToken: 't2', serviceAccountAnnotations: { a: '2', b: '1' } });
    await serve(provider, request('reg.example.com/b'), options);
    expect(asked).toEqual([IMAGE, IMAGE, IMAGE, IMAGE, 'reg.example.com/b']);
  });
});

/** A time in the fake world, which begins with 2026. */
function inMs(ms: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + ms);
}
