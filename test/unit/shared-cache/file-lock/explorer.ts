// Runs processes that share a file system in every order of their steps, each of them killed at every step. What a
// process does next depends on nothing but what its steps have given so far, so that two orders which lead to the same
// files and the same memories go on alike, and one of them is enough.

import type { System } from '../../../../src/system/system.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import type { Random } from '../../fakes/random.ts';
import { steppedSystem, type Process } from './stepped-system.ts';

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

/** Explores all orders, or so many states; ends at the first problem. */
export async function explore(exploration: Exploration, most: number = Infinity): Promise<Found> {
  const seen = new Set<string>();
  const open: (readonly Move[])[] = [[]];
  for await (const run of replays(exploration, open)) {
    const problem = problemOf(exploration, run);
    if (problem !== undefined) return { states: seen.size, problem };
    const key = run.key();
    const choices = seen.has(key) ? [] : run.choices();
    seen.add(key);
    if (seen.size >= most) break;
    open.push(...choices.map((move) => run.moves.concat(move)));
  }
  return { states: seen.size, problem: undefined };
}

// Runs up to each of the open ends: an end that is one move further than the last run goes on with that run, others begin
// anew.
async function* replays(exploration: Exploration, open: (readonly Move[])[]): AsyncGenerator<Run> {
  let last: Run | undefined;
  for (let moves = open.pop(); moves !== undefined; moves = open.pop()) {
    const end = moves;
    const isNext = last !== undefined && isExtended(last.moves, moves);
    const run: Promise<Run> = isNext
      ? continueRun(last as Run, moves)
      : startRun(exploration).then((started) => continueRun(started, end));
    yield run.then((done) => {
      last = done;
      return done;
    });
  }
}

/** Moves are objects that are made once. */
function isExtended(moves: readonly Move[], further: readonly Move[]): boolean {
  return moves.every((move, index) => move === further[index]);
}

async function continueRun(run: Run, moves: readonly Move[]): Promise<Run> {
  await inOrder(moves.slice(run.moves.length), (move) => run.make(move));
  return run;
}

/** Runs some orders by chance; ends at the first problem. For more processes than can be explored. */
export async function sample(
  exploration: Exploration,
  runs: number,
  random: Pick<Random, 'below'>,
): Promise<Found> {
  for await (const run of chances(exploration, runs, random)) {
    const problem = problemOf(exploration, run);
    if (problem !== undefined) return { states: runs, problem };
  }
  return { states: runs, problem: undefined };
}

async function* chances(
  exploration: Exploration,
  runs: number,
  random: Pick<Random, 'below'>,
): AsyncGenerator<Run> {
  let run: Run | undefined;
  for (let count = 0; count < runs; count += 1) {
    yield startRun(exploration).then((started) => (run = started));
    for (let choices = run?.choices() ?? []; choices.length > 0; choices = run?.choices() ?? []) {
      yield continueRun(run as Run, [
        ...(run as Run).moves,
        choices[random.below(choices.length)] as Move,
      ]);
    }
  }
}

function problemOf(exploration: Exploration, run: Run): string | undefined {
  const problem = exploration.problem(run.state());
  return problem === undefined ? undefined : `${problem}\n${run.story.join('\n')}`;
}

interface Run {
  readonly moves: readonly Move[];
  readonly story: readonly string[];
  make(move: Move): Promise<void>;
  choices(): readonly Move[];
  key(): string;
  state(): State;
}

async function startRun(exploration: Exploration): Promise<Run> {
  const { world, programs, kills, waitMs, clockAheadMs = 0 } = exploration;
  const system = world();
  const story: string[] = [];
  const made: Move[] = [];
  const processes = programs.map((): Process => ({
    memory: [],
    next: undefined,
    said: undefined,
    isKilled: false,
    onRest: () => {},
  }));
  async function start(process: Process, number: number): Promise<void> {
    const rest = resting(process);
    const own = steppedSystem({ system, process, number, isRunning, waitMs, clockAheadMs });
    void finish(process, (programs[number] as Program)(own, number));
    await rest;
  }

  function isRunning(name: string): boolean | undefined {
    const other = processes[Number(name.slice(1))];
    if (other === undefined || !isLive(other)) return false;
    return exploration.showsRunning ? true : undefined;
  }

  await Promise.all(processes.map(start));
  return {
    moves: made,
    story,
    async make(move) {
      made.push(move);
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

async function finish(process: Process, work: Promise<string>): Promise<void> {
  process.said = await work.catch((error: unknown) => `failed: ${(error as Error).message}`);
  process.onRest();
}

function isLive({ isKilled, said }: Process): boolean {
  return !isKilled && said === undefined;
}

function resting(process: Process): Promise<void> {
  return new Promise((resolve) => {
    process.onRest = resolve;
  });
}
