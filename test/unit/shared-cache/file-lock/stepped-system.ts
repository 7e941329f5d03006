// One process's sight of a file system that others share: each of its steps waits for its turn.

import type { System } from '../../../../src/system/system.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';

/** What of a system is no step: others neither change it nor see it. */
const OWN: ReadonlySet<string> = new Set([
  'now',
  'monotonicMs',
  'random',
  'uniqueName',
  'setTimer',
]);

/** What is known of a process. */
export interface Process {
  readonly memory: string[];
  /** The step that it is about to make. */
  next: { readonly name: string; readonly make: () => void } | undefined;
  said: string | undefined;
  isKilled: boolean;
  /** Is called when it waits for its next step, or is done. */
  onRest: () => void;
}

/** What a process's sight is made of. */
interface Stepping {
  readonly system: FakeSystem;
  readonly process: Process;
  readonly number: number;
  readonly waitMs: number;
  readonly clockAheadMs: number;
  readonly isRunning: (name: string) => boolean | undefined;
}

/** The shared system, each of whose steps waits for its turn. */
export function steppedSystem({ system, process, number, isRunning, ...clock }: Stepping): System {
  let names = 0;
  let clockMs = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function step(name: string, work: () => Promise<unknown>): Promise<unknown> {
    await new Promise<void>((resolve) => {
      process.next = { name, make: resolve };
      process.onRest();
    });
    try {
      const value = await work();
      process.memory.push(`${name} ${JSON.stringify(value)}`);
      return value;
    } catch (error) {
      process.memory.push(`${name} ${String(error)}`);
      throw error;
    }
  }

  /** Several at once are one after the other here. */
  function inTurn(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const mine = last.then(() => step(name, work));
    last = mine.catch(() => {});
    return mine;
  }

  async function ring(callback: () => void): Promise<void> {
    await inTurn('wait', async () => {
      clockMs += clock.waitMs;
    });
    callback();
  }

  const own: Partial<System> = {
    ownProcess: async () => `p${number}`,
    isRunning: async (name) => isRunning(name),
    uniqueName: () => {
      names += 1;
      return `${number}0000000-0000-0000-0000-${`${names}`.padStart(12, '0')}`;
    },
    now: () => system.now() + clock.clockAheadMs,
    monotonicMs: () => clockMs,
    setTimer(_delayMs, callback, options) {
      // Renewals are tried elsewhere: here nobody is slow but by the order of steps.
      if (options?.keepAlive === true) void ring(callback);
      return () => {};
    },
  };
  return new Proxy(system, {
    get(target, name: keyof System) {
      const found = (own[name] ?? target[name]) as unknown;
      if (typeof found !== 'function' || OWN.has(name)) return found;
      const method = found as (...all: readonly unknown[]) => Promise<unknown>;
      return (...args: readonly unknown[]) => {
        const [path] = args;
        if (isUnseen(name, String(path))) return method(...args);
        return inTurn(`${name} ${String(path)}`, async () => method(...args));
      };
    },
  });
}

/** A temporary name is known to its maker alone, until it is renamed. */
function isUnseen(name: string, path: string): boolean {
  return path.includes('.tmp') && !name.startsWith('move');
}
