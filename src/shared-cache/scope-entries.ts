// The two entries that a scope has in the shared store: its answer, and the lease of the process that asks upstream.

import { isRecord } from '../util/is-record.ts';
import type { System } from '../system/system.ts';
import type { GuardedStore } from './guarded-store.ts';
import type { EntryKind, Sealer } from './seal.ts';
import type { StoreLock } from './shared-store.ts';
import type { StoredAnswer } from '../providers/cache/fleet.ts';
import { formatStoredAnswer, parseStoredAnswer } from './stored-answer.ts';

/** Who asks upstream. */
export interface LeaseRecord {
  /** A random name of the holder. */
  readonly id: string;
  /** Counts renewals, so that waiters see by their own clocks whether the holder lives. */
  readonly beat: number;
  /** Left by a holder whose answer cannot be shared: until then each process asks by itself. Wall clock. */
  readonly unsharedUntilMs?: number;
}

/** What stands in the store. */
export interface ScopeState {
  readonly answer: StoredAnswer | undefined;
  readonly lease: LeaseRecord | undefined;
}

/** The entries of one scope. Every method rejects with a `StoreFailure` only. */
export interface ScopeEntries {
  /** Reads both. The answer is one that is accepted. */
  look(): Promise<ScopeState>;
  readLease(): Promise<LeaseRecord | undefined>;
  putAnswer(answer: StoredAnswer): Promise<void>;
  putLease(lease: LeaseRecord, ttlMs: number): Promise<void>;
  /** Takes the scope's lock; `undefined` while another process has it. Only with a store that has locks. */
  readonly lock?: () => Promise<StoreLock | undefined>;
  removeLease(): Promise<void>;
}

/** What entries are made of. */
export interface ScopeEntriesOptions {
  readonly system: Pick<System, 'now'>;
  readonly store: GuardedStore;
  readonly sealer: Sealer;
  readonly scope: string;
  readonly accept: (answer: StoredAnswer) => boolean;
}

/** Opens a scope's entries. */
export function scopeEntries(options: ScopeEntriesOptions): ScopeEntries {
  const { system, store, sealer, scope, accept } = options;
  const answerNames = sealer.names('answer', scope);
  const [leaseName] = sealer.names('lease', scope);
  const sealLease = (lease: LeaseRecord): string =>
    sealer.seal('lease', scope, JSON.stringify(lease));
  const { lock } = store;

  async function read(kind: EntryKind, name: string): Promise<string | undefined> {
    const value = await store.get(name);
    if (value === undefined) return undefined;
    const text = sealer.open(kind, scope, value);
    if (text === undefined) store.tell('the shared store holds an entry that is not ours; ignored');
    else store.confirm();
    return text;
  }

  async function readAnswer(name: string): Promise<StoredAnswer | undefined> {
    const text = await read('answer', name);
    const answer = text === undefined ? undefined : parseStoredAnswer(text, system.now());
    return answer !== undefined && accept(answer) ? answer : undefined;
  }

  async function readLease(): Promise<LeaseRecord | undefined> {
    const text = await read('lease', leaseName);
    return text === undefined ? undefined : parseLease(text);
  }

  return {
    async look() {
      const reads = [Promise.all(answerNames.map(readAnswer)), readLease()] as const;
      const [answers, lease] = await Promise.all(reads);
      return { answer: answers.find((answer) => answer !== undefined), lease };
    },
    readLease,
    putAnswer(answer) {
      const ttlMs = answer.expiresAtMs - system.now();
      const value = sealer.seal('answer', scope, formatStoredAnswer(answer));
      return store.set(answerNames[0], value, ttlMs);
    },
    putLease: (lease, ttlMs) => store.set(leaseName, sealLease(lease), ttlMs),
    ...(lock && { lock: () => lock(leaseName) }),
    removeLease: () => store.delete(leaseName),
  };
}

/** Only a holder of the key can have written it: what is not as expected is of another version. */
function parseLease(text: string): LeaseRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isLease =
      isRecord(value) && typeof value['id'] === 'string' && typeof value['beat'] === 'number';
    return isLease ? (value as unknown as LeaseRecord) : undefined;
  } catch {
    return undefined;
  }
}
