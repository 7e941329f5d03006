// Several identities, of which the first that gets a token counts.

import { ProviderFailure } from '../../asking/provider-failure.ts';
import type { AadToken, TokenSource } from './open-identity.ts';

export interface Link {
  /** Whether it was set up on purpose: then no other identity takes its place where it fails. */
  readonly isChosen: boolean;
  /** Opened, or why it cannot be. */
  readonly source: TokenSource | string;
}

export interface Chain {
  readonly who: string;
  readonly tenantId: string | undefined;
  readonly links: readonly Link[];
  /** The failure's message, from the reasons of all links. */
  readonly describe: (tried: string) => string;
}

/** Makes one source of several. */
export function identityChain({ who, tenantId, links, describe }: Chain): TokenSource {
  return {
    who,
    tenantId,
    async getToken(scope, signal) {
      const tried: string[] = [];
      for (const link of links) {
        const result = await tryLink(link, scope, signal);
        if (typeof result !== 'string') return result;
        tried.push(result);
      }
      throw new ProviderFailure(describe(tried.join('; ')));
    },
  };
}

/** The token, or why there is none, where the next link may have one. */
async function tryLink(
  { source, isChosen }: Link,
  scope: string,
  signal: AbortSignal,
): Promise<AadToken | string> {
  if (typeof source === 'string') return source;
  try {
    return await source.getToken(scope, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Only a ProviderFailure's message is known to hold no secret.
    if (isChosen || !(error instanceof ProviderFailure)) throw error;
    return error.message;
  }
}
