// Asks ECR for tokens: keeps one session for each principal and region, and says why when it fails.

import { MissingPackageError } from '../../errors.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { explainEcrError } from './failure.ts';
import type { EcrOptions, EcrSystem } from './ecr-options.ts';
import { scopeNames, type EcrPrincipal } from './principal.ts';
import { ecrSession, type EcrSession } from './session.ts';

/** Work with a principal's session. */
type EcrWork<T> = (session: EcrSession) => Promise<T>;

/** Tokens for principals. */
export interface EcrAsker {
  /** Names what an answer depends on. */
  scopeOf(principal: EcrPrincipal): string;
  /**
   * Works with the principal's session.
   *
   * @throws {@link ProviderFailure} that explains what AWS or the SDK said; the signal's reason when it was aborted.
   */
  ask<T>(principal: EcrPrincipal, signal: AbortSignal, work: EcrWork<T>): Promise<T>;
}

/** Regions are read from image names, which anybody may make up. */
const MAX_SESSIONS = 100;

/** Makes an asker; does no I/O. */
export function createEcrAsker(options: EcrOptions, system: EcrSystem): EcrAsker {
  const scopeOf = scopeNames(options, system);
  const sessions = new Map<string, Promise<EcrSession>>();

  /** A service account's token is good for one pod and soon expires: nothing of it is kept, not even its scope. */
  const keptAs = (principal: EcrPrincipal): string | undefined =>
    principal.role?.webIdentityToken === undefined ? scopeOf(principal) : undefined;

  async function openSession(principal: EcrPrincipal): Promise<EcrSession> {
    const scope = keptAs(principal);
    if (scope === undefined) return ecrSession(principal, options, system);
    const known = sessions.get(scope);
    if (known !== undefined) return known;
    if (sessions.size >= MAX_SESSIONS) sessions.clear();
    const session = ecrSession(principal, options, system);
    sessions.set(scope, session);
    return session;
  }

  return {
    scopeOf,
    async ask(principal, signal, work) {
      try {
        return await work(await openSession(principal));
      } catch (error) {
        // The next try shall look for credentials anew: the SDK would keep the ones that were refused.
        sessions.delete(keptAs(principal) ?? '');
        signal.throwIfAborted();
        if (error instanceof ProviderFailure || error instanceof MissingPackageError) throw error;
        const { reason, hint, retryAfterMs } = explainEcrError(error, principal, system.now());
        throw new ProviderFailure(`${reason}; ${hint}`, { cause: error, retryAfterMs });
      }
    },
  };
}
