// What the providers answered, as the one answer that the plugin API can carry: user names and passwords, one for each
// key, all of them kept for one time.

import { isTokenOnly } from '../../credential/formats.ts';
import type { CredentialResponse, CredentialResponseEntry } from '../../providers/contract.ts';
import type { PluginResponse } from '../../providers/exec/plugin-protocol.ts';

/** What one source answered. */
export interface SourceAnswer {
  readonly auth: CredentialResponse['auth'];
  readonly cacheKeyType: CredentialResponse['cacheKeyType'];
  /** For how long it can still be used, in milliseconds; 0 or less means that it must not be kept. */
  readonly keepMs: number;
}

/** The answer, and what it had to do without. */
export interface ComposedAnswer {
  readonly response: PluginResponse;
  /** Keys of which there is nothing but a token that the protocol has no field for. */
  readonly refusedKeys: readonly string[];
}

/** From the narrowest. */
const CACHE_KEY_TYPES = ['Image', 'Registry', 'Global'] as const;
/** Longer than any token lives, and shorter than Go's longest duration. */
const MAX_KEEP_MS: number = 365 * 24 * 60 * 60 * 1000;

/** Nothing for this image, and nothing to remember. */
export const MISS: PluginResponse = { auth: {}, cacheKeyType: 'Image', cacheDurationMs: 0 };

/** Composes the answer. Of several credentials under one key the first counts: the protocol has room for one. */
export function composeAnswer(
  answers: readonly SourceAnswer[],
  widest: CredentialResponse['cacheKeyType'],
): ComposedAnswer {
  const auth = new Map<string, CredentialResponseEntry>();
  const refused = new Set<string>();
  const used = answers.filter((answer) => takeEntries(answer, auth, refused));
  const refusedKeys = [...refused].filter((key) => !auth.has(key));
  if (auth.size === 0) return { response: MISS, refusedKeys };
  const keepMs = Math.min(MAX_KEEP_MS, ...used.map((answer) => answer.keepMs));
  const types = [widest, ...used.map(({ cacheKeyType }) => cacheKeyType)];
  const cacheKeyType = types.toSorted(
    (a, b) => CACHE_KEY_TYPES.indexOf(a) - CACHE_KEY_TYPES.indexOf(b),
  )[0] as typeof widest;
  // In whole seconds, and never longer than it lives. NaN counts as not known.
  const cacheDurationMs = keepMs > 0 ? Math.floor(keepMs / 1000) * 1000 : 0;
  // fromEntries defines members, so that a key named __proto__ is one like any other.
  return {
    response: { auth: Object.fromEntries(auth), cacheKeyType, cacheDurationMs },
    refusedKeys,
  };
}

/** Whether it added anything. */
function takeEntries(
  answer: SourceAnswer,
  auth: Map<string, CredentialResponseEntry>,
  refused: Set<string>,
): boolean {
  let added = false;
  for (const [key, entry] of Object.entries(answer.auth)) {
    if (auth.has(key)) continue;
    // An empty user name with an empty password is an answer: to try without.
    if (isTokenOnly(entry)) {
      refused.add(key);
      continue;
    }
    auth.set(key, { username: entry.username, password: entry.password });
    added = true;
  }
  return added;
}
