// Runs processes that share a file system in every order of their steps, each of them killed at every step. What a
// process does next depends on nothing but what its steps have given so far, so that two orders which lead to the same
// files and the same memories go on alike, and one of them is enough.

import type { System } from '../../../../src/system/system.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import type { Random } from '../../fakes/random.ts';

/** One process. What it returns is what it says at its end. */
type Program = (system: System, number: number) => Promise<string>;

/** How a world is explored. */
export interface Exploration {
  /** Makes the file system that all processes share. */
  readonly world: () => FakeSystem;
  readonly programs: readonly Program[];
  /** How many processes may be killed in one run. */
  readonly kills: number;
  /** What is wrong with a state, whether or not everybody is done. */
  readonly problem: (state: State) => string | undefined;
  /** Whether others see that a process runs; otherwise they see nothing of it. */
  readonly showsRunning: boolean;
  /** How long a process believes to have waited each time. */
  readonly waitMs: number;
  /** How far the processes' clocks are ahead of the files'. */
  readonly clockAheadMs?: number;
}

/** What has become of the processes. */
export interface State {
  readonly system: FakeSystem;
  /** What each said, `undefined` where it works still or was killed. */
  readonly said: readonly (string | undefined)[];
  readonly isKilled: readonly boolean[];
  readonly isDone: boolean;
}

/** What was found. */
interface Found {
  /** Different states that were seen. */
  readonly states: number;
  /** The first run with a problem, as what was done in it. */
  readonly problem: string | undefined;
}

type Move = { readonly step: number } | { readonly kill: number };

/** What of a system is no step: others neither change it nor see it. */
const OWN: ReadonlySet<string> = new Set([
  'now',
  'monotonicMs',
  'random',
  'uniqueName',
  'setTimer',
]);

/** Explores all orders; ends at the first problem. */
export async function explore(exploration: Exploration): Promise<Found> {
  const seen = new Set<string>();
  const open: (readonly Move[])[] = [[]];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    const run = await replay(exploration, from);
    let moves = from;
    for (;;) {
      const problem = problemOf(exploration, run);
      if (problem !== undefined) return { states: seen.size, problem };
      const key = run.key();
      if (seen.has(key)) break;
      seen.add(key);
      const [first, ...others] = run.choices();
      if (first === undefined) break;
      for (const move of others) open.push([...moves, move]);
      moves = [...moves, first];
      await run.make(first);
    }
  }
  return { states: seen.size, problem: undefined };
}

/** Runs some orders by chance; ends at the first problem. For more processes than can be explored. */
export async function sample(
  exploration: Exploration,
  runs: number,
  random: Pick<Random, 'below'>,
): Promise<Found> {
  for (let count = 0; count < runs; count += 1) {
    const run = await startRun(exploration);
    for (let choices = run.choices(); choices.length > 0; choices = run.choices()) {
      await run.make(choices[random.below(choices.length)] as Move);
      const problem = problemOf(exploration, run);
      if (problem !== undefined) return { states: count, problem };
    }
  }
  return { states: runs, problem: undefined };
}

function problemOf(exploration: Exploration, run: Run): string | undefined {
  const problem = exploration.problem(run.state());
  return problem === undefined ? undefined : `${problem}\n${run.story.join('\n')}`;
}

async function replay(exploration: Exploration, moves: readonly Move[]): Promise<Run> {
  const run = await startRun(exploration);
  for (const move of moves) await run.make(move);
  return run;
}

interface Run {
  readonly story: readonly string[];
  make(move: Move): Promise<void>;
  choices(): readonly Move[];
  key(): string;
  state(): State;
}

interface Process {
  readonly memory: string[];
  /** The step that it is about to make. */
  next: { readonly name: string; readonly make: () => void } | undefined;
  said: string | undefined;
  isKilled: boolean;
  /** Is called when it waits for its next step, or is done. */
  onRest: () => void;
}

