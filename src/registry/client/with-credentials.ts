// withCredentials: the loop of candidates around an attempt of the caller's own.

import { readOptions } from '../../util/option-checks.ts';
import type { Credential } from '../../credential/credential.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import { abortable } from '../../util/abort.ts';
import { acceptedOf, refusalOf, tryCandidates, type Attempt } from './candidates.ts';
import { refusalIn, type RefusedCredential } from './refusal.ts';
import { checkKeyring, type RegistryKeyring } from './registry-keyring.ts';
import { CANDIDATE_CHECKS, type CandidateOptions } from './options.ts';

/** How the loop goes. */
export type WithCredentialsOptions = Pick<CandidateOptions, 'signal' | 'pod' | 'anonymous'>;

/** What an attempt is told beside the credential. */
export interface AttemptContext {
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

const { signal, pod, anonymous } = CANDIDATE_CHECKS;
const CHECKS = { signal, pod, anonymous };

/**
 * Tries an image's credentials with a function of the caller's, in the keyring's order, until one is not refused: a pull
 * by dockerode, a `fetch`, a child process. What a provider gave and the registry refused is got anew once.
 *
 * An attempt says "refused" by returning or throwing {@link refused}, or anything with a `status` or `statusCode` of 401 or
 * 403, such as a `Response`; errors of dockerode are understood. Whatever else it throws ends the loop.
 *
 * @param image - What stands in a pod's `image` field.
 * @param keyring - Knows the credentials.
 * @param attempt - Is given the credential, or `undefined` where it is to do without.
 * @returns what the attempt that was not refused returned.
 * @throws {@link RegistryAuthError} when every candidate was refused; what the attempt or `keyring.lookup` throws; the
 * signal's reason; TypeError.
 * @example
 * ```ts
 * const stream = await withCredentials(image, keyring, (credential) =>
 *   docker.pull(image, credential ? { authconfig: toDockerodeAuth(credential) } : {}),
 * );
 * ```
 */
export async function withCredentials<T>(
  image: string,
  keyring: RegistryKeyring,
  attempt: (
    credential: Credential | undefined,
    context: AttemptContext,
  ) => Promise<T | RefusedCredential>,
  options: WithCredentialsOptions = {},
): Promise<T> {
  const given = readOptions('withCredentials', options, CHECKS);
  checkKeyring('withCredentials', keyring);
  if (typeof attempt !== 'function') {
    throw new TypeError('withCredentials: the attempt must be a function');
  }
  const reference = parseImageReference(image);
  let cause: unknown;
  const judge = async (
    credential: Credential | undefined,
    context: AttemptContext,
  ): Promise<Attempt<T>> => {
    try {
      const value = await attempt(credential, context);
      const refusal = refusalIn(value);
      if (refusal !== undefined) return { outcome: 'refused', ...refusal };
      return { outcome: 'accepted', value: value as T };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal === undefined) throw error;
      cause = error;
      return { outcome: 'refused', ...refusal };
    }
  };
  return abortable([given.signal], async (stop) => {
    const tries = await tryCandidates<T>({
      image,
      keyring,
      anonymous: given.anonymous,
      context: { signal: stop, pod: given.pod },
      attempt: (credential) => judge(credential, { signal: stop }),
    });
    const accepted = acceptedOf(tries);
    if (accepted !== undefined) return accepted.value;
    throw refusalOf(reference, tries, cause === undefined ? {} : { cause });
  });
}
