import { describe, expect, test } from '@jest/globals';
import { createFileLock, type HeldLock } from '../../../../src/shared-cache/file-lock/file-lock.ts';
import { withFileLock } from '../../../../src/serve/helper/file-store-lock.ts';
import type { System } from '../../../../src/system/system.ts';
import { amount } from '../../fakes/amount.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { seeded } from '../../fakes/random.ts';
import { explore, sample, type Exploration, type State } from './explorer.ts';
import { withFormerLock } from './former-lock.ts';

const FILE = '/home/user/store';
const LOCK = `${FILE}.lock`;
const HOUR_MS = 3_600_000;
/** How many states are explored, of those that there are. */
const STATES = amount(300, Infinity);
/** Orders by chance. */
const RUNS = amount(100, 1000);

/** A world where somebody was killed with the lock in hand. */
function worldOfKilled(): FakeSystem {
  const system = fakeSystem({ files: { [FILE]: '' } });
  system.put(`${LOCK}/p9.killed`, '');
  return system;
}

/** The same, as the former lock had it, an hour ago. */
function formerWorld(): FakeSystem {
  const system = fakeSystem({ files: { [FILE]: '' } });
  system.put(LOCK, '', { mtimeMs: system.now() - HOUR_MS });
  return system;
}

async function read(system: System): Promise<string> {
  const content = await system.readFile(FILE, { maxBytes: 1000 });
  return Buffer.from(content?.bytes ?? []).toString();
}

/** Adds its number to the file. */
async function login(system: System, number: number): Promise<string> {
  await withFileLock(system, LOCK, async (lock: HeldLock) =>
    lock.commit(FILE, `${await read(system)}${number}`),
  );
  return 'stored';
}

async function formerLogin(system: System, number: number): Promise<string> {
  await withFormerLock(system, LOCK, async () => {
    await system.writeFileAtomic(FILE, `${await read(system)}${number}`);
  });
  return 'stored';
}

/** A login that said it was stored is in the file, at any time after. */
function lostLogin({ system, said }: State): string | undefined {
  const stored = system.textOf(FILE) ?? '';
  const lost = said.flatMap((one, number) =>
    one === 'stored' && !stored.includes(`${number}`) ? [number] : [],
  );
  return lost.length === 0 ? undefined : `lost: ${lost.join()}`;
}

/** Asks upstream where nobody has, as a fleet does: looks, takes the lock, and looks again. */
async function ask(system: System, number: number): Promise<string> {
  const lock = createFileLock(system, LOCK);

  async function attempt(left: number): Promise<string> {
    if ((await read(system)) !== '') return 'answered';
    if (left === 0) return 'waits still';
    const held = await lock.take();
    if (held === undefined) {
      await pause(system);
      return attempt(left - 1);
    }
    if ((await read(system)) === '') await callUpstream(system, number);
    await held.release();
    return 'answered';
  }

  return attempt(2);
}

async function callUpstream(system: System, number: number): Promise<void> {
  await system.writeFileAtomic(`/calls/${number}/begun`, '');
  await system.writeFileAtomic(FILE, `answer ${number}`);
}

function pause(system: System): Promise<void> {
  return new Promise((resolve) => {
    system.setTimer(1, resolve, { keepAlive: true });
  });
}

/** Only after a kill between the question and its answer may there be a second one. */
function tooManyCalls({ system, isKilled }: State): string | undefined {
  const begun = isKilled.flatMap((_killed, number) =>
    system.textOf(`/calls/${number}/begun`) === undefined ? [] : [number],
  );
  const killed = begun.filter((number) => isKilled[number]);
  return begun.length <= 1 + killed.length ? undefined : `asked: ${begun.join()}`;
}

const logins: Omit<Exploration, 'programs'> = {
  world: worldOfKilled,
  kills: 1,
  problem: lostLogin,
  showsRunning: true,
  waitMs: 121_000,
};

describe('A login that said that it was stored is stored', () => {
  test('in every order of two, after one that was killed, with a kill at any step', async () => {
    const found = await explore({ ...logins, programs: [login, login] }, STATES);
    expect(found.problem).toBeUndefined();
    expect(found.states).toBeGreaterThanOrEqual(amount(STATES, 1001));
  });

  test('in every order of two of which each takes the other for dead at any time', async () => {
    const found = await explore(
      {
        ...logins,
        programs: [login, login],
        kills: 0,
        showsRunning: false,
        clockAheadMs: HOUR_MS,
      },
      STATES,
    );
    expect(found.problem).toBeUndefined();
    expect(found.states).toBeGreaterThanOrEqual(amount(STATES, 1001));
  });

  test.each([true, false])(
    'in many orders of four, whether they are seen to run: %s',
    async (showsRunning) => {
      const programs = [login, login, login, login];
      const found = await sample({ ...logins, programs, kills: 2, showsRunning }, RUNS, seeded(1));
      expect(found.problem).toBeUndefined();
    },
  );

  test('but not with the former lock: the same runs find what it loses', async () => {
    const programs = [formerLogin, formerLogin, formerLogin];
    const exploration = { ...logins, world: formerWorld, programs, kills: 0 };
    expect((await explore(exploration)).problem).toContain('lost: ');
    expect((await sample(exploration, 1000, seeded(1))).problem).toContain('lost: ');
  });
});

describe('Of processes that are seen to run', () => {
  // Less than a running one may stand still.
  const asking = { ...logins, programs: [ask, ask], problem: tooManyCalls, waitMs: 7000 };

  test('only one asks at a time, in every order of two with a kill at any step', async () => {
    const found = await explore(asking, STATES);
    expect(found.problem).toBeUndefined();
    expect(found.states).toBeGreaterThanOrEqual(amount(STATES, 501));
  });

  test('also in many orders of five with two kills', async () => {
    const programs = [ask, ask, ask, ask, ask];
    const found = await sample({ ...asking, programs, kills: 2 }, RUNS, seeded(2));
    expect(found.problem).toBeUndefined();
  });
});
