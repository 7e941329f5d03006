// withCredentials: the loop of candidates around an attempt of the caller's own.

import { isRecord } from '../../util/is-record.ts';
import { given } from '../../util/own.ts';
import { safeCause } from '../../util/redaction/safe-cause.ts';
import {
  createSecretMemory,
  secretsOf,
  type SecretMemory,
} from '../../util/redaction/secret-memory.ts';
import { readOptions } from '../../util/option-checks.ts';
import type { Credential } from '../../credential/credential.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import { abortable } from '../../util/abort.ts';
import { acceptedOf, refusalError, tryCandidates, type CandidateResult } from './candidates.ts';
import {
  CANDIDATE_CHECKS,
  checkKeyring,
  type CandidateOptions,
  type RegistryKeyring,
} from './options.ts';

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
  const checked = readOptions('withCredentials', options, CHECKS);
  checkKeyring('withCredentials', keyring);
  if (typeof attempt !== 'function') {
    throw new TypeError('withCredentials: the attempt must be a function');
  }
  const reference = parseImageReference(image);
  let cause: unknown;
  // An attempt may show the credential that it was checked.
  const secrets = createSecretMemory();
  const judge = async (
    credential: Credential | undefined,
    context: AttemptContext,
  ): Promise<CandidateResult<T>> => {
    if (credential !== undefined) secrets.remember(secretsOf([credential]));
    try {
      const value = await attempt(credential, context);
      const refusal = refusalIn(value, secrets);
      if (refusal !== undefined) return { outcome: 'refused', ...refusal };
      return { outcome: 'accepted', value: value as T };
    } catch (error) {
      const refusal = refusalIn(error, secrets);
      if (refusal === undefined) throw error;
      cause = safeCause(error, secrets);
      return { outcome: 'refused', ...refusal };
    }
  };
  return abortable([checked.signal], async (stop) => {
    const tried = await tryCandidates<T>({
      image,
      keyring,
      anonymous: checked.anonymous,
      context: { signal: stop, pod: checked.pod },
      attempt: (credential) => judge(credential, { signal: stop }),
    });
    const accepted = acceptedOf(tried);
    if (accepted !== undefined) return accepted.value;
    throw refusalError(reference, tried, cause === undefined ? {} : { cause });
  });
}

const REFUSED: unique symbol = Symbol.for('docker-keyring.refused');

/** Says that a registry refused a credential; to be returned or thrown. */
export interface RefusedCredential {
  /** What the registry said, as a phrase. */
  readonly reason: string;
}

/**
 * Makes what an attempt of {@link withCredentials} returns, or throws, when the registry refused the credential.
 *
 * @param reason - What the registry said. It is shown, without the secrets of the credentials that were tried.
 * @example
 * ```ts
 * await withCredentials(image, keyring, async (credential) => {
 *   const { exitCode, stderr } = await skopeo('copy', image, credential);
 *   if (exitCode !== 0) return /unauthorized|denied/.test(stderr) ? refused('skopeo was refused') : fail(stderr);
 * });
 * ```
 */
export function refused(reason: string = 'refused'): RefusedCredential {
  return Object.freeze({ [REFUSED]: true, reason });
}

/** What Docker Engine says where a registry refused (moby `daemon/containerd/image_pull.go`, `distribution/errors.go`). */
const PHRASES =
  /pull access denied|no basic auth credentials|\bunauthorized\b|authentication required|requested access to the resource is denied/i;

/** Why a value that was returned or thrown is a refusal, with its status; `undefined` where it is none. */
function refusalIn(
  value: unknown,
  secrets: SecretMemory,
): { readonly status?: number; readonly message: string } | undefined {
  if (!isRecord(value)) return undefined;
  if (REFUSED in value) return { message: secrets.redact(String(value['reason'])) };
  const { 0: status } = ['status', 'statusCode']
    .map((name) => given(value, name))
    .filter((one) => one === 401 || one === 403);
  if (typeof status === 'number') return { status, message: String(status) };
  if (value['code'] === 'ERR_KEYRING_REGISTRY_AUTH') return { message: 'refused by the registry' };
  const isOfEngine = typeof value['statusCode'] === 'number' && value instanceof Error;
  const phrase = isOfEngine ? PHRASES.exec(value.message)?.[0] : undefined;
  return phrase === undefined ? undefined : { message: phrase };
}
