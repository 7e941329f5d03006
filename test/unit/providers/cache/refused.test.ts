// A lookup that is told what a registry has refused.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type Credential,
  type CredentialProvider,
  type CredentialResponse,
  type DockerKeyring,
} from '../../../../src/index.ts';
import { cachedWorld, HOUR } from '../../fakes/cached-world.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';

const IMAGES = Array.from({ length: 1000 }, (_, index) => `r.test/${index}`);

/** The passwords of a lookup after a refusal. */
async function after(
  refused: readonly Credential[],
  keyring: DockerKeyring,
  image = 'r.test/a',
): Promise<string[]> {
  const found = await keyring.lookup(image, { refused });
  return found.map(({ password }) => password);
}

describe('a kept answer that is refused', () => {
  test('is asked for again, and the new one is everybody’s', async () => {
    const { keyring, source, token } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    expect(await after(refused, keyring)).toEqual(['token-2']);
    expect([await token(), await token('r.test/b')]).toEqual(['token-2', 'token-2']);
    // The one who was refused the first has it without a call.
    expect(await after(refused, keyring)).toEqual(['token-2']);
    expect(await after(refused, keyring, 'r.test/b')).toEqual(['token-2']);
    expect(source.requests).toHaveLength(2);
  });

  test('is asked for once for any number of lookups, whose next one is refused as well', async () => {
    const { system, keyring, source } = cachedWorld({ lifeMs: HOUR });
    const first = await keyring.lookup('r.test/a');
    const all = (refused: readonly Credential[]): Promise<string[][]> =>
      Promise.all(IMAGES.map((image) => after(refused, keyring, image)));
    expect(new Set((await all(first)).flat())).toEqual(new Set(['token-2']));
    expect(source.requests).toHaveLength(2);

    const both = [...first, ...(await keyring.lookup('r.test/a'))];
    system.advance(9_999);
    expect(new Set((await all(both)).flat())).toEqual(new Set(['token-2']));
    expect(source.requests).toHaveLength(2);
    system.advance(1);
    expect(new Set((await all(both)).flat())).toEqual(new Set(['token-3']));
    expect(source.requests).toHaveLength(3);
  });

  test('of one scope leaves the others alone', async () => {
    const { keyring, source, token } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    await token('s.test/a');
    expect(await after(refused, keyring, 's.test/b')).toEqual(['token-2']);
    expect(source.requests).toHaveLength(2);
    // Nor does one that was just asked for again keep another from it.
    expect(await after(refused, keyring)).toEqual(['token-3']);
    expect(await after(await keyring.lookup('s.test/a'), keyring, 's.test/b')).toEqual(['token-4']);
  });

  test('serves those who do not mind it until another has come', async () => {
    const { keyring, source, token } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    const resume = source.pause();
    const waiting = after(refused, keyring);
    await settle();
    expect(await token('r.test/b')).toBe('token-1');
    resume();
    expect(await waiting).toEqual(['token-2']);
  });

  test('serves them when no other comes, and who was refused it is told of the failure', async () => {
    const { system, keyring, source, token, told } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    source.failure = new Error('down');
    // The second from memory.
    expect([await after(refused, keyring), await after(refused, keyring)]).toEqual([[], []]);
    expect(source.requests).toHaveLength(2);
    expect(told.map(({ message }) => message)).toEqual([
      'Provider "upstream" failed for r.test/a: it threw Error: down',
    ]);
    expect(await token('r.test/b')).toBe('token-1');

    source.failure = undefined;
    system.advance(9_999);
    expect(await after(refused, keyring)).toEqual(['token-1']);
    system.advance(1);
    expect(await after(refused, keyring)).toEqual(['token-3']);
  });

  test('waits for a refresh that is under way, with no second call', async () => {
    const { system, keyring, source, token } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    system.advance(0.6 * HOUR);
    const resume = source.pause();
    expect(await token()).toBe('token-1');
    const waiting = after(refused, keyring);
    await settle();
    resume();
    expect(await waiting).toEqual(['token-2']);
    expect(source.requests).toHaveLength(2);
  });

  test('is asked for by the next one when all who waited have given up', async () => {
    const { keyring, source } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    const resume = source.pause();
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [one, two].map(({ signal }) => keyring.lookup('r.test/a', { refused, signal }));
    await settle();
    one.abort(new Error('one'));
    await expect(waiting[0]).rejects.toThrow('one');
    await settle();
    expect(source.requests.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    two.abort(new Error('two'));
    await expect(waiting[1]).rejects.toThrow('two');
    await settle();
    expect(source.requests[1]?.signal.aborted).toBe(true);
    resume();
    expect(await after(refused, keyring)).toEqual(['token-3']);
  });

  test('is not asked for more often because one of many has given up', async () => {
    const { keyring, source, token } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    const resume = source.pause();
    const waiting = after(refused, keyring);
    const controller = new AbortController();
    const given = keyring.lookup('r.test/a', { refused, signal: controller.signal });
    await settle();
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    resume();
    expect(await waiting).toEqual(['token-2']);
    expect(await after(await keyring.lookup('r.test/a'), keyring)).toEqual(['token-2']);
    expect([await token(), source.requests.length]).toEqual(['token-2', 2]);
  });

  test('ends with the keyring', async () => {
    const { keyring, source } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    source.pause();
    const waiting = keyring.lookup('r.test/a', { refused });
    await settle();
    await keyring.close();
    await expect(waiting).rejects.toThrow('The keyring was closed');
  });

  test('is explained as one that was asked for now', async () => {
    const { keyring } = cachedWorld({ lifeMs: HOUR });
    const refused = await keyring.lookup('r.test/a');
    const { sources } = await keyring.explain('r.test/a', { refused });
    expect(sources[0]?.message).toMatch(/^asked now/);
  });
});

/** A keyring whose provider gives one answer after the other. */
function keyringOf(...answers: readonly (Partial<CredentialResponse> | undefined)[]): {
  readonly keyring: DockerKeyring;
  readonly calls: () => number;
} {
  const system = fakeSystem();
  let calls = 0;
  const provider: CredentialProvider = {
    name: 'changing',
    matchImages: ['*.test'],
    defaultCacheDurationMs: HOUR,
    async provide() {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      const password = `token-${calls}`;
      return (
        answer && {
          auth: { '*.test': { username: 'u', password } },
          cacheKeyType: 'Registry',
          ...answer,
        }
      );
    },
  };
  const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
  return { keyring, calls: () => calls };
}

describe('what replaces it', () => {
  test.each<[string, Partial<CredentialResponse> | undefined, readonly string[]]>([
    ['may reach further', { cacheKeyType: 'Global' }, ['token-2']],
    ['may be nothing', undefined, []],
  ])('%s', async (_how, second, expected) => {
    const { keyring, calls } = keyringOf({ cacheKeyType: 'Image' }, second);
    const refused = await keyring.lookup('r.test/a');
    expect(await after(refused, keyring)).toEqual(expected);
    expect(await after([], keyring)).toEqual(expected);
    expect(calls()).toBe(2);
  });

  test('may not be kept at all', async () => {
    const { keyring } = keyringOf({}, { cacheDurationMs: 0 });
    const refused = await keyring.lookup('r.test/a');
    expect(await after(refused, keyring)).toEqual(['token-2']);
    expect(await after([], keyring)).toEqual(['token-3']);
  });

  test('may be the same, which is not asked for again and again', async () => {
    const auth = { '*.test': { username: 'u', password: 'always' } };
    const { keyring, calls } = keyringOf({ auth });
    const refused = await keyring.lookup('r.test/a');
    await inOrder(IMAGES, async (image) => {
      expect(await after(refused, keyring, image)).toEqual(['always']);
    });
    expect(calls()).toBe(2);
  });

  test('may be there already, in an answer that reaches further', async () => {
    const wide: Partial<CredentialResponse> = { cacheKeyType: 'Registry' };
    const { keyring, calls } = keyringOf({ cacheKeyType: 'Image' }, wide);
    const refused = await keyring.lookup('r.test/a');
    await keyring.lookup('r.test/b');
    expect(await after(refused, keyring)).toEqual(['token-2']);
    expect(calls()).toBe(2);
  });
});

test('what is refused is what an image was given, not what its scope was', async () => {
  const asked: string[] = [];
  const provider: CredentialProvider = {
    name: 'fitting',
    matchImages: ['*.test'],
    defaultCacheDurationMs: HOUR,
    cacheScope: () => 'everything',
    async provide({ image }) {
      asked.push(image);
      return {
        auth: { x: { username: 'u', password: String(asked.length) } },
        cacheKeyType: 'Global',
      };
    },
    forImage: ({ auth, ...rest }, image) => {
      const password = auth['x']?.password ?? 'none';
      return { ...rest, auth: { [image]: { username: image, password } } };
    },
  };
  const system = fakeSystem();
  const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
  const refused = await keyring.lookup('r.test/a');
  expect(await after(refused, keyring, 'r.test/b')).toEqual(['1']);
  expect(await after(refused, keyring, 'r.test/a')).toEqual(['2']);
  expect(asked).toEqual(['r.test/a', 'r.test/a']);
});
