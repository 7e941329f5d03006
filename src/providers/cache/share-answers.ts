// Between the cache of this process and the store of a fleet: who asks the provider, and which stored answer will do.

import type { Received } from '../ask-now.ts';
import type { CredentialResponse } from '../contract.ts';
import type { Call } from './fresh-cache.ts';
import { lifetimeOf, type Expiry } from './lifetime.ts';
import type { Fleet, StoredAnswer } from './store/fleet.ts';

/** One answer that is wanted. */
export interface SharedQuestion {
  /** Means the same in every process of the fleet. */
  readonly scope: string;
  readonly call: Call;
  readonly expiryOf: (received: Received) => Expiry;
  readonly ask: () => Promise<Received>;
  /** Whether an answer is of no use to whoever asks. */
  readonly isRefused?: ((response: CredentialResponse) => boolean) | undefined;
}

/** Takes the fleet's answer where it has one that will do, and otherwise asks, for the whole fleet. */
export async function shareAnswer(
  fleet: Fleet,
  now: () => number,
  { scope, call, expiryOf, ask, isRefused }: SharedQuestion,
): Promise<Received> {
  let own: Received | undefined;
  const stored = await fleet.share(scope, {
    signal: call.signal,
    isBackground: call.isBackground,
    accept: (answer) => {
      const lifetime = lifetimeOf(expiryOf(answer), 0);
      if (lifetime === undefined || isRefused?.(answer.response) === true) return false;
      // A refresh wants a newer one; who has nothing takes what still holds.
      return now() < (call.isBackground ? lifetime.refreshAtMs : lifetime.usableUntilMs);
    },
    load: async () => {
      own = await ask();
      return storable(own, expiryOf(own));
    },
  });
  return own ?? (stored as StoredAnswer);
}

/** An answer that may be kept, with its end. */
function storable({ response, receivedAtMs }: Received, expiry: Expiry): StoredAnswer | undefined {
  const lifetime = lifetimeOf(expiry, 0);
  if (response === undefined || lifetime === undefined) return undefined;
  return { response, receivedAtMs, expiresAtMs: lifetime.usableUntilMs };
}
