import { afterEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  createKeyring,
  ProviderError,
  type KeyringProblem,
  TimeoutError,
  type CredentialProvider,
  type KeyringOptions,
} from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { providerOf, responseOf, userNames } from '../fakes/keyring-inputs.ts';

const good = (): CredentialProvider => providerOf('good', { 'r.test': 'good' });

async function lookUp(
  providers: readonly CredentialProvider[],
  options: KeyringOptions = {},
): Promise<string[]> {
  const keyring = createKeyring({ dockerConfig: false, providers, ...options });
  return userNames(await keyring.lookup('r.test/a:1'));
}

/** Lets what can go on without the clock go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('a provider', () => {
  test('is three lines of user code', async () => {
    const mine: CredentialProvider = {
      name: 'mine',
      matchImages: ['r.test'],
      provide: async () => ({
        auth: { 'r.test': { username: 'u', password: 'p' } },
        cacheKeyType: 'Registry',
      }),
    };
    expect(await lookUp([mine])).toEqual(['u']);
  });

  test('is asked for the name alone, and only for images that it matches', async () => {
    const [one, other] = [providerOf('one', {}), providerOf('other', {}, ['other.test'])];
    await lookUp([one, other]);
    expect(one.asked).toEqual(['r.test/a']);
    expect(other.asked).toEqual([]);
  });

  test('is not asked for an image whose host Go cannot parse', async () => {
    const any = providerOf('any', {}, ['*']);
    const keyring = createKeyring({ dockerConfig: false, providers: [any] });
    expect(await keyring.lookup('[A]/a')).toEqual([]);
    expect(any.asked).toEqual([]);
  });

  test('may answer that it has nothing', async () => {
    const none = providerOf('none', async () => undefined);
    const nothing = providerOf(
      'null',
      (async () => null) as unknown as CredentialProvider['provide'],
    );
    expect(await lookUp([none, nothing, good()])).toEqual(['good']);
  });

  test('may answer with keys that do not match', async () => {
    expect(await lookUp([providerOf('other', { 'other.test': 'u' }), good()])).toEqual(['good']);
  });
});

test('answers are merged by key, and under one key in the order of the providers', async () => {
  const slow = providerOf('slow', async () => {
    await settle();
    return responseOf({ '*.test': 'slow-glob', 'r.test': 'slow' });
  });
  const quick = providerOf('quick', { 'r.test': 'quick', 'r.test/a': 'quick-path' });
  expect(await lookUp([slow, quick])).toEqual(['quick-path', 'slow', 'quick', 'slow-glob']);
});

describe('a provider that fails takes nothing from the others', () => {
  const failing: [string, CredentialProvider['provide'], string][] = [
    [
      'it rejects',
      () => Promise.reject(new RangeError('out of range')),
      'it threw RangeError: out of range',
    ],
    [
      'it rejects with a text',
      () => rejectWith('a text'),
      'it threw something that is not an Error',
    ],
    [
      'it rejects with nothing',
      () => rejectWith(undefined),
      'it threw something that is not an Error',
    ],
    [
      'it throws at once',
      () => {
        throw new Error('at once');
      },
      'it threw Error: at once',
    ],
    ['it answers with a text', rubbish('canary'), 'its answer is malformed: it is not an object'],
    ['it answers without auth', rubbish({}), 'its answer is malformed: auth is not an object'],
    [
      'it answers with a trap',
      rubbish(
        new Proxy(
          {},
          {
            get() {
              throw new Error('a trap');
            },
          },
        ),
      ),
      'it threw Error: a trap',
    ],
    [
      'it answers differently the second time',
      (request) => rubbish(twoFaced())(request),
      'its answer is malformed: cacheKeyType is none of Image, Registry and Global',
    ],
  ];

  test.each(failing)('when %s', async (_name, provide, reason) => {
    const told: KeyringProblem[] = [];
    const providers = [providerOf('bad', provide), good()];
    const found = await lookUp(providers, { onProblem: (error) => told.push(error) });
    expect(found).toEqual(['good']);
    expect(told).toHaveLength(1);
    expect(told[0]).toBeInstanceOf(ProviderError);
    expect(told[0]?.message).toBe(`Provider "bad" failed for r.test/a: ${reason}`);
    expect(told[0]).toMatchObject({ provider: 'bad', image: 'r.test/a' });
  });

  test.each(failing)(
    'but ends the lookup where the options say so: when %s',
    async (_n, provide) => {
      const providers = [good(), providerOf('bad', provide)];
      await expect(lookUp(providers, { onProviderError: 'throw' })).rejects.toMatchObject({
        code: 'ERR_KEYRING_PROVIDER_FAILED',
        provider: 'bad',
      });
    },
  );
});

describe('a provider that hangs', () => {
  test('fails after thirty seconds, is told, and leaves no timer', async () => {
    const system = fakeSystem();
    const [seen, told]: [AbortSignal[], KeyringProblem[]] = [[], []];
    const answer = lookUp([hanging(seen), good()], {
      system,
      onProblem: (error) => told.push(error),
    });
    await settle();
    system.advance(29_999);
    await settle();
    expect(told).toEqual([]);
    system.advance(1);
    expect(await answer).toEqual(['good']);
    expect(told[0]?.message).toBe(
      'Provider "hanging" failed for r.test/a: Provider "hanging" took longer than 30000 ms',
    );
    expect(told[0]?.cause).toBeInstanceOf(TimeoutError);
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
    expect(system.pendingTimers()).toBe(0);
  });

  test('is told when the caller gives up; that is no failure of it', async () => {
    const caller = new AbortController();
    const [seen, told]: [AbortSignal[], KeyringProblem[]] = [[], []];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [hanging(seen)],
      onProblem: (error) => told.push(error),
    });
    const answer = keyring.lookup('r.test/a', { signal: caller.signal });
    await settle();
    const reason = new Error('enough');
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await settle();
    expect(seen[0]?.aborted).toBe(true);
    expect(told).toEqual([]);
  });
});

describe('a failure on the diagnostics channel', () => {
  const heard: unknown[] = [];
  const listener = (event: unknown): void => void heard.push(event);

  afterEach(() => {
    unsubscribe('docker-keyring', listener);
    heard.length = 0;
  });

  test('is an event with the provider’s own message', async () => {
    subscribe('docker-keyring', listener);
    await lookUp([providerOf('bad', () => Promise.reject(new Error('no answer')))]);
    expect(heard).toEqual([
      expect.objectContaining({ kind: 'provider-registered', provider: 'bad' }),
      expect.objectContaining({ kind: 'provider-asked', provider: 'bad', image: 'r.test/a' }),
      {
        kind: 'provider-failed',
        provider: 'bad',
        image: 'r.test/a',
        code: 'ERR_KEYRING_PROVIDER_FAILED',
        message: 'Provider "bad" failed for r.test/a: it threw Error: no answer',
      },
    ]);
  });

  test('is there as well for broken files and secrets', async () => {
    subscribe('docker-keyring', listener);
    const keyring = createKeyring({
      system: fakeSystem({ files: { '/c.json': '{' } }),
      dockerConfig: { files: ['/c.json'] },
      pullSecrets: [{ metadata: { name: 'a' }, type: 5 as unknown as string }],
      malformedPullSecrets: 'skip',
    });
    await keyring.lookup('r.test/a');
    expect(heard).toEqual([
      ...['ecr', 'gcr', 'acr'].map((provider) => ({
        kind: 'provider-registered',
        provider,
        message: 'Registering credential provider',
      })),
      {
        kind: 'pull-secret-problem',
        namespace: undefined,
        name: 'a',
        message: 'Pull secret a: type must be a string',
      },
      { kind: 'config-problem', path: '/c.json', message: '/c.json:1:2: the JSON ends too early' },
    ]);
  });
});

function rejectWith(reason: unknown): Promise<never> {
  return new Promise((_resolve, reject) => {
    reject(reason);
  });
}

function rubbish(value: unknown): CredentialProvider['provide'] {
  return (async () => value) as CredentialProvider['provide'];
}

function twoFaced(): object {
  let reads = 0;
  return {
    auth: {},
    get cacheKeyType() {
      reads += 1;
      return reads > 1 ? 'Image' : 'canary';
    },
  };
}

function hanging(seen: AbortSignal[]): CredentialProvider {
  return providerOf('hanging', ({ signal }) => {
    seen.push(signal);
    return new Promise(() => {});
  });
}
