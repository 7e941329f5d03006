import { describe, expect, test } from '@jest/globals';
import { Keyv } from 'keyv';
import { formatStoredAnswer } from '../../../src/shared-cache/stored-answer.ts';
import { createSealer } from '../../../src/shared-cache/seal.ts';
import type { KeyvStore } from '../../../src/shared-cache/shared-cache.ts';
import { inOrder } from '../fakes/in-order.ts';
import {
  answerAt,
  ask,
  countingUpstream,
  HOUR_MS,
  KEY,
  loadNothing,
  OTHER_KEY,
  pass,
  passwordOf,
  scene,
  until,
  type StoreCall,
} from './simulation.ts';

const sealer = createSealer([KEY]);
const [answerName] = sealer.names('answer', 'scope');

function fails(): never {
  throw Object.assign(new Error('redis://user:hunter2@redis'), { code: 'ECONNREFUSED' });
}

function sealed(text: string, keys = [KEY], scope = 'scope'): string {
  return createSealer(keys).seal('answer', scope, text);
}

const HANGS = new Promise<never>(() => undefined);

describe('A store that fails', () => {
  test.each<[string, (call: StoreCall) => unknown, string]>([
    ['rejects', async () => fails(), 'get() threw ECONNREFUSED'],
    ['throws', fails, 'get() threw ECONNREFUSED'],
    ['throws an error without a code', () => 'x'.repeat(-1), 'get() threw RangeError'],
    [
      'throws a text',
      () => Promise.reject('hunter2'),
      'get() threw something that is not an Error',
    ],
    ['throws nothing', () => Promise.reject(), 'get() threw something that is not an Error'],
    ['hangs', () => HANGS, 'get() gave no answer within 1000 ms'],
    ['rejects writes', ({ method }) => method === 'set' && fails(), 'set() threw ECONNREFUSED'],
    [
      'says that it wrote nothing',
      ({ method }) => (method === 'set' ? false : undefined),
      'set() said that it kept nothing',
    ],
  ])('%s: every lookup is answered, and the caller is told why', async (_how, fault, reason) => {
    const { system, store, join, problems } = scene();
    store.fault = (call) => fault(call) || undefined;
    if (reason.startsWith('set() said')) store.fault = fault;
    const upstream = countingUpstream(system, 300);
    const startedMs = system.monotonicMs();
    const answer = await until(system, ask(join(), upstream.load));
    expect(passwordOf(answer)).toBe('token 1');
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs() - startedMs).toBeLessThan(1500);
    expect(problems).toEqual([`the shared store failed: ${reason}; lookups go on without it`]);
  });

  test('that keeps nothing, and says so by nothing, costs no more than what it does not save', async () => {
    const { system, store, join, problems } = scene();
    store.fault = () => undefined;
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 2');
    expect(problems).toEqual([]);
  });

  test('is left alone for ever longer, so that lookups do not pay for it', async () => {
    const { system, store, join } = scene();
    const fleet = join();
    store.fault = () => HANGS;
    const tries: number[] = [];
    // A lookup each second, for three minutes.
    await inOrder(Array.from({ length: 180 }), async () => {
      const before = store.calls.length;
      const startedMs = system.monotonicMs();
      await until(system, ask(fleet, loadNothing), 25);
      if (store.calls.length > before) tries.push(Math.round(startedMs / 1000));
      await pass(system, 1000 - (system.monotonicMs() - startedMs));
    });
    const pauses = tries.slice(1).map((second, index) => second - (tries[index] ?? 0));
    expect(pauses.map((seconds) => Math.round(seconds / 5) * 5)).toEqual([5, 10, 20, 40, 60]);
  });

  test('is tried by one lookup alone, while the others go on', async () => {
    const { system, store, join } = scene();
    const fleet = join();
    store.fault = () => HANGS;
    await until(system, ask(fleet, loadNothing));
    await pass(system, 5000);
    store.calls.length = 0;
    await until(system, Promise.all([1, 2, 3].map(() => ask(fleet, loadNothing))));
    expect(store.calls.filter(({ key }) => key === answerName)).toHaveLength(1);
  });

  test('and is mended is used again', async () => {
    const { system, store, join } = scene();
    const fleet = join();
    const upstream = countingUpstream(system, 10);
    store.fault = fails;
    await until(system, ask(fleet, upstream.load));
    await pass(system, 1000);
    store.fault = undefined;
    await until(system, ask(fleet, upstream.load));
    expect(upstream.calls).toBe(2);
    await pass(system, 5000);
    await until(system, ask(fleet, upstream.load));
    expect(upstream.calls).toBe(3);
    await until(system, ask(fleet, upstream.load));
    expect(upstream.calls).toBe(3);
  });

  test('is told of once a minute, to a caller who may throw', async () => {
    const { system, store, join } = scene();
    let told = 0;
    const onProblem = (): never => {
      told += 1;
      throw new Error('I do not listen');
    };
    store.fault = fails;
    const fleet = join({ onProblem });
    const silent = join({ onProblem: undefined });
    await inOrder([0, 20_000, 39_000], async (laterMs) => {
      await pass(system, laterMs);
      await until(system, Promise.all([ask(fleet, loadNothing), ask(silent, loadNothing)]));
    });
    expect(told).toBe(1);
    await pass(system, 60_000);
    await until(system, ask(fleet, loadNothing));
    expect(told).toBe(2);
  });

  test('after it was asked upstream keeps nobody from the answer', async () => {
    const { system, store, join } = scene();
    const upstream = countingUpstream(system, 1000);
    const asked = ask(join(), upstream.load);
    await pass(system, 500);
    store.fault = () => HANGS;
    expect(passwordOf(await until(system, asked))).toBe('token 1');
    expect(system.monotonicMs()).toBeLessThan(2500);
  });
});

