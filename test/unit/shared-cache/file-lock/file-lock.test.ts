import { describe, expect, test } from '@jest/globals';
import { createFileLock, type HeldLock } from '../../../../src/shared-cache/file-lock/file-lock.ts';
import { removeLeftover } from '../../../../src/shared-cache/file-lock/temporary-files.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { settle } from '../../fakes/upstream.ts';
import { refuse } from '../token-file/token-file-scene.ts';

const LOCK = '/data/store.lock';
const MINUTE_MS = 60_000;

/** Processes that run, by their names; of others nobody knows. */
function running(system: FakeSystem, states: Readonly<Record<string, boolean>>): FakeSystem {
  return Object.assign(system, { isRunning: async (name: string) => states[name] });
}

async function take(system: FakeSystem): Promise<HeldLock | undefined> {
  return createFileLock(system, LOCK).take();
}

async function held(system: FakeSystem): Promise<HeldLock> {
  return (await take(system)) as HeldLock;
}

/** Time in which timers call back, and what they begin is done. */
async function pass(system: FakeSystem, durationMs: number): Promise<void> {
  if (durationMs <= 0) return;
  system.advance(1000);
  await settle();
  await pass(system, durationMs - 1000);
}

describe('A lock', () => {
  test('is had by one of many, and by the next when it is given back', async () => {
    const system = fakeSystem();
    const locks = await Promise.all(Array.from({ length: 20 }, () => take(system)));
    const [own, ...others] = locks.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    expect(await take(system)).toBeUndefined();
    await own?.release();
    expect(await take(system)).toBeDefined();
  });

  test('leaves nothing behind, whether it was had or not', async () => {
    const system = fakeSystem();
    const before = system.snapshot();
    const locks = await Promise.all(Array.from({ length: 5 }, () => take(system)));
    await Promise.all(locks.map(async (one) => one?.release()));
    expect(system.snapshot()).toBe(before);
    expect(system.pendingTimers()).toBe(0);
  });

  test('writes the file that it is about in the step that gives it up', async () => {
    const system = fakeSystem({ files: { '/data/store': 'old' } });
    const own = await held(system);
    expect(await own.commit('/data/store', 'new')).toBe(true);
    expect(system.textOf('/data/store')).toBe('new');
    // What was left of it is an empty directory, and in nobody's way.
    const next = await held(system);
    await own.release();
    expect(await take(system)).toBeUndefined();
    await next.release();
    expect(await next.commit('/data/store', 'late')).toBe(false);
    expect(system.textOf('/data/store')).toBe('new');
  });

  test('is kept for as long as its holder works, but not for ever', async () => {
    const system = fakeSystem();
    await held(system);
    const lock = createFileLock(system, LOCK);
    const attempts: unknown[] = [];
    const look = async (times: number): Promise<void> => {
      if (times === 0) return;
      attempts.push(await lock.take());
      await pass(system, 1000);
      await look(times - 1);
    };
    await look(60);
    expect(attempts.filter((one) => one !== undefined)).toEqual([]);
    await look(10);
    expect(attempts.filter((one) => one !== undefined)).toHaveLength(1);
  });

  test('that was lost is renewed no more, and a renewal that fails is tried again', async () => {
    const system = fakeSystem();
    const plain = { ...system };
    let touches = 0;
    await held(
      Object.assign(system, {
        touchFile: async (path: string) => {
          touches += 1;
          if (touches === 1) throw new Error('EIO');
          return plain.touchFile(path);
        },
      }),
    );
    await pass(system, 4000);
    expect(touches).toBe(2);
    for (const { name } of await system.readDirectory(LOCK)) system.remove(`${LOCK}/${name}`);
    await pass(system, 10_000);
    expect(touches).toBe(3);
  });

  test('that is given back while it is renewed is not renewed again', async () => {
    const system = fakeSystem();
    const own = await held(system);
    const resume = system.pauseFiles();
    system.advance(2000);
    const releasing = own.release();
    resume();
    await releasing;
    await settle();
    expect(system.pendingTimers()).toBe(0);
  });

  test('whose prepared directory was swept meanwhile is not had', async () => {
    const system = fakeSystem();
    const racing = Object.assign(system, {
      createFile: async (path: string) => {
        system.put(path, '');
        system.advance(2 * MINUTE_MS);
        await removeLeftover(system, path.slice(0, path.lastIndexOf('/')));
      },
    });
    expect(await take(racing)).toBeUndefined();
    expect(system.snapshot()).not.toContain(LOCK);
  });
});

