// The loop over an image's candidates, in the order of the keyring, as a kubelet tries them
// (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_image.go, PullImage).

import type { Credential, CredentialSource } from '../../credential/credential.ts';
import { describeSource } from '../../credential/describe-source.ts';
import { isEmpty } from '../../credential/formats.ts';
import { RegistryAuthError, type RefusedCandidate } from '../../errors.ts';
import type { ImageReference } from '../../reference/image-reference.ts';
import { getOrAdd } from '../../util/get-or-add.ts';
import type { RegistryKeyring, RegistryLookupContext } from './options.ts';
import type { Refusal } from './session.ts';
import { fingerprint } from './token.ts';

/** What came of a candidate. */
export type CandidateResult<T> =
  | { readonly outcome: 'accepted'; readonly value: T; readonly status?: number }
  /** With a value where a response that says "not found" may be the one to return. */
  | (Refusal & { readonly value?: T })
  /** Nothing was said about the credential: the other candidates would fail in the same way. */
  | { readonly outcome: 'failed'; readonly error: unknown };

export interface TriedCandidate<T> {
  /** From 1. */
  readonly position: number;
  /** `undefined`: anonymous. */
  readonly credential: Credential | undefined;
  readonly result: CandidateResult<T>;
}

export interface TryCandidatesOptions<T> {
  readonly image: string;
  readonly keyring: RegistryKeyring;
  /** Whether it is tried without a credential when all were refused. */
  readonly anonymous: boolean | undefined;
  readonly context: RegistryLookupContext & { readonly signal: AbortSignal };
  readonly attempt: (credential: Credential | undefined) => Promise<CandidateResult<T>>;
}

/**
 * Tries the candidates, until one is accepted or the others would fail in the same way.
 *
 * @returns those that were tried, the last of which decided.
 * @throws what the lookup throws.
 */
export async function tryCandidates<T>(
  options: TryCandidatesOptions<T>,
): Promise<TriedCandidate<T>[]> {
  const { image, keyring, context, anonymous } = options;
  const credentials = await keyring.lookup(image, context);
  const isLastAnonymous = credentials.length === 0 || anonymous === true;
  const candidates = isLastAnonymous ? [...credentials, undefined] : credentials;
  const tried: TriedCandidate<T>[] = [];
  const bySecrets = new Map<string, TriedCandidate<T>>();
  for (const credential of candidates) {
    const same = bySecrets.get(fingerprint(credential));
    const one: TriedCandidate<T> = {
      position: tried.length + 1,
      ...(same === undefined
        ? await tryWithRefresh(options, credential)
        : { credential, result: sameAs(same) }),
    };
    tried.push(one);
    if (one.result.outcome === 'accepted' || one.result.outcome === 'failed') break;
    getOrAdd(bySecrets, fingerprint(one.credential), () => one);
  }
  return tried;
}

function sameAs<T>({ position, result }: TriedCandidate<T>): CandidateResult<T> {
  return { ...result, message: `the same as candidate ${position}` } as CandidateResult<T>;
}

/** What a provider gave may have expired, or been replaced, before its time. */
async function tryWithRefresh<T>(
  options: TryCandidatesOptions<T>,
  credential: Credential | undefined,
): Promise<Omit<TriedCandidate<T>, 'position'>> {
  const first = await tryOnce(options, credential);
  if (first.outcome !== 'refused' || credential === undefined) return { credential, result: first };
  const fresh = await refreshed(options, credential);
  if (fresh === undefined) return { credential, result: first };
  const second = await tryOnce(options, fresh);
  if (second.outcome !== 'refused') return { credential: fresh, result: second };
  const message = `${second.message}, as before it was renewed`;
  return { credential, result: { ...second, message } };
}

async function tryOnce<T>(
  { attempt, context: { signal } }: TryCandidatesOptions<T>,
  credential: Credential | undefined,
): Promise<CandidateResult<T>> {
  try {
    return await attempt(credential);
  } catch (error) {
    signal.throwIfAborted();
    return { outcome: 'failed', error };
  }
}

const RENEWABLE: ReadonlySet<string> = new Set([
  'provider',
  'service-account',
  'credential-helper',
]);

/** Whether a source gives a new credential when the old one has expired. */
export function isRenewable({ kind }: CredentialSource): boolean {
  return RENEWABLE.has(kind);
}

/** The credential that a provider gives now, where it is another one. */
async function refreshed<T>(
  { image, keyring, context }: TryCandidatesOptions<T>,
  credential: Credential,
): Promise<Credential | undefined> {
  if (!isRenewable(credential.source)) return undefined;
  const credentials = await keyring.lookup(image, { ...context, refused: [credential] });
  const fresh = credentials.find((one) => originOf(one) === originOf(credential));
  return fresh !== undefined && fingerprint(fresh) === fingerprint(credential) ? undefined : fresh;
}

function originOf({ source, key }: Credential): string {
  return JSON.stringify([source, key]);
}

/** The result of the candidate that was accepted, if one was. */
export function acceptedOf<T>(
  tried: readonly TriedCandidate<T>[],
): Extract<CandidateResult<T>, { readonly outcome: 'accepted' }> | undefined {
  const result = tried.at(-1)?.result;
  return result?.outcome === 'accepted' ? result : undefined;
}

/**
 * The error of candidates of which none was accepted.
 *
 * @throws what a candidate failed with, where that is what decided.
 */
export function refusalError<T>(
  { registry, name }: Pick<ImageReference, 'registry' | 'name'>,
  tried: readonly TriedCandidate<T>[],
  options?: ErrorOptions,
): RegistryAuthError {
  const attempts = tried.map(({ credential, result }): RefusedCandidate => {
    if (result.outcome === 'failed') throw result.error;
    const { status, message } = result as Refusal;
    const candidate = describeCandidate(credential);
    if (credential === undefined) return { candidate, status, message };
    return { candidate, source: credential.source, key: credential.key, status, message };
  });
  return new RegistryAuthError({ registry, image: name, attempts }, options);
}

function describeCandidate(credential: Credential | undefined): string {
  if (credential === undefined) return 'no credentials';
  const empty = isEmpty(credential) ? 'empty, ' : '';
  return `${describeSource(credential.source)} (${empty}${credential.key})`;
}
