// Several identities, of which the first that gets a token counts.

import { ProviderFailure } from '../../asking/provider-failure.ts';
import type { AadToken, TokenSource } from './open-identity.ts';

/** One identity of a chain. */
export interface Link {
  /** Whether somebody has set it up on purpose, so that its failure is the answer. */
  readonly isChosen: boolean;
  /** Opened, or why it cannot be. */
  readonly source: TokenSource | string;
}

/** What a chain does. */
export interface Chain {
  readonly who: string;
  readonly tenantId: string | undefined;
  readonly links: readonly Link[];
  /** The failure's message, from what was tried. */
  readonly describe: (tried: string) => string;
}

/** Makes one source of several. */
export function identityChain({ who, tenantId, links, describe }: Chain): TokenSource {
  async function tryFrom(
    index: number,
    tried: readonly string[],
    [scope, signal]: Parameters<TokenSource['getToken']>,
  ): Promise<AadToken> {
    const link = links[index];
    if (link === undefined) throw new ProviderFailure(describe(tried.join('; ')));
    const answer = await tryLink(link, scope, signal);
    if (typeof answer !== 'string') return answer;
    return tryFrom(index + 1, [...tried, answer], [scope, signal]);
  }

  return { who, tenantId, getToken: (...asked) => tryFrom(0, [], asked) };
}

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
