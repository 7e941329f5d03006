import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { TimeoutError } from '../../../src/errors.ts';
import { withDeadline } from '../../../src/system/deadline.ts';
import { abortable, orAbort } from '../../../src/util/abort.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const never = (): Promise<never> => new Promise(() => {});

describe('withDeadline', () => {
  const operation = 'Reading';

  test('gives the result, and leaves no timer behind', async () => {
    const system = fakeSystem();
    const work = withDeadline(system, { operation, timeoutMs: 10 }, async () => 'done');
    expect(system.pendingTimers()).toBe(1);
    await expect(work).resolves.toBe('done');
    expect(system.pendingTimers()).toBe(0);
  });

  test('passes a failure on, and leaves no timer behind', async () => {
    const system = fakeSystem();
    const failure = new Error('no');
    const work = withDeadline(system, { operation, timeoutMs: 10 }, () => Promise.reject(failure));
    await expect(work).rejects.toBe(failure);
    expect(system.pendingTimers()).toBe(0);
  });

  test('rejects at the deadline, not before, and tells the work', async () => {
    const system = fakeSystem();
    let told: AbortSignal | undefined;
    const work = withDeadline(system, { operation, timeoutMs: 10 }, (signal) => {
      told = signal;
      return never();
    });
    system.advance(9);
    expect(told?.aborted).toBe(false);
    system.advance(1);
    expect(told?.aborted).toBe(true);
    await expect(work).rejects.toThrow(new TimeoutError(operation, 10));
    await expect(work).rejects.toBeInstanceOf(TimeoutError);
  });

  test('rejects with the reason of a caller who gives up', async () => {
    const system = fakeSystem();
    const caller = new AbortController();
    const deadline = { operation, timeoutMs: 10, signal: caller.signal };
    const work = withDeadline(system, deadline, never);
    const reason = new Error('enough');
    caller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(system.pendingTimers()).toBe(0);
  });
});

describe('abortable', () => {
  test('begins no work when a signal is aborted already', async () => {
    let isBegun = false;
    const reason = new Error('enough');
    const work = abortable([undefined, AbortSignal.abort(reason)], async () => {
      isBegun = true;
    });
    await expect(work).rejects.toBe(reason);
    expect(isBegun).toBe(false);
  });

  test('ends with whichever signal comes first', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const work = abortable([first.signal, second.signal], never);
    second.abort(new Error('second'));
    first.abort(new Error('first'));
    await expect(work).rejects.toThrow('second');
  });

  test('takes a reason that is no error, and work that throws at once', async () => {
    const controller = new AbortController();
    const work = abortable([controller.signal], never);
    controller.abort('a text');
    await expect(work).rejects.toBe('a text');
    const thrown = abortable([], () => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
  });

  test('leaves nothing on a signal that lives long, however the work ends', async () => {
    const { signal } = new AbortController();
    const results = Array.from({ length: 50 }, (_, index) =>
      abortable([signal], () =>
        index % 2 === 0 ? Promise.resolve() : Promise.reject(new Error()),
      ),
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.allSettled(results);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('does not let a failure after the end go unhandled', async () => {
    const controller = new AbortController();
    let fail: ((error: Error) => void) | undefined;
    const work = abortable(
      [controller.signal],
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    fail?.(new Error('later'));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  });
});

describe('orAbort', () => {
  test('gives what the promise gives or rejects with', async () => {
    const { signal } = new AbortController();
    await expect(orAbort(signal, Promise.resolve('done'))).resolves.toBe('done');
    await expect(orAbort(signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  test('gives up for the reason of the signal, also at once', async () => {
    const controller = new AbortController();
    const waiting = orAbort(controller.signal, never());
    controller.abort('a text');
    await expect(waiting).rejects.toBe('a text');
    await expect(orAbort(controller.signal, never())).rejects.toBe('a text');
  });

  test('leaves nothing on a signal that lives long', async () => {
    const { signal } = new AbortController();
    const waiting = Array.from({ length: 50 }, () => orAbort(signal, Promise.resolve()));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.all(waiting);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
