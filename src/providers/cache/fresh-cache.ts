// What lives here: the cache that never makes anyone wait twice (docs/caching.md): one flight a scope, refresh ahead of
// expiry, failures remembered, nothing used beyond its end. To change when something is refreshed: lifetime.ts and
// failures.ts. Must not be imported here: what providers are; this file knows keys and values only.

import { orAbort } from '../../system/deadline.ts';
import type { System } from '../../system/system.ts';
import { evictOldest } from './evict-oldest.ts';
import { createFailures } from './failures.ts';
import { lifetimeOf, type Expiry, type Lifetime } from './lifetime.ts';

/** More scopes than this are not kept: what was loaded longest ago goes first. */
const MAX_ENTRIES = 10_000;
/** Node's timers hold no longer delay. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What was loaded, and what it is good for. */
export interface Loaded<T> extends Expiry {
  readonly value: T;
  /** The scope that it answers. */
  readonly key: string;
}

/** What is wanted. */
export interface Question<T> {
  /** Every scope whose answer would do, from the narrowest to the widest. */
  readonly keys: readonly string[];
  /** The scope that a failure is remembered for. */
  readonly ownKey: string;
  /** Questions that may turn out to have one answer wait for each other under this key. */
  readonly flightKey: string;
  /** Rejects with an `E` of the cache; an answer of no scope of `keys` is an answer for somebody else. */
  load(call: Call): Promise<Loaded<T>>;
}

/** One call of the source. */
export interface Call {
  readonly signal: AbortSignal;
  /** Whether nobody waits for it; it must not keep the process alive then. */
  readonly isBackground: boolean;
}

/** What came of it. */
export type Served<T, E> =
  | { readonly from: 'cache' | 'source'; readonly value: T; readonly usableUntilMs?: number }
  | { readonly from: 'failure'; readonly error: E; readonly retryInMs: number };

/** The cache. */
export interface FreshCache<T, E> {
  /** What can be said at once; starts a refresh where one is due. */
  peek(question: Question<T>): Served<T, E> | undefined;
  /** Rejects only when the signal does, or at `close()`. */
  get(question: Question<T>, signal: AbortSignal): Promise<Served<T, E>>;
  /** Ends timers and flights. */
  close(): void;
}

/** How a cache behaves. */
export interface FreshCacheOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'random' | 'setTimer'>;
  /** Refreshes what is in use on timers, and not only when it is looked up. */
  readonly keepFresh: boolean;
}

interface Entry<T> {
  readonly value: T;
  readonly lifetime: Lifetime;
  /** The end again, on the clock that nobody can set back. */
  readonly usableUntilMonotonicMs: number;
  /** The question that a timer asks again. */
  question: Question<T>;
  usedAtMonotonicMs: number;
  cancelTimer?: () => void;
}

interface Flight<T> {
  readonly promise: Promise<Loaded<T>>;
  readonly controller: AbortController;
  readonly isBackground: boolean;
  waiters: number;
}

