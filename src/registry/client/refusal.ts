// How a caller's own attempt says that a registry refused the credential that it was given.

import { isRecord } from '../../util/is-record.ts';

const REFUSED: unique symbol = Symbol.for('docker-keyring.refused');

/** Says that a registry refused a credential; to be returned or thrown. */
export interface RefusedCredential {
  /** What the registry said, as a phrase without secrets. */
  readonly reason: string;
}

/**
 * Makes what an attempt of {@link withCredentials} returns, or throws, when the registry refused the credential.
 *
 * @param reason - What the registry said, without secrets: it is shown.
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
export function refusalIn(
  value: unknown,
): { readonly status?: number; readonly message: string } | undefined {
  if (!isRecord(value)) return undefined;
  if (REFUSED in value) return { message: String(value['reason']) };
  const status = [value['status'], value['statusCode']].find((one) => one === 401 || one === 403);
  if (typeof status === 'number') return { status, message: String(status) };
  if (value['code'] === 'ERR_KEYRING_REGISTRY_AUTH') return { message: 'refused by the registry' };
  const isOfEngine = typeof value['statusCode'] === 'number' && value instanceof Error;
  const phrase = isOfEngine ? PHRASES.exec(value.message)?.[0] : undefined;
  return phrase === undefined ? undefined : { message: phrase };
}
