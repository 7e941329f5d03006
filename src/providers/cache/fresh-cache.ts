// What lives here: the cache that never makes anyone wait twice (docs/caching.md): one call a scope, refresh ahead of
// expiry, failures remembered, nothing used beyond its end. To change when something is refreshed: lifetime.ts and
// failures.ts. Must not be imported here: what providers are; this file knows keys and values only.

import type { System } from '../../system/system.ts';
import { evictOldest } from '../../util/evict-oldest.ts';
import { createFailures } from './failures.ts';
import { createSingleFlight, type Load } from '../../util/single-flight.ts';
import { lifetimeOf, type Expiry, type Lifetime } from './lifetime.ts';
import { has } from '../../util/own.ts';

/** More scopes than this are not kept: what was loaded longest ago goes first. */
const MAX_ENTRIES = 10_000;
/** Node's timers hold no longer delay. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** An answer that is refused, and the one after it too, is not asked for again and again. */
const ASK_AGAIN_AFTER_MS = 10_000;

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
  readonly callKey: string;
  /** Rejects with an `E` of the cache; an answer of no scope of `keys` is an answer for somebody else. */
  load(call: Call): Promise<Loaded<T>>;
  /** Whether a kept value is of no use to whoever asks: it is asked for again, at most once in ten seconds. */
  readonly isRefused?: ((value: T) => boolean) | undefined;
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
  /** Ends timers and calls. */
  close(): void;
}

/** How a cache behaves. */
export interface FreshCacheOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'random' | 'setTimer'>;
  /** Refreshes what is in use on timers, and not only when it is looked up. */
  readonly keepFresh: boolean;
}

interface Entry<T> {
  readonly key: string;
  readonly value: T;
  readonly lifetime: Lifetime;
  /** The end again, on the clock that nobody can set back. */
  readonly usableUntilMonotonicMs: number;
  /** The question that a timer asks again. */
  question: Question<T>;
  usedAtMonotonicMs: number;
  /** Before that it serves whoever was refused it, too. */
  askAgainAtMonotonicMs: number;
  cancelTimer?: () => void;
}

/** What a call ends with: failures of the source have waiters, too. */
type Outcome<T> = { readonly loaded: Loaded<T> } | { readonly error: unknown };