async function startRun(exploration: Exploration): Promise<Run> {
  const { world, programs, kills } = exploration;
  const system = world();
  const story: string[] = [];
  const processes = programs.map((): Process => ({
    memory: [],
    next: undefined,
    said: undefined,
    isKilled: false,
    onRest: () => {},
  }));
  const isLive = ({ isKilled, said }: Process): boolean => !isKilled && said === undefined;

  async function start(process: Process, number: number): Promise<void> {
    const rest = resting(process);
    const own = steppedSystem({ system, process, number, exploration, isRunning });
    void (programs[number] as Program)(own, number)
      .catch((error: unknown) => `failed: ${(error as Error).message}`)
      .then((said) => {
        process.said = said;
        process.onRest();
      });
    await rest;
  }

  function isRunning(name: string): boolean | undefined {
    const other = processes[Number(name.slice(1))];
    if (other === undefined || !isLive(other)) return false;
    return exploration.showsRunning ? true : undefined;
  }

  await Promise.all(processes.map(start));
  return {
    story,
    async make(move) {
      if ('kill' in move) {
        story.push(`${move.kill} is killed`);
        Object.assign(processes[move.kill] as Process, { isKilled: true, next: undefined });
        return;
      }
      const process = processes[move.step] as Process;
      const { next } = process;
      story.push(`${move.step} ${next?.name}`);
      process.next = undefined;
      const rest = resting(process);
      next?.make();
      await rest;
    },
    choices() {
      const live = processes.flatMap(({ next }, number) => (next === undefined ? [] : [number]));
      const killed = processes.filter(({ isKilled }) => isKilled).length;
      const killing = killed < kills ? live.map((kill) => ({ kill })) : [];
      return [...killing, ...live.map((step) => ({ step }))];
    },
    key: () =>
      JSON.stringify([
        system.snapshot(),
        processes.map(({ memory, isKilled, said }) => [memory, isKilled, said]),
      ]),
    state: () => ({
      system,
      said: processes.map(({ said }) => said),
      isKilled: processes.map(({ isKilled }) => isKilled),
      isDone: !processes.some(isLive),
    }),
  };
}

function resting(process: Process): Promise<void> {
  return new Promise((resolve) => {
    process.onRest = resolve;
  });
}

interface Stepping {
  readonly system: FakeSystem;
  readonly process: Process;
  readonly number: number;
  readonly exploration: Exploration;
  readonly isRunning: (name: string) => boolean | undefined;
}

/** The shared system, each of whose steps waits for its turn. */
function steppedSystem({ system, process, number, exploration, isRunning }: Stepping): System {
  let names = 0;
  let clockMs = 0;
  let last: Promise<unknown> = Promise.resolve();

  function step(name: string, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const make = (): void =>
        void work().then(
          (value) => {
            process.memory.push(`${name} ${JSON.stringify(value)}`);
            resolve(value);
          },
          (error: unknown) => {
            process.memory.push(`${name} ${String(error)}`);
            reject(error as Error);
          },
        );
      process.next = { name, make };
      process.onRest();
    });
  }

  /** Several at once are one after the other here. */
  function inTurn(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const mine = last.then(() => step(name, work));
    last = mine.catch(() => {});
    return mine;
  }

  const own: Partial<System> = {
    ownProcess: async () => `p${number}`,
    isRunning: async (name) => isRunning(name),
    uniqueName: () => {
      names += 1;
      return `${number}0000000-0000-0000-0000-${`${names}`.padStart(12, '0')}`;
    },
    now: () => system.now() + (exploration.clockAheadMs ?? 0),
    monotonicMs: () => clockMs,
    setTimer(_delayMs, callback, options) {
      // Renewals are tried elsewhere: here nobody is slow but by the order of steps.
      if (options?.keepAlive === true) {
        void inTurn('wait', async () => void (clockMs += exploration.waitMs)).then(callback);
      }
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