/** Makes an empty cache. */
export function createFreshCache<T, E extends Error>({
  system,
  keepFresh,
}: FreshCacheOptions): FreshCache<T, E> {
  const entries = new Map<string, Entry<T>>();
  const flights = new Map<string, Flight<T>>();
  const failures = createFailures<E>(system);

  function peek(question: Question<T>): Served<T, E> | undefined {
    for (const key of question.keys) {
      const entry = entries.get(key);
      if (entry !== undefined && isUsable(entry)) return serve(entry, question);
    }
    const failure = failures.get(question.ownKey);
    const retryInMs = failure === undefined ? 0 : failure.retryAtMs - system.monotonicMs();
    if (failure === undefined || retryInMs <= 0) return undefined;
    return { from: 'failure', error: failure.error, retryInMs };
  }

  function serve(entry: Entry<T>, question: Question<T>): Served<T, E> {
    entry.question = question;
    entry.usedAtMonotonicMs = system.monotonicMs();
    if (system.now() >= entry.lifetime.refreshAtMs) refresh(question);
    const { usableUntilMs } = entry.lifetime;
    return { from: 'cache', value: entry.value, usableUntilMs };
  }

  function isUsable({ lifetime, usableUntilMonotonicMs }: Entry<T>): boolean {
    return system.now() < lifetime.usableUntilMs && system.monotonicMs() < usableUntilMonotonicMs;
  }

  async function get(question: Question<T>, signal: AbortSignal): Promise<Served<T, E>> {
    const known = peek(question);
    if (known !== undefined) return known;
    const { flightKey, ownKey, keys } = question;
    const isLeader = !flights.has(flightKey);
    const shared = await wait(flightKey, question, signal);
    const isForUs = 'loaded' in shared ? keys.includes(shared.loaded.key) : isLeader;
    if (isForUs || flightKey === ownKey) return served(question, shared);
    // Somebody else's question turned out to be another one.
    return served(question, await wait(ownKey, question, signal));
  }

  function served(question: Question<T>, outcome: Outcome<T>): Served<T, E> {
    if ('loaded' in outcome) return { from: 'source', value: outcome.loaded.value };
    const error = outcome.error as E;
    const retryAtMs = failures.get(question.ownKey)?.retryAtMs ?? 0;
    return { from: 'failure', error, retryInMs: Math.max(0, retryAtMs - system.monotonicMs()) };
  }

  async function wait(
    key: string,
    question: Question<T>,
    signal: AbortSignal,
  ): Promise<Outcome<T>> {
    const flight = flights.get(key) ?? start(key, question, false);
    flight.waiters += 1;
    const outcome = await orAbort(signal, flight.promise).then(
      (loaded) => ({ loaded }),
      (error: unknown) => ({ error }),
    );
    flight.waiters -= 1;
    if (flight.waiters === 0 && !flight.isBackground) abandon(key, flight, signal.reason);
    signal.throwIfAborted();
    // Closing ends a flight without a failure of the source.
    flight.controller.signal.throwIfAborted();
    return outcome;
  }

  /** Nobody waits any longer: after a flight's end this does nothing. */
  function abandon(key: string, flight: Flight<T>, reason: unknown): void {
    if (flights.get(key) !== flight) return;
    flights.delete(key);
    flight.controller.abort(reason);
  }

  function start(key: string, question: Question<T>, isBackground: boolean): Flight<T> {
    const controller = new AbortController();
    const call = { signal: controller.signal, isBackground };
    const promise = load(question, call).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    // Whoever waits is told; a refresh has nobody waiting.
    promise.catch(() => {});
    const flight: Flight<T> = { promise, controller, isBackground, waiters: 0 };
    flights.set(key, flight);
    return flight;
  }

  async function load(question: Question<T>, call: Call): Promise<Loaded<T>> {
    try {
      const loaded = await question.load(call);
      call.signal.throwIfAborted();
      failures.clear(question.ownKey);
      keep(loaded, question);
      return loaded;
    } catch (error) {
      if (!call.signal.aborted) failures.add(question.ownKey, error as E);
      throw error;
    }
  }

  function keep(loaded: Loaded<T>, question: Question<T>): void {
    const lifetime = lifetimeOf(loaded, system.random());
    if (lifetime === undefined) return;
    const now = system.monotonicMs();
    const entry: Entry<T> = {
      value: loaded.value,
      lifetime,
      usableUntilMonotonicMs: now + lifetime.usableUntilMs - system.now(),
      question,
      usedAtMonotonicMs: entries.get(loaded.key)?.usedAtMonotonicMs ?? now,
    };
    forget(loaded.key);
    entries.set(loaded.key, entry);
    evictOldest(entries, MAX_ENTRIES, ({ cancelTimer }) => cancelTimer?.());
    if (keepFresh) schedule(loaded.key, entry, lifetime.refreshAtMs - system.now());
  }

  function forget(key: string): void {
    entries.get(key)?.cancelTimer?.();
    entries.delete(key);
  }

  function refresh(question: Question<T>): Flight<T> | undefined {
    const failure = failures.get(question.ownKey);
    if (failure !== undefined && system.monotonicMs() < failure.refreshAtMs) return undefined;
    // A lookup that finds the old answer gone waits for this one.
    if (flights.has(question.flightKey)) return undefined;
    return start(question.flightKey, question, true);
  }

  function schedule(key: string, entry: Entry<T>, delayMs: number): void {
    entry.cancelTimer = system.setTimer(Math.min(Math.max(delayMs, 0), MAX_TIMER_MS), () => {
      void keepInUse(key, entry);
    });
  }

  async function keepInUse(key: string, entry: Entry<T>): Promise<void> {
    const { receivedAtMs, usableUntilMs, refreshAtMs } = entry.lifetime;
    const idleMs = system.monotonicMs() - entry.usedAtMonotonicMs;
    // What nobody looked up during a whole life is left to end.
    if (idleMs >= usableUntilMs - receivedAtMs) return forget(key);
    if (system.now() >= refreshAtMs) {
      await refresh(entry.question)?.promise.catch(() => {});
    }
    if (entries.get(key) !== entry) return;
    const failure = failures.get(entry.question.ownKey);
    const nextMs = failure === undefined ? 1000 : failure.refreshAtMs - system.monotonicMs();
    schedule(key, entry, Math.max(nextMs, refreshAtMs - system.now(), 1000));
  }

  return {
    peek,
    get,
    close() {
      const reason = new TypeError('The keyring was closed');
      for (const [key, flight] of flights) abandon(key, flight, reason);
      for (const key of entries.keys()) forget(key);
    },
  };
}

type Outcome<T> = { readonly loaded: Loaded<T> } | { readonly error: unknown };