describe('A store that holds garbage', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const good = formatStoredAnswer(answerAt(nowMs, 'stored'));

  test.each<[string, unknown]>([
    ['a number', 42],
    ['an object', { value: sealed(good), expires: undefined }],
    ['a text', 'token'],
    ['half of a ciphertext', sealed(good).slice(0, -40)],
    ['an answer under an unknown key', sealed(good, [OTHER_KEY])],
    ["another scope's answer", sealed(good, [KEY], 'other scope')],
    ['an answer in the clear', good],
  ])('%s: it is as if nothing were there, is told of, and is replaced', async (_what, value) => {
    const { system, store, join, problems } = scene();
    store.values.set(answerName, value);
    const upstream = countingUpstream(system, 10);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(problems).toEqual(['the shared store holds an entry that is not ours; ignored']);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(upstream.calls).toBe(1);
  });

  test.each<[string, string]>([
    ['of an unknown shape', sealed('{"token":"x"}')],
    ['that has expired', sealed(formatStoredAnswer(answerAt(nowMs - HOUR_MS)))],
    [
      'that lives for years',
      sealed(formatStoredAnswer({ ...answerAt(nowMs), expiresAtMs: nowMs * 2 })),
    ],
  ])('an answer %s: it is as if nothing were there', async (_what, value) => {
    const { system, store, join, problems } = scene();
    store.values.set(answerName, value);
    const upstream = countingUpstream(system, 10);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(problems).toEqual([]);
  });

  test('that Keyv cannot parse: it is as if nothing were there, and the store is used', async () => {
    const { system, join, problems } = scene();
    const map = new Map([[answerName, '{"value":']]);
    const store = new Keyv({ store: map, useKeyPrefix: false });
    const upstream = countingUpstream(system, 10);
    await until(system, ask(join({ store }), upstream.load));
    await until(system, ask(join({ store }), upstream.load));
    expect(upstream.calls).toBe(1);
    expect(problems).toEqual(['the shared store holds an entry that is not ours; ignored']);
  });

  test('in place of every answer: it asks for itself', async () => {
    const { system, store, join } = scene();
    const upstream = countingUpstream(system, 10);
    store.fault = ({ method }) => (method === 'get' ? 'garbage' : true);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(system.monotonicMs()).toBeLessThan(1000);
  });
});

test.each<[string, () => KeyvStore]>([
  ['a Map', () => new Map()],
  ['a Keyv', () => new Keyv()],
  ['a Keyv with a namespace', () => new Keyv({ namespace: 'registry' })],
  ['one that says null for nothing', () => withNull(new Map<string, string>())],
])('A store may be %s', async (_what, make) => {
  const store = make();
  const { system, join, problems } = scene();
  const upstream = countingUpstream(system, 10);
  await inOrder([1, 2, 3], () => until(system, ask(join({ store }), upstream.load)));
  expect(upstream.calls).toBe(1);
  expect(problems).toEqual([]);
});

function withNull(map: Map<string, string>): KeyvStore {
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => map.set(key, value),
  };
}
