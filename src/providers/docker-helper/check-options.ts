// Whether a caller got the options of dockerHelper() right.

import { isRecord } from '../../util/is-record.ts';
import {
  readOptions,
  isFunctionOption,
  isSystemOption,
  type Check,
} from '../../util/option-checks.ts';
import { matchImagesProblem } from '../check-provider.ts';
import type { DockerHelperOptions } from './docker-helper.ts';
import { HELPER_NAME_RULE, isHelperName } from './helper-name.ts';

const CHECKS: Readonly<Record<keyof DockerHelperOptions, Check>> = {
  matchImages: matchImagesProblem,
  cacheDurationMs: duration(0),
  timeoutMs: duration(1),
  env: (value) =>
    isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
      ? undefined
      : 'must be an object of strings',
  serverFor: isFunctionOption,
  system: isSystemOption,
};

/** Throws a TypeError that names what is wrong. */
export function readHelperOptions(
  name: unknown,
  options: DockerHelperOptions,
): DockerHelperOptions {
  if (typeof name !== 'string' || !isHelperName(name)) {
    throw new TypeError(`dockerHelper: ${HELPER_NAME_RULE}`);
  }
  return readOptions('dockerHelper', options, CHECKS);
}

/** Node's timers hold no longer delay. */
const MAX_DURATION_MS = 2 ** 31 - 1;

function duration(min: number): Check {
  return (value) =>
    typeof value === 'number' && value >= min && value <= MAX_DURATION_MS
      ? undefined
      : `must be a number of milliseconds from ${min} to ${MAX_DURATION_MS}`;
}
