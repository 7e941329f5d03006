// What a scope has in the shared store: its answer, or a note that its answer cannot be shared.

import type { System } from '../system/system.ts';
import type { StoredAnswer } from '../providers/cache/fleet.ts';
import type { GuardedStore } from './guarded-store.ts';
import type { EntryKind, Sealer } from './seal.ts';
import type { StoreLock } from './shared-cache.ts';
import { formatStoredAnswer, parseStoredAnswer } from './stored-answer.ts';

/** How long a scope whose answer could not be shared is not waited for. */
const UNSHARED_MS = 60_000;

/** What stands in the store. */
interface ScopeState {
  /** One that is accepted. */
  readonly answer: StoredAnswer | undefined;
  /** Whether nobody is to be waited for, since the answer cannot be shared. */
  readonly isUnshared: boolean;
}

/** The entries of one scope. Every method rejects with a `StoreFailure` only. */
export interface ScopeEntries {
  look(): Promise<ScopeState>;
  putAnswer(answer: StoredAnswer): Promise<void>;
  /** Leaves the note. */
  putUnshared(): Promise<void>;
  /** Takes the scope's lock; `undefined` while another process has it. Only with a store that has locks. */
  readonly lock?: () => Promise<StoreLock | undefined>;
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
  const [noteName] = sealer.names('unshared', scope);
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

  /** Where the store has no locks nobody waits, and nobody leaves a note. */
  async function readNote(): Promise<boolean> {
    const text = lock === undefined ? undefined : await read('unshared', noteName);
    const leftMs = Number(text ?? 0) - system.now();
    return leftMs > 0 && leftMs <= UNSHARED_MS;
  }

  return {
    async look() {
      const reads = [Promise.all(answerNames.map(readAnswer)), readNote()] as const;
      const [answers, isUnshared] = await Promise.all(reads);
      return { answer: answers.find((answer) => answer !== undefined), isUnshared };
    },
    putAnswer(answer) {
      const ttlMs = answer.expiresAtMs - system.now();
      const value = sealer.seal('answer', scope, formatStoredAnswer(answer));
      return store.set(answerNames[0], value, ttlMs);
    },
    putUnshared() {
      const untilMs = system.now() + UNSHARED_MS;
      return store.set(noteName, sealer.seal('unshared', scope, String(untilMs)), UNSHARED_MS);
    },
    ...(lock && { lock: () => lock(answerNames[0]) }),
  };
}
