import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { createSingleFlight, type Load } from '../../../src/util/single-flight.ts';
import { settle } from '../fakes/upstream.ts';
import { buildNodeProgram } from '../system/node-program.ts';

/** Work that ends when the test says so, and does not mind its signal. */
interface Work {
  readonly start: Load<string>;
  readonly signals: AbortSignal[];
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

function work(): Work {
  const signals: AbortSignal[] = [];
  const ends: Pick<Work, 'resolve' | 'reject'>[] = [];
  return {
    start: (signal) => {
      signals.push(signal);
      return new Promise((resolve, reject) => void ends.push({ resolve, reject }));
    },
    signals,
    resolve: (value) => ends[0]?.resolve(value),
    reject: (error) => ends[0]?.reject(error),
  };
}

const { signal: never } = new AbortController();

describe('calls of one key', () => {
  test('are shared by those who wait under one key, and leave nothing at their signal', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const { signal } = new AbortController();
    const waiting = Array.from({ length: 100 }, () => calls.run('a', one.start, signal));
    const other = calls.run('b', async () => 'other', never);
    expect([calls.has('a'), one.signals.length]).toEqual([true, 1]);
    one.resolve('shared');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['shared']));
    expect(await other).toBe('other');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('can be waited for at one signal in any number without a warning of Node’s', async () => {
    const program = buildNodeProgram(['src/util/single-flight.ts']);
    const printed = await program.run(`
      const calls = createSingleFlight();
      const { signal } = new AbortController();
      const start = async () => 'shared';
      const waiting = Array.from({ length: 100 }, () => calls.run('a', start, signal));
      console.log((await Promise.all(waiting)).length);`);
    program.remove();
    expect(printed).toEqual({ exitCode: 0, stdout: '100\n', stderr: '' });
  });

  test('are forgotten with their outcome, before anybody goes on', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const waiting = calls.run('a', one.start, never).catch((error: unknown) => {
      return [String(error), calls.has('a')];
    });
    one.reject(new Error('down'));
    expect(await waiting).toEqual(['Error: down', false]);
    expect(await calls.run('a', async () => 'again', never)).toBe('again');
  });

  test('end when the last one who waits gives up', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => calls.run('a', one.start, signal));
    first.abort(new Error('first'));
    await expect(waiting[0]).rejects.toThrow('first');
    expect([calls.has('a'), one.signals[0]?.aborted]).toEqual([true, false]);
    second.abort(new Error('second'));
    await expect(waiting[1]).rejects.toThrow('second');
    expect([calls.has('a'), one.signals[0]?.reason]).toEqual([false, new Error('second')]);
  });

  test('do not start for those who have given up before', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const gone = calls.run('a', one.start, AbortSignal.abort(new Error('gone')));
    await expect(gone).rejects.toThrow('gone');
    expect([calls.has('a'), one.signals]).toEqual([false, []]);
  });

  test('that were given up leave their key to the next one, whenever their work ends', async () => {
    const calls = createSingleFlight<string>();
    const [one, two] = [work(), work()];
    const controller = new AbortController();
    const first = calls.run('a', one.start, controller.signal);
    controller.abort(new Error('first'));
    await expect(first).rejects.toThrow('first');
    const second = calls.run('a', two.start, never);
    one.resolve('late');
    await settle();
    expect(calls.has('a')).toBe(true);
    two.resolve('two');
    expect(await second).toBe('two');
  });

  test('in the background go on though nobody waits, and can be waited for', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const launched = calls.runInBackground('a', one.start);
    expect(calls.runInBackground('a', one.start)).toBeUndefined();
    const controller = new AbortController();
    const joined = calls.run('a', one.start, controller.signal);
    controller.abort(new Error('gone'));
    await expect(joined).rejects.toThrow('gone');
    expect(one.signals.map(({ aborted }) => aborted)).toEqual([false]);
    one.resolve('done');
    expect(await launched).toBe('done');
  });

  test('all end with a reason, whether or not their work minds', async () => {
    const calls = createSingleFlight<string>();
    const one = work();
    const joined = calls.run('a', one.start, never);
    void calls.runInBackground('b', one.start);
    calls.close(new Error('closed'));
    await expect(joined).rejects.toThrow('closed');
    expect(one.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect([calls.has('a'), calls.has('b')]).toEqual([false, false]);
  });
});