describe('The lock of another', () => {
  test.each<[string, boolean | undefined, number]>([
    ['is taken at once where it is known to have died', false, 0],
    ['is waited for five seconds where nobody knows', undefined, 5000],
    ['is waited for fifteen where it is known to run and stands still', true, 15_000],
  ])('%s', async (_what, state, waitMs) => {
    const system = running(fakeSystem(), state === undefined ? {} : { 'p.7': state });
    system.put(`${LOCK}/p.7.unique`, '');
    const lock = createFileLock(system, LOCK);
    const attempts = await inOrder([0, waitMs - 1, 1], async (passMs) => {
      system.advance(Math.max(passMs, 0));
      return lock.take();
    });
    expect(attempts.findIndex((one) => one !== undefined)).toBe(waitMs === 0 ? 0 : 2);
  });

  test('counts as working each time that it shows it', async () => {
    const system = fakeSystem();
    system.put(`${LOCK}/other`, '');
    const lock = createFileLock(system, LOCK);
    expect(await lock.take()).toBeUndefined();
    system.advance(4000);
    await system.touchFile(`${LOCK}/other`);
    expect(await lock.take()).toBeUndefined();
    system.advance(4000);
    expect(await lock.take()).toBeUndefined();
  });

  test('that was left long ago is taken at once, unless it is known to run', async () => {
    const states: Record<string, boolean> = {};
    const system = running(fakeSystem(), states);
    system.put(`${LOCK}/p.1.unique`, '');
    system.advance(5 * MINUTE_MS + 1);
    states['p.1'] = true;
    expect(await take(system)).toBeUndefined();
    delete states['p.1'];
    expect(await take(system)).toBeDefined();
  });

  test('is not taken away from the next one who has it', async () => {
    const system = running(fakeSystem(), { dead: false, '0': true });
    system.put(`${LOCK}/dead.unique`, '');
    // Between the look at the dead one and its removal another process has done both already, and holds the lock.
    let other: HeldLock | undefined;
    const slow = {
      ...system,
      removeFile: async (path: string) => {
        other ??= await held(system);
        return system.removeFile(path);
      },
    };
    expect(await createFileLock(slow, LOCK).take()).toBeUndefined();
    expect(await other?.commit('/data/store', 'kept')).toBe(true);
  });

  test('that goes while it is looked at is no longer in the way', async () => {
    const system = fakeSystem();
    system.put(`${LOCK}/other`, '');
    const plain = { ...system };
    const vanishing = Object.assign(system, {
      stat: async (path: string) => {
        system.remove(`${LOCK}/other`);
        return plain.stat(path);
      },
    });
    expect(await take(vanishing)).toBeDefined();
  });
});

describe('What stands in the place of a lock', () => {
  test('is removed where it is a file', async () => {
    const system = fakeSystem({ files: { [LOCK]: 'of another program' } });
    expect(await take(system)).toBeDefined();
  });

  test('keeps it where it is a directory with something in it that cannot be removed', async () => {
    const system = fakeSystem();
    await system.makeDirectory(`${LOCK}/directory`);
    const lock = createFileLock(system, LOCK);
    expect(await lock.take()).toBeUndefined();
    system.advance(MINUTE_MS);
    expect(await lock.take()).toBeUndefined();
    expect(system.snapshot()).toContain(`${LOCK}/directory`);
  });

  test('is a failure where it cannot be read', async () => {
    const system = fakeSystem();
    system.breakFile(LOCK, Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    await expect(take(system)).rejects.toThrow('EACCES');
  });
});

describe('What killed processes have left', () => {
  const TEMPORARY = `${LOCK}.00000000-0000-0000-0000-000000000000.tmp`;

  test.each([TEMPORARY, `${TEMPORARY}/holder`])('is removed after a minute: %s', async (path) => {
    const system = fakeSystem({ files: { [path]: '' } });
    if (path !== TEMPORARY) await system.makeDirectory(TEMPORARY);
    await removeLeftover(system, TEMPORARY);
    expect(system.textOf(path)).toBe('');
    system.advance(MINUTE_MS + 1);
    await removeLeftover(system, TEMPORARY);
    expect(system.snapshot()).not.toContain('.tmp');
    await removeLeftover(system, TEMPORARY);
  });

  test('stays where another process is removing it, or nothing can', async () => {
    const system = fakeSystem({ files: { [TEMPORARY]: '' } });
    system.advance(MINUTE_MS + 1);
    await removeLeftover({ ...system, moveDirectory: async () => false }, TEMPORARY);
    await removeLeftover({ ...system, moveDirectory: refuse }, TEMPORARY);
    expect(system.textOf(TEMPORARY)).toBe('');
  });
});
