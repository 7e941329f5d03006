// Between the cache of this process and the store of a fleet: who asks the provider, and which stored answer will do.

import { given } from '../../util/own.ts';
import { withDeadline } from '../../system/deadline.ts';
import type { System } from '../../system/system.ts';
import type { CredentialProvider, CredentialResponse } from '../contract.ts';
import type { Call } from './fresh-cache.ts';
import { lifetimeOf, type Expiry } from './lifetime.ts';
import type { Fleet, Received, StoredAnswer } from './fleet.ts';

/** One answer that is wanted. */
export interface SharedQuestion {
  readonly provider: Pick<CredentialProvider, 'cachePrincipal'>;
  /** Means the same in every process of the fleet. */
  readonly scope: readonly unknown[];
  readonly call: Call;
  readonly expiryOf: (received: Received) => Expiry;
  readonly ask: () => Promise<Received>;
  /** Whether an answer is of no use to whoever asks. */
  readonly isRefused?: ((response: CredentialResponse) => boolean) | undefined;
}

/** Reading some files, or a user's own function, must not take longer than asking would. */
const PRINCIPAL_MS = 10_000;

/** Takes the fleet's answer where it has one that will do, and otherwise asks, for the whole fleet. */
export async function shareAnswer(
  fleet: Fleet,
  system: Pick<System, 'now' | 'setTimer'>,
  question: SharedQuestion,
): Promise<Received> {
  const principal = await principalFor(fleet, system, question);
  if (principal === undefined) return question.ask();
  const { scope, call, expiryOf, ask, isRefused } = question;
  let own: Received | undefined;
  const stored = await fleet.share(JSON.stringify([...scope, principal]), {
    signal: call.signal,
    isBackground: call.isBackground,
    accept: (answer) => {
      const lifetime = lifetimeOf(expiryOf(answer), 0);
      if (lifetime === undefined || isRefused?.(answer.response) === true) return false;
      // A refresh wants a newer one; who has nothing takes what still holds.
      return system.now() < (call.isBackground ? lifetime.refreshAtMs : lifetime.usableUntilMs);
    },
    load: async () => {
      own = await ask();
      return storable(own, expiryOf(own));
    },
  });
  return own ?? (stored as StoredAnswer);
}

/** Whose the answer would be; `undefined` where nothing tells, so that it is nobody else's. */
async function principalFor(
  fleet: Fleet,
  system: Pick<System, 'setTimer'>,
  { provider, call: { signal, isBackground } }: SharedQuestion,
): Promise<string | undefined> {
  const deadline = {
    operation: 'cachePrincipal',
    timeoutMs: PRINCIPAL_MS,
    signal,
    keepAlive: !isBackground,
  };
  try {
    const cachePrincipal = given(provider, 'cachePrincipal');
    return await withDeadline(system, deadline, async (either) =>
      cachePrincipal === undefined
        ? fleet.defaultPrincipal()
        : cachePrincipal.call(provider, either),
    );
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** An answer that may be kept, with its end. */
function storable({ response, receivedAtMs }: Received, expiry: Expiry): StoredAnswer | undefined {
  const lifetime = lifetimeOf(expiry, 0);
  if (response === undefined || lifetime === undefined) return undefined;
  return { response, receivedAtMs, expiresAtMs: lifetime.usableUntilMs };
}
