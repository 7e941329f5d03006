// Providers that are known only when something has been read, and change while the keyring lives.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type CredentialProvider,
  type KeyringOptions,
  type ProviderSet,
} from '../../../src/index.ts';
import { PluginConfigError } from '../../../src/providers/index.ts';
import { diagnoseMachine } from '../../../src/doctor/diagnose-machine.ts';
import { createProviderSources } from '../../../src/create-keyring/provider-sources.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { providerOf, userNames } from '../fakes/keyring-inputs.ts';

/** A set that a test changes. */
interface TestSet extends ProviderSet {
  current: readonly CredentialProvider[] | undefined;
  next: (() => Promise<readonly CredentialProvider[]>) | undefined;
  reads: number;
  read: ProviderSet['read'];
}

function setOf(...providers: readonly CredentialProvider[]): TestSet {
  const set: TestSet = {
    name: 'plugins',
    reads: 0,
    current: undefined,
    next: async () => providers,
    known: () => set.current,
    async read() {
      set.reads += 1;
      set.current = await set.next?.();
      return set.current ?? [];
    },
  };
  return set;
}

const broken = (line: number): PluginConfigError =>
  new PluginConfigError({ path: '/c.yaml', reason: 'wrong', position: { line, column: 1 } });

describe('a set of providers', () => {
  test('is read at the first lookup, and stands where it is listed', async () => {
    const before = providerOf('before', { 'r.test': 'before' });
    const after = providerOf('after', { 'r.test': 'after' });
    const set = setOf(
      providerOf('one', { 'r.test': 'one' }),
      providerOf('two', { 'r.test': 'two' }),
    );
    const keyring = createKeyring({ dockerConfig: false, providers: [before, set, after] });
    expect(set.reads).toBe(0);
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['before', 'one', 'two', 'after']);
    const { sources } = await keyring.explain('r.test/a');
    expect(sources.map(({ source }) => source)).toMatchObject([
      { provider: 'before' },
      { provider: 'one' },
      { provider: 'two' },
      { provider: 'after' },
    ]);
    expect(set.reads).toBe(1);
  });

  test('that has changed gives its new providers, and unchanged ones keep what they answered', async () => {
    const kept = { ...providerOf('kept', { 'r.test': 'kept' }), defaultCacheDurationMs: 60_000 };
    const set = setOf(kept);
    const keyring = createKeyring({ dockerConfig: false, providers: [set] });
    await keyring.lookup('r.test/a');
    set.current = [kept, providerOf('new', { 'r.test': 'new' })];
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['kept', 'new']);
    expect(kept.asked).toEqual(['r.test/a']);
  });

  test('of which nothing is for the image costs nothing but the look', async () => {
    const other = providerOf('other', {}, ['other.test']);
    const keyring = createKeyring({ dockerConfig: false, providers: [setOf(other)] });
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    expect(other.asked).toEqual([]);
  });
});

describe('a set that cannot be read', () => {
  const good = providerOf('good', { 'r.test': 'good' });

  function failing(options: KeyringOptions = {}): {
    readonly set: TestSet;
    readonly told: string[];
    readonly lookUp: () => Promise<string[]>;
    readonly keyring: ReturnType<typeof createKeyring>;
  } {
    const set = setOf();
    set.next = () => Promise.reject(broken(1));
    const told: string[] = [];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [set, good],
      onProblem: ({ message }) => told.push(message),
      ...options,
    });
    return {
      set,
      told,
      keyring,
      lookUp: async () => userNames(await keyring.lookup('r.test/a')),
    };
  }

  test('takes nothing from the others, and is told once for each reason', async () => {
    const { set, told, lookUp, keyring } = failing();
    expect(await lookUp()).toEqual(['good']);
    expect(userNames(await keyring.lookup('r.test/b'))).toEqual(['good']);
    expect(told).toEqual(['Provider "plugins" failed for r.test/a: /c.yaml:1:1: wrong']);
    set.next = () => Promise.reject(broken(2));
    await lookUp();
    expect(told).toHaveLength(2);
    const { sources } = await keyring.explain('r.test/a');
    expect(sources[0]).toMatchObject({
      source: { kind: 'provider', provider: 'plugins' },
      status: 'failed',
      problems: ['Provider "plugins" failed for r.test/a: /c.yaml:2:1: wrong'],
    });
  });

  test('ends the lookup where the options say so', async () => {
    const { lookUp } = failing({ onProviderError: 'throw' });
    await expect(lookUp()).rejects.toMatchObject({
      cause: { code: 'ERR_KEYRING_PLUGIN_CONFIG_INVALID' },
    });
  });

  test('is tried again', async () => {
    const { set, lookUp } = failing();
    await lookUp();
    set.next = async () => [providerOf('late', { 'r.test': 'late' })];
    expect(await lookUp()).toEqual(['late', 'good']);
  });

  test('does not outlive the caller’s patience', async () => {
    const { set, keyring } = failing();
    set.next = () => new Promise(() => {});
    const caller = new AbortController();
    const answer = keyring.lookup('r.test/a', { signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    const aborting = new AbortController();
    set.next = async () => {
      aborting.abort(new Error('given up'));
      throw new Error('and failed');
    };
    await expect(keyring.lookup('r.test/a', { signal: aborting.signal })).rejects.toThrow(
      'given up',
    );
  });

  test('is stood for by a provider that gives nothing', async () => {
    const { set } = failing();
    const { index, failed } = await createProviderSources([set]).read(new AbortController().signal);
    expect(failed).toHaveLength(1);
    const request = { image: 'r.test/a', signal: new AbortController().signal };
    expect(await index.providers[0]?.provide(request)).toBeUndefined();
  });

  test('is a failure for the doctor', async () => {
    const unreadable = { ...setOf(), name: 'odd' };
    unreadable.read = () => Promise.reject(new Error('odd'));
    const { set } = failing();
    const options = { system: fakeSystem(), dockerConfig: false, providers: [set, unreadable] };
    const { checks } = await diagnoseMachine(options, []);
    expect(checks.filter(({ status }) => status === 'failure')).toMatchObject([
      { provider: 'plugins', subject: 'configuration', message: '/c.yaml:1:1: wrong' },
      { provider: 'odd', subject: 'configuration', message: 'its providers cannot be read' },
    ]);
  });
});

test('an entry of the list that is neither is refused', () => {
  const half = { name: 'half', known: () => [] } as unknown as ProviderSet;
  expect(() => createKeyring({ providers: [half] })).toThrow(TypeError);
});
