import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { createKeyring, type ConfigError, type DockerKeyring } from '../../../src/index.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { configOf, providerOf, secretOf, userNames } from '../fakes/keyring-inputs.ts';

const PATH = '/c/config.json';
const IMAGE = 'r.test/a';

interface Setup {
  readonly system: FakeSystem;
  readonly keyring: DockerKeyring;
  readonly problems: ConfigError[];
  readonly found: () => Promise<string[]>;
}

function setUp(content: string, semantics: 'kubelet' | 'extended' = 'extended'): Setup {
  const system = fakeSystem({ files: { [PATH]: content } });
  const problems: ConfigError[] = [];
  const keyring = createKeyring({
    system,
    semantics,
    dockerConfig: { files: [PATH, '/d/config.json'] },
    onProblem: (problem) => problems.push(problem as ConfigError),
  });
  const found = async (): Promise<string[]> => userNames(await keyring.lookup(IMAGE));
  return { system, keyring, problems, found };
}

describe('a changed file', () => {
  test('is noticed, at the latest after a second', async () => {
    const { system, found } = setUp(configOf({ 'r.test': 'old' }));
    expect(await found()).toEqual(['old']);
    system.put(PATH, configOf({ 'r.test': 'new' }));
    expect(await found()).toEqual(['old']);
    system.advance(1000);
    expect(await found()).toEqual(['new']);
  });

  test('costs one look a second, however many lookups there are', async () => {
    const { system, found } = setUp(configOf({ 'r.test': 'u' }));
    await inOrder([1, 2, 3], async () => {
      await inOrder(Array.from({ length: 100 }), found);
      system.advance(1000);
    });
    expect(system.touches.filter((touch) => touch === `stat ${PATH}`)).toHaveLength(3);
    expect(system.touches.filter((touch) => touch === `read ${PATH}`)).toHaveLength(1);
  });

  test('is kept as it was while it is half written, and its problem told once', async () => {
    const { system, found, keyring, problems } = setUp(configOf({ 'r.test': 'old' }));
    await found();
    system.put(PATH, configOf({ 'r.test': 'new' }).slice(0, 20));
    const answers = await inOrder([1, 2, 3], () => {
      system.advance(1000);
      return found();
    });
    expect(answers).toEqual([['old'], ['old'], ['old']]);
    const { sources } = await keyring.explain(IMAGE);
    expect(sources[0]).toMatchObject({
      status: 'kept',
      message: 'it cannot be used now; what it last held still counts',
      problems: [`${PATH}:1:21: the JSON ends too early`],
    });
    expect(problems).toHaveLength(1);
    system.put(PATH, configOf({ 'r.test': 'new' }));
    system.advance(1000);
    expect(await found()).toEqual(['new']);
  });

  test('gives way to the next file while it is half written, for the kubelet', async () => {
    const { system, found } = setUp(configOf({ 'r.test': 'old' }), 'kubelet');
    system.put('/d/config.json', configOf({ 'r.test': 'second' }));
    expect(await found()).toEqual(['old']);
    system.put(PATH, '{"auths":');
    system.advance(1000);
    expect(await found()).toEqual(['second']);
  });
});

describe('many lookups at once', () => {
  test('read each file once', async () => {
    const { system, found } = setUp(configOf({ 'r.test': 'u' }));
    const answers = await Promise.all(Array.from({ length: 1000 }, found));
    expect(new Set(answers.flat())).toEqual(new Set(['u']));
    expect(system.touches).toEqual([`stat ${PATH}`, 'stat /d/config.json', `read ${PATH}`]);
  });

  test('see one state each, while the file changes', async () => {
    const { system, found } = setUp(configOf({ 'r.test': 'u0', '*.test': 'u0' }));
    const answers: Promise<string[]>[] = [];
    for (let change = 1; change < 50; change += 1) {
      system.put(PATH, configOf({ 'r.test': `u${change}`, '*.test': `u${change}` }));
      system.advance(1000);
      answers.push(found(), found());
    }
    for (const [one, other] of await Promise.all(answers)) expect(one).toBe(other);
  });
});

describe('a caller who gives up', () => {
  test('before the lookup gets the reason, and nothing is read', async () => {
    const { system, keyring } = setUp(configOf({ 'r.test': 'u' }));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(keyring.lookup(IMAGE, { signal })).rejects.toThrow('enough');
    await expect(keyring.explain(IMAGE, { signal })).rejects.toThrow('enough');
    expect(system.touches).toEqual([]);
  });

  test('during the lookup gets the reason at once; others get their answer', async () => {
    const { system, keyring, found } = setUp(configOf({ 'r.test': 'u' }));
    const resume = system.pauseFiles();
    const caller = new AbortController();
    const ended = keyring.lookup(IMAGE, { signal: caller.signal });
    const other = found();
    caller.abort(new Error('enough'));
    await expect(ended).rejects.toThrow('enough');
    resume();
    expect(await other).toEqual(['u']);
  });

  test('later leaves nothing on the signal', async () => {
    const { keyring } = setUp(configOf({ 'r.test': 'u' }));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => keyring.lookup(IMAGE, { signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('a closed keyring', () => {
  test('rejects lookups and makes no others', async () => {
    const { keyring } = setUp('{}');
    await keyring.close();
    await keyring.close();
    await expect(keyring.lookup(IMAGE)).rejects.toThrow(new TypeError('The keyring is closed'));
    await expect(keyring.explain(IMAGE)).rejects.toThrow('The keyring is closed');
    await expect(keyring.toDockerConfig()).rejects.toThrow('The keyring is closed');
    expect(() => keyring.withPullSecrets([])).toThrow('The keyring is closed');
  });

  test('ends what is under way, and tells the providers', async () => {
    const seen: AbortSignal[] = [];
    const provider = providerOf('hanging', ({ signal }) => {
      seen.push(signal);
      return new Promise(() => {});
    });
    const system = fakeSystem();
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const answer = keyring.lookup(IMAGE);
    const closed = new Promise((resolve) => {
      setImmediate(resolve);
    }).then(() => keyring[Symbol.asyncDispose]());
    await expect(answer).rejects.toThrow(new TypeError('The keyring was closed'));
    await closed;
    expect(seen[0]?.aborted).toBe(true);
    expect(system.pendingTimers()).toBe(0);
  });

  test('takes those with it that were made from it, and no others', async () => {
    const base = createKeyring({ dockerConfig: false });
    const child = base.withPullSecrets([secretOf('a', { 'r.test': 'child' })]);
    const sibling = base.withPullSecrets([secretOf('b', { 'r.test': 'sibling' })]);
    await child.close();
    await expect(child.lookup(IMAGE)).rejects.toThrow('closed');
    expect(userNames(await sibling.lookup(IMAGE))).toEqual(['sibling']);
    await base.close();
    await expect(sibling.lookup(IMAGE)).rejects.toThrow('closed');
  });
});