/** Makes an empty cache. */
export function createFreshCache<T, E extends Error>({
  system,
  keepFresh,
}: FreshCacheOptions): FreshCache<T, E> {
  const entries = new Map<string, Entry<T>>();
  const calls = createSingleFlight<Outcome<T>>();
  const failures = createFailures<E>(system);

  function peek(question: Question<T>): Served<T, E> | undefined {
    const entry = find(question.keys, question.isRefused);
    if (entry !== undefined) return serve(entry, question);
    const failure = failures.get(question.ownKey);
    const retryInMs = failure === undefined ? 0 : failure.retryAtMs - system.monotonicMs();
    if (failure === undefined || retryInMs <= 0) return undefined;
    return { from: 'failure', error: failure.error, retryInMs };
  }

  function find(keys: readonly string[], isRefused?: (value: T) => boolean): Entry<T> | undefined {
    if (entries.size === 0) return undefined;
    for (const key of keys) {
      const entry = entries.get(key);
      if (entry && isUsable(entry) && isRefused?.(entry.value) !== true) return entry;
    }
    return undefined;
  }

  function serve(entry: Entry<T>, question: Question<T>): Served<T, E> {
    entry.question = question;
    entry.usedAtMonotonicMs = system.monotonicMs();
    if (system.now() >= entry.lifetime.refreshAtMs) void refresh(question);
    const { usableUntilMs } = entry.lifetime;
    return { from: 'cache', value: entry.value, usableUntilMs };
  }

  function isUsable({ lifetime, usableUntilMonotonicMs }: Entry<T>): boolean {
    return system.now() < lifetime.usableUntilMs && system.monotonicMs() < usableUntilMonotonicMs;
  }

  function get(question: Question<T>, signal: AbortSignal): Promise<Served<T, E>> {
    const known = peek(question);
    if (known !== undefined) return Promise.resolve(known);
    const refused = question.isRefused === undefined ? undefined : find(question.keys);
    return refused === undefined ? ask(question, signal) : replace(refused, question, signal);
  }

  /** Until another answer has come, the old one serves those who do not mind it. */
  async function replace(
    entry: Entry<T>,
    question: Question<T>,
    signal: AbortSignal,
  ): Promise<Served<T, E>> {
    // What is under way is newer.
    if (!calls.has(question.callKey)) {
      const now = system.monotonicMs();
      if (now < entry.askAgainAtMonotonicMs) return serve(entry, question);
      entry.askAgainAtMonotonicMs = now + ASK_AGAIN_AFTER_MS;
    }
    try {
      const given = await ask(question, signal);
      // One of another scope does not take its place.
      if (given.from === 'source' && entries.get(entry.key) === entry) forget(entry.key);
      return given;
    } catch (error) {
      // Whoever gave up as the last one has ended the call, and the next one needs another.
      if (!calls.has(question.callKey)) entry.askAgainAtMonotonicMs = 0;
      throw error;
    }
  }

  /** No async function: thousands may wait here. */
  function ask(question: Question<T>, signal: AbortSignal): Promise<Served<T, E>> {
    const { callKey, ownKey, keys } = question;
    const isLeader = !calls.has(callKey);
    return calls.run(callKey, loader(question, false), signal).then((shared) => {
      const isForUs = has(shared, 'loaded') ? keys.includes(shared.loaded.key) : isLeader;
      if (isForUs || callKey === ownKey) return served(question, shared);
      // Somebody else's question turned out to be another one.
      const own = calls.run(ownKey, loader(question, false), signal);
      return own.then((outcome) => served(question, outcome));
    });
  }

  function served(question: Question<T>, outcome: Outcome<T>): Served<T, E> {
    if (has(outcome, 'loaded')) return { from: 'source', value: outcome.loaded.value };
    const error = outcome.error as E;
    const retryAtMs = failures.get(question.ownKey)?.retryAtMs ?? 0;
    return { from: 'failure', error, retryInMs: Math.max(0, retryAtMs - system.monotonicMs()) };
  }

  function loader(question: Question<T>, isBackground: boolean): Load<Outcome<T>> {
    return (signal) => load(question, { signal, isBackground });
  }

  /** Rejects when it is aborted only. */
  async function load(question: Question<T>, call: Call): Promise<Outcome<T>> {
    try {
      const loaded = await question.load(call);
      call.signal.throwIfAborted();
      failures.clear(question.ownKey);
      keep(loaded, question);
      return { loaded };
    } catch (error) {
      call.signal.throwIfAborted();
      failures.add(question.ownKey, error as E);
      return { error };
    }
  }

  function keep(loaded: Loaded<T>, question: Question<T>): void {
    const lifetime = lifetimeOf(loaded, system.random());
    if (lifetime === undefined) return;
    const now = system.monotonicMs();
    const previous = entries.get(loaded.key);
    const entry: Entry<T> = {
      key: loaded.key,
      value: loaded.value,
      lifetime,
      usableUntilMonotonicMs: now + lifetime.usableUntilMs - system.now(),
      question,
      usedAtMonotonicMs: previous?.usedAtMonotonicMs ?? now,
      askAgainAtMonotonicMs: previous?.askAgainAtMonotonicMs ?? 0,
    };
    forget(loaded.key);
    entries.set(loaded.key, entry);
    evictOldest(entries, MAX_ENTRIES, ({ cancelTimer }) => cancelTimer?.());
    if (keepFresh) schedule(entry, lifetime.refreshAtMs - system.now());
  }

  function forget(key: string): void {
    entries.get(key)?.cancelTimer?.();
    entries.delete(key);
  }

  function refresh(question: Question<T>): Promise<unknown> | undefined {
    const failure = failures.get(question.ownKey);
    if (failure !== undefined && system.monotonicMs() < failure.refreshAtMs) return undefined;
    // A lookup that finds the old answer gone waits for this one.
    return calls.runInBackground(question.callKey, loader(question, true));
  }

  function schedule(entry: Entry<T>, delayMs: number): void {
    entry.cancelTimer = system.setTimer(Math.min(Math.max(delayMs, 0), MAX_TIMER_MS), () => {
      void keepInUse(entry);
    });
  }

  async function keepInUse(entry: Entry<T>): Promise<void> {
    const { key } = entry;
    const { receivedAtMs, usableUntilMs, refreshAtMs } = entry.lifetime;
    const idleMs = system.monotonicMs() - entry.usedAtMonotonicMs;
    // What nobody looked up during a whole life is left to end.
    if (idleMs >= usableUntilMs - receivedAtMs) return forget(key);
    if (system.now() >= refreshAtMs) {
      await refresh(entry.question)?.catch(() => {});
    }
    if (entries.get(key) !== entry) return;
    const failure = failures.get(entry.question.ownKey);
    const nextMs = failure === undefined ? 1000 : failure.refreshAtMs - system.monotonicMs();
    schedule(entry, Math.max(nextMs, refreshAtMs - system.now(), 1000));
  }

  return {
    peek,
    get,
    close() {
      calls.close(new TypeError('The keyring was closed'));
      for (const key of entries.keys()) forget(key);
    },
  };
}
