// Pull secrets that the API server refuses: no node has them, whatever is in them.

import { decodePullSecret } from '../../kubernetes/secret/decode-pull-secret.ts';
import { apiServerRefusals } from '../../kubernetes/secret/validate-pull-secret.ts';
import type { PullSecret } from '../../kubernetes/pull-secret.ts';
import { getOrAdd } from '../../util/get-or-add.ts';

/** Why a secret is refused: the field and the API server's words. `undefined` where it is taken. */
export type WhyRefused = (secret: PullSecret) => string | undefined;

/** Makes the function; each secret is judged once. */
export function createRefusals(): WhyRefused {
  const known = new Map<PullSecret, readonly string[]>();
  return (secret) => getOrAdd(known, secret, () => refusalsOf(secret))[0];
}

/** What fails every pull, or gives nothing, is told of by itself. */
function refusalsOf(secret: PullSecret): readonly string[] {
  if (decodePullSecret(secret, { tokens: false }).status !== 'used') return [];
  return apiServerRefusals(secret).map(({ where, message }) => `${where.field}: ${message}`);
}
