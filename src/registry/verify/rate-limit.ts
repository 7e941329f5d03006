// How many pulls a registry says are left: Docker Hub's headers (docs.docker.com/docker-hub/usage/pulls), which are those of
// an early IETF draft (draft-polli-ratelimit-headers).

import type { HttpResponse } from '../../system/system.ts';
import type { RateLimit } from './verify-report.ts';

/** An address, or an account's UUID; what else a registry writes there is not repeated. */
const SOURCE = /^(?:[\da-f]{0,8}[.:-])+[\da-f]{1,12}$/i;

/** What an answer reports; `undefined` where it reports nothing. */
export function rateLimitOf({ headers }: Pick<HttpResponse, 'headers'>): RateLimit | undefined {
  const valueOf = (name: string): string => headers.get(name)?.[0] ?? '';
  const limit = /^(\d+)(?:;w=(\d+))?/.exec(valueOf('ratelimit-limit'));
  const remaining = /^(\d+)/.exec(valueOf('ratelimit-remaining'));
  if (limit === null || remaining === null) return undefined;
  const [, count, seconds] = limit;
  const [source = ''] = SOURCE.exec(valueOf('docker-ratelimit-source')) ?? [];
  return {
    limit: Number(count),
    remaining: Number(remaining[1]),
    ...(seconds === undefined ? {} : { windowSeconds: Number(seconds) }),
    ...(source === '' ? {} : { source }),
  };
}

/** The one that leaves less. */
export function lowerLimit(
  one: RateLimit | undefined,
  other: RateLimit | undefined,
): RateLimit | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.remaining < one.remaining ? other : one;
}
