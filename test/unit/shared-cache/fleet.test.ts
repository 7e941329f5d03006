import { describe, expect, test } from '@jest/globals';
import type { StoredAnswer } from '../../../src/providers/cache/fleet.ts';
import {
  answerAt,
  ask,
  countingUpstream,
  HOUR_MS,
  KEY,
  loadNothing,
  nearScene,
  OTHER_KEY,
  pass,
  passwordOf,
  scene,
  sleep,
  until,
} from './simulation.ts';

describe('An answer', () => {
  test('that one process received serves the others, until it expires', async () => {
    const { system, store, join, problems } = scene();
    const upstream = countingUpstream(system, 300);
    const first = await until(system, ask(join(), upstream.load));
    const second = await until(system, ask(join(), upstream.load));
    expect(passwordOf(first)).toBe('token 1');
    expect(second).toEqual(first);
    expect(upstream.calls).toBe(1);
    const put = store.calls.find(({ key, method }) => method === 'set' && key.includes('answer'));
    expect(put?.ttlMs).toBe(HOUR_MS);
    system.advance(HOUR_MS);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 2');
    expect(problems).toEqual([]);
  });

  test('that is not good enough for a process is replaced by it, for all', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join(), upstream.load));
    const isNewer = ({ receivedAtMs }: StoredAnswer): boolean => receivedAtMs > oldMs;
    const oldMs = system.now();
    const renewals = [1, 2, 3].map(() => ask(join(), upstream.load, { accept: isNewer }));
    const passwords = (await until(system, Promise.all(renewals))).map(passwordOf);
    expect(passwords).toEqual(['token 2', 'token 2', 'token 2']);
  });

  test('is for its scope only', async () => {
    const { system, join } = scene();
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join(), upstream.load, { scope: 'ecr/1' }));
    await until(system, ask(join(), upstream.load, { scope: 'ecr/2' }));
    expect(upstream.calls).toBe(2);
  });

  test('is in the store in no form that anybody without the key can read', async () => {
    const { system, store, join } = scene();
    const load = async (): Promise<StoredAnswer> => answerAt(system.now(), 'hunter2');
    await until(system, ask(join(), load, { scope: 'registry.example.com' }));
    const written = JSON.stringify(store.calls);
    expect(written).not.toMatch(/hunter2|registry|example|password/);
    const base64 = Buffer.from('hunter2').toString('base64url').slice(0, 8);
    expect(written).not.toContain(base64);
  });
});

describe('An answer that cannot be shared', () => {
  test.each([
    ['nothing', () => undefined],
    ['an answer without a life', (now: number) => ({ ...answerAt(now), expiresAtMs: now })],
  ])('%s: each process asks by itself, and waits for nobody', async (_what, answer) => {
    const { system, store, join } = nearScene();
    let calls = 0;
    const load = async (): Promise<StoredAnswer | undefined> => {
      calls += 1;
      await sleep(system, 300);
      return answer(system.now());
    };
    const startedMs = system.monotonicMs();
    const asked = Array.from({ length: 8 }, () => ask(join(), load));
    const answers = await until(system, Promise.all(asked));
    expect(answers.map(passwordOf)).toEqual(Array.from({ length: 8 }, () => passwordOf(answer(0))));
    expect(calls).toBe(8);
    // The one who asks, then all the others at once.
    expect(system.monotonicMs() - startedMs).toBeLessThan(300 + 50 + 300 + 50);
    expect([...store.values.keys()].filter((key) => key.includes('answer'))).toEqual([]);
    const nextMs = system.monotonicMs();
    await until(system, ask(join(), load));
    expect(system.monotonicMs() - nextMs).toBeLessThan(310);
  });

  test('is forgotten after a minute, and when one can be shared again', async () => {
    const { system, store, join } = nearScene();
    await until(system, ask(join(), loadNothing));
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    const answerKey = [...store.values.keys()].find((key) => key.includes('answer')) ?? '';
    store.values.delete(answerKey);
    await pass(system, 60_000);
    const asked = Array.from({ length: 3 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(2);
  });
});

describe('When upstream fails', () => {
  test('each process fails by itself, one at a time, with the failure that it saw', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 50);
    const failing = async (): Promise<StoredAnswer> => {
      await upstream.load();
      throw new Error(`failure ${upstream.calls}`);
    };
    const asked = Array.from({ length: 4 }, () => ask(join(), failing));
    const results = await until(system, Promise.allSettled(asked));
    const messages = results.map((result) => 'reason' in result && String(result.reason));
    expect(new Set(messages)).toEqual(
      new Set([1, 2, 3, 4].map((number) => `Error: failure ${number}`)),
    );
    expect(upstream.mostAtOnce).toBe(1);
  });

  test('one success ends it for all', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 50);
    const failingOnce = async (): Promise<StoredAnswer> => {
      const answer = await upstream.load();
      if (upstream.calls === 1) throw new Error('failure');
      return answer;
    };
    const asked = Array.from({ length: 8 }, () => ask(join(), failingOnce));
    const results = await until(system, Promise.allSettled(asked));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(upstream.calls).toBe(2);
  });
});

describe('Keys that are being rotated', () => {
  test('an answer under an old key serves processes with the new one', async () => {
    const { system, join } = scene();
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join({ keys: [KEY] }), upstream.load));
    await until(system, ask(join({ keys: [OTHER_KEY, KEY] }), upstream.load));
    expect(upstream.calls).toBe(1);
  });

  test('in three steps cost no call: add the new one last, move it to the front, drop the old one', async () => {
    const { system, join } = scene();
    const upstream = countingUpstream(system, 300);
    const renewed = { accept: ({ receivedAtMs }: StoredAnswer) => receivedAtMs > startMs };
    const startMs = system.now();
    await until(system, ask(join({ keys: [OTHER_KEY, KEY] }), upstream.load, renewed));
    await until(system, ask(join({ keys: [KEY, OTHER_KEY] }), upstream.load, renewed));
    await until(system, ask(join({ keys: [OTHER_KEY] }), upstream.load, renewed));
    expect(upstream.calls).toBe(1);
  });

  test('processes without a common key share nothing, and do not disturb each other', async () => {
    const { system, join, problems } = scene();
    const upstream = countingUpstream(system, 300);
    const asked = [KEY, OTHER_KEY].map((key) => ask(join({ keys: [key] }), upstream.load));
    const passwords = (await until(system, Promise.all(asked))).map(passwordOf);
    expect(new Set(passwords)).toEqual(new Set(['token 1', 'token 2']));
    expect(problems).toEqual([]);
  });
});
