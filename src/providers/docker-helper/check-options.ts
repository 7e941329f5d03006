// Whether a caller got the options of dockerHelper() right.

import { isRecord } from '../../config/is-record.ts';
import type { DockerHelperOptions } from './docker-helper.ts';
import { HELPER_NAME_RULE, isHelperName } from './helper-name.ts';

type Check = (value: unknown) => string | undefined;

const CHECKS: Readonly<Record<keyof DockerHelperOptions, Check>> = {
  matchImages: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? undefined
      : 'must be an array of strings',
  cacheDurationMs: duration(0),
  timeoutMs: duration(1),
  env: (value) =>
    isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
      ? undefined
      : 'must be an object of strings',
  serverFor: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
  system: (value) => (isRecord(value) ? undefined : 'must be a System'),
};

/** Throws a TypeError that names what is wrong. */
export function checkDockerHelper(name: unknown, options: unknown): void {
  if (typeof name !== 'string' || !isHelperName(name)) {
    throw new TypeError(`dockerHelper: ${HELPER_NAME_RULE}`);
  }
  if (!isRecord(options)) throw new TypeError('dockerHelper: the options must be an object');
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, option)) {
      const known = Object.keys(CHECKS).join(', ');
      throw new TypeError(
        `dockerHelper: there is no option ${JSON.stringify(option)}; there are ${known}`,
      );
    }
    const check = CHECKS[option as keyof DockerHelperOptions];
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) throw new TypeError(`dockerHelper: ${option} ${problem}`);
  }
}

/** Node's timers hold no longer delay. */
const MAX_DURATION_MS = 2 ** 31 - 1;

function duration(min: number): Check {
  return (value) =>
    typeof value === 'number' && value >= min && value <= MAX_DURATION_MS
      ? undefined
      : `must be a number of milliseconds from ${min} to ${MAX_DURATION_MS}`;
}
