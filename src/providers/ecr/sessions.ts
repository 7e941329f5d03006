// One session with the ECR API for each principal and region, and the failures of all of them in words.

import { MissingPackageError } from '../../errors.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { explainEcrError } from './failure.ts';
import type { EcrOptions, EcrSystem } from './ecr-options.ts';
import { scopeNames, type EcrPrincipal } from './principal.ts';
import { ecrSession, type EcrSession } from './session.ts';

type EcrWork<T> = (session: EcrSession) => Promise<T>;

export interface EcrSessions {
  /** Names what a token depends on: images of one scope share it. */
  scopeOf(principal: EcrPrincipal): string;
  /**
   * Uses the principal's session.
   *
   * @throws {@link ProviderFailure} that explains the error of AWS or the SDK; the signal's reason when it was aborted.
   */
  use<T>(principal: EcrPrincipal, signal: AbortSignal, work: EcrWork<T>): Promise<T>;
}

/** Image names name the regions, and anybody may make them up. */
const MAX_SESSIONS = 100;

export function createEcrSessions(options: EcrOptions, system: EcrSystem): EcrSessions {
  const scopeOf = scopeNames(options, system);
  const open = new Map<string, Promise<EcrSession>>();

  /** `undefined` for a service account: its token is for one pod and soon expires, so that its session is not reused. */
  const sessionKey = (principal: EcrPrincipal): string | undefined =>
    principal.role?.webIdentityToken === undefined ? scopeOf(principal) : undefined;

  async function openSession(principal: EcrPrincipal): Promise<EcrSession> {
    const scope = sessionKey(principal);
    if (scope === undefined) return ecrSession(principal, options, system);
    const known = open.get(scope);
    if (known !== undefined) return known;
    if (open.size >= MAX_SESSIONS) open.clear();
    const session = ecrSession(principal, options, system);
    open.set(scope, session);
    return session;
  }

  return {
    scopeOf,
    async use(principal, signal, work) {
      try {
        return await work(await openSession(principal));
      } catch (error) {
        // The next attempt must look for credentials again: the SDK keeps those that were refused.
        open.delete(sessionKey(principal) ?? '');
        signal.throwIfAborted();
        if (error instanceof ProviderFailure || error instanceof MissingPackageError) throw error;
        const { reason, hint, retryAfterMs } = explainEcrError(error, principal, system.now());
        throw new ProviderFailure(`${reason}; ${hint}`, { cause: error, retryAfterMs });
      }
    },
  };
}
