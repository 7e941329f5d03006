// Why a service was not reached, in words: without the address, which may hold what an operator keeps to himself.

import { TimeoutError } from '../../errors.ts';
import { reasonOf } from '../../system/http/http-failure.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';

/** A failure for what `System.http` rejected with. */
export function noAnswer(what: string, cause: unknown): ProviderFailure {
  const reason =
    cause instanceof TimeoutError
      ? `nothing came within ${cause.timeoutMs} ms`
      : // Its own message would name the whole address.
        reasonOf((cause as Error).cause ?? cause);
  return new ProviderFailure(`${what}: ${reason}`, { cause });
}
