// However many lookups wait for one answer, it is asked for once.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, type CredentialProvider } from '../../../../src/index.ts';
import { cachedWorld, HOUR } from '../../fakes/cached-world.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { settle, upstream } from '../../fakes/upstream.ts';

describe('one flight', () => {
  test('ten thousand cold lookups of one image make one call', async () => {
    const { keyring, source } = cachedWorld();
    const lookups = Array.from({ length: 10_000 }, () => keyring.lookup('r.test/a'));
    const found = await Promise.all(lookups);
    expect(new Set(found.map(([credential]) => credential?.password))).toEqual(
      new Set(['token-1']),
    );
    expect(source.requests).toHaveLength(1);
  });

  test('ten thousand images of one registry share a call, since the first answer turns out to cover them', async () => {
    const { token, source } = cachedWorld({ lifeMs: HOUR });
    const found = await Promise.all(Array.from({ length: 10_000 }, (_, i) => token(`r.test/${i}`)));
    expect(new Set(found)).toEqual(new Set(['token-1']));
    expect(source.requests).toHaveLength(1);
  });

  test('a scope that is declared up front is shared by registries', async () => {
    const { token, source } = cachedWorld({ provider: { cacheScope: () => 'region' } });
    expect(await Promise.all([token('r.test/a'), token('s.test/b')])).toEqual([
      'token-1',
      'token-1',
    ]);
    expect(source.requests).toHaveLength(1);
  });

  test('images whose answers turn out to be their own ask for themselves', async () => {
    const asked: string[] = [];
    const provider: CredentialProvider = {
      name: 'by-image',
      matchImages: ['*.test'],
      async provide({ image }) {
        asked.push(image);
        await settle();
        return { auth: { [image]: { username: image, password: 'p' } }, cacheKeyType: 'Image' };
      },
    };
    const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
    const images = ['r.test/a', 'r.test/b', 'r.test/a', 'r.test/c'];
    const users = await Promise.all(images.map(async (image) => keyring.lookup(image)));
    expect(users.map(([credential]) => credential?.username)).toEqual(images);
    expect(asked).toEqual(['r.test/a', 'r.test/b', 'r.test/c']);
  });

  test('a call that fails is the answer to everybody who turned out to wait for the same', async () => {
    const system = fakeSystem();
    const source = upstream(system);
    const gates: (() => void)[] = [];
    const provider: CredentialProvider = {
      ...source,
      async provide(request) {
        if (!request.image.startsWith('r.test')) return source.provide(request);
        await new Promise<void>((resolve) => gates.push(resolve));
        throw new Error('down');
      },
    };
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const first = keyring.lookup('r.test/a');
    await settle();
    // From here on it is known that answers are for whole registries.
    await keyring.lookup('s.test/b');
    const second = keyring.lookup('r.test/c');
    await settle();
    for (const open of gates) open();
    expect(await Promise.all([first, second])).toEqual([[], []]);
    expect(gates).toHaveLength(1);
  });

  test('an image whose neighbour fails asks for itself', async () => {
    const system = fakeSystem();
    const provider: CredentialProvider = {
      ...upstream(system),
      async provide({ image }) {
        await settle();
        if (image === 'r.test/bad') throw new Error('not this one');
        return { auth: { 'r.test': { username: image, password: 'p' } }, cacheKeyType: 'Image' };
      },
    };
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const [bad, good] = await Promise.all([
      keyring.lookup('r.test/bad'),
      keyring.lookup('r.test/good'),
    ]);
    expect(bad).toEqual([]);
    expect(good).toMatchObject([{ username: 'r.test/good' }]);
  });

  test('a lookup that gives up does not take the call from the others; the last one does', async () => {
    const { source, keyring } = cachedWorld();
    const resume = source.pause();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = keyring.lookup('r.test/a', { signal: one.signal });
    const second = keyring.lookup('r.test/a', { signal: two.signal });
    one.abort(new Error('first gave up'));
    await expect(first).rejects.toThrow('first gave up');
    expect(source.requests[0]?.signal.aborted).toBe(false);
    two.abort(new Error('second gave up'));
    await expect(second).rejects.toThrow('second gave up');
    await settle();
    expect(source.requests[0]?.signal.aborted).toBe(true);
    resume();
    expect(await keyring.lookup('r.test/a')).toMatchObject([{ password: 'token-2' }]);
  });
});
