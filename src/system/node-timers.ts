// Node's timers, apart from node-system.ts, which loads files and HTTP.

import type { System } from './system.ts';

export const nodeTimers: Pick<System, 'setTimer'> = {
  setTimer(delayMs, callback, { keepAlive = false } = {}) {
    const timer = setTimeout(callback, delayMs);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
