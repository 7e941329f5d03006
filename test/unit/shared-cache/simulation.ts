// A store with latency on a clock that tests move, and fleets that use it.

import { setImmediate } from 'node:timers/promises';
import { createFleet, type FleetOptions } from '../../../src/shared-cache/fleet.ts';
import type { Fleet, ShareOptions } from '../../../src/providers/cache/fleet.ts';
import type { KeyvStore } from '../../../src/shared-cache/shared-cache.ts';
import type { StoredAnswer } from '../../../src/providers/cache/fleet.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';

export const KEY: string = Buffer.alloc(32, 1).toString('base64');
export const OTHER_KEY: string = Buffer.alloc(32, 2).toString('base64');
export const HOUR_MS = 3_600_000;

/** One call of a store. */
export interface StoreCall {
  readonly method: 'get' | 'set';
  readonly key: string;
  readonly value?: string;
  readonly ttlMs?: number | undefined;
}

/** What a store does in place of an operation. */
type Fault = (call: StoreCall) => unknown;

/** A store with handles for the test. */
interface FakeStore extends KeyvStore {
  readonly values: Map<string, unknown>;
  readonly calls: StoreCall[];
  /** Replaces operations from now on; `undefined` mends it. */
  fault: Fault | undefined;
}

/** How a store behaves. */
export interface FakeStoreOptions {
  /** One way, anew for each message. */
  readonly latencyMs?: () => number;
  /** Whether it forgets a value when its time is over. */
  readonly expires?: boolean;
}

/** Makes an empty store. */
function fakeStore(
  system: FakeSystem,
  { latencyMs = () => 0, expires = true }: FakeStoreOptions = {},
): FakeStore {
  const values = new Map<string, unknown>();
  const untilMs = new Map<string, number>();
  const calls: StoreCall[] = [];
  const travel = (): Promise<void> =>
    new Promise((resolve) => {
      const ms = latencyMs();
      if (ms === 0) resolve();
      else system.setTimer(ms, resolve);
    });
  const operate = async (call: StoreCall, work: () => unknown): Promise<unknown> => {
    calls.push(call);
    if (store.fault !== undefined) return store.fault(call);
    await travel();
    const result = work();
    await travel();
    return result;
  };
  const isOver = (key: string): boolean =>
    expires && (untilMs.get(key) ?? Infinity) <= system.monotonicMs();
  const store: FakeStore = {
    values,
    calls,
    fault: undefined,
    get: (key) =>
      operate({ method: 'get', key }, () => (isOver(key) ? undefined : values.get(key))),
    set: (key, value, ttlMs) =>
      operate({ method: 'set', key, value, ttlMs }, () => {
        values.set(key, value);
        untilMs.set(key, system.monotonicMs() + (ttlMs ?? Infinity));
        return true;
      }),
  };
  return store;
}

/** An answer that is good for an hour. */
export function answerAt(nowMs: number, password = 'token'): StoredAnswer {
  const expiresAtMs = nowMs + HOUR_MS;
  return {
    response: {
      auth: { 'registry.example.com': { username: 'user', password } },
      cacheKeyType: 'Registry',
      expiresAt: new Date(expiresAtMs),
    },
    receivedAtMs: nowMs,
    expiresAtMs,
  };
}

/** An upstream that counts. */
export interface Upstream {
  calls: number;
  /** The most calls that were under way at one time. */
  mostAtOnce: number;
  readonly load: () => Promise<StoredAnswer>;
}

/** Makes an upstream that takes some time. */
export function countingUpstream(system: FakeSystem, takesMs: number): Upstream {
  let underWay = 0;
  const upstream: Upstream = {
    calls: 0,
    mostAtOnce: 0,
    load: async () => {
      upstream.calls += 1;
      const number = upstream.calls;
      underWay += 1;
      upstream.mostAtOnce = Math.max(upstream.mostAtOnce, underWay);
      await sleep(system, takesMs);
      underWay -= 1;
      return answerAt(system.now(), `token ${number}`);
    },
  };
  return upstream;
}

export function sleep(system: FakeSystem, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    system.setTimer(delayMs, resolve);
  });
}

/** Moves the clock in small steps until the work is done. */
export async function until<T>(system: FakeSystem, work: Promise<T>, stepMs = 5): Promise<T> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  work.then(settle, settle);
  const limitMs = system.monotonicMs() + 10 * 60_000;
  const step = async (): Promise<void> => {
    await setImmediate();
    if (settled) return;
    if (system.monotonicMs() > limitMs) throw new Error('it is not done after ten minutes');
    system.advance(stepMs);
    await step();
  };
  await step();
  return work;
}

/** Lets time pass. */
export async function pass(system: FakeSystem, durationMs: number): Promise<void> {
  await until(system, sleep(system, durationMs));
}

/** A world with one store. */
export interface Scene {
  readonly system: FakeSystem;
  readonly store: FakeStore;
  readonly problems: string[];
  readonly join: (options?: Partial<FleetOptions>) => Fleet;
}

/** Sets a scene. */
export function scene(options?: FakeStoreOptions): Scene {
  const system = fakeSystem();
  const store = fakeStore(system, options);
  const problems: string[] = [];
  return {
    system,
    store,
    problems,
    join: (more) =>
      createFleet({
        system,
        store,
        keys: [KEY],
        onProblem: (message) => problems.push(message),
        ...more,
      }),
  };
}

/** A world whose store has locks. */
export interface NearScene extends Scene {
  readonly near: KeyvStore;
}

/** A scene whose store has locks that it gives after a while, and takes from those who are killed. */
export function nearScene(options: FakeStoreOptions = {}): NearScene {
  const far = scene({ ...options, expires: false });
  const { store, system } = far;
  const held = new Map<string, symbol>();
  const near: KeyvStore = {
    get: (key) => store.get(key),
    set: (key, value, ttlMs) => store.set(key, value, ttlMs),
    lock: async (key) => {
      await pass(system, options.latencyMs?.() ?? 0);
      if (held.has(key)) return undefined;
      const own = Symbol('held');
      held.set(key, own);
      return {
        release: async () => {
          await pass(system, options.latencyMs?.() ?? 0);
          if (held.get(key) === own) held.delete(key);
        },
      };
    },
  };
  return { ...far, near, join: (more) => far.join({ store: near, ...more }) };
}

/** Asks for the scope of most tests. */
export function ask(
  fleet: Fleet,
  load: ShareOptions['load'],
  options: Partial<ShareOptions> & { readonly scope?: string } = {},
): Promise<StoredAnswer | undefined> {
  const { scope = 'scope', ...rest } = options;
  const { signal } = new AbortController();
  return fleet.share(scope, { accept: () => true, load, signal, ...rest });
}

/** An upstream that has nothing. */
export async function loadNothing(): Promise<undefined> {}

export function passwordOf(answer: StoredAnswer | undefined): string | undefined {
  return answer?.response.auth['registry.example.com']?.password;
}
