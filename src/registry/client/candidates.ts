// The loop over an image's candidates, in the order of the keyring, as a kubelet tries them
// (Kubernetes v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_image.go, PullImage).

import type { Credential, CredentialSource } from '../../credential/credential.ts';
import { describeSource } from '../../credential/describe-source.ts';
import { isEmpty } from '../../credential/ways-out.ts';
import { RegistryAuthError, type RefusedCandidate } from '../../errors.ts';
import type { ImageReference } from '../../reference/image-reference.ts';
import { fingerprint } from './fingerprint.ts';
import type { RegistryKeyring, RegistryLookupContext } from './registry-keyring.ts';
import type { Refusal } from './token-server.ts';

/** What came of a try. */
export type Attempt<T> =
  | { readonly outcome: 'accepted'; readonly value: T; readonly status?: number }
  /** With a value where an answer that says "not found" is one all the same. */
  | (Refusal & { readonly value?: T })
  /** Nothing was said of the credential: the others would meet with the same. */
  | { readonly outcome: 'failed'; readonly error: unknown };

/** A try of the loop. */
export interface Try<T> {
  /** From 1. */
  readonly position: number;
  /** `undefined`: without any. */
  readonly credential: Credential | undefined;
  readonly attempt: Attempt<T>;
}

/** For which image, and how. */
export interface CandidateQuestion<T> {
  readonly image: string;
  readonly keyring: RegistryKeyring;
  /** Whether it is tried without a credential when all were refused. */
  readonly anonymous: boolean | undefined;
  readonly context: RegistryLookupContext & { readonly signal: AbortSignal };
  readonly attempt: (credential: Credential | undefined) => Promise<Attempt<T>>;
}

/**
 * Tries the candidates, until one is accepted or it makes no sense to go on.
 *
 * @returns the tries, the last of which decided.
 * @throws what the lookup throws.
 */
export async function tryCandidates<T>(question: CandidateQuestion<T>): Promise<Try<T>[]> {
  const { image, keyring, context, anonymous } = question;
  const credentials = await keyring.lookup(image, context);
  const isLastAnonymous = credentials.length === 0 || anonymous === true;
  const candidates = isLastAnonymous ? [...credentials, undefined] : credentials;
  return tryFrom(question, candidates, []);
}

async function tryFrom<T>(
  question: CandidateQuestion<T>,
  candidates: readonly (Credential | undefined)[],
  tries: readonly Try<T>[],
): Promise<Try<T>[]> {
  const position = tries.length + 1;
  if (position > candidates.length) return [...tries];
  const credential = candidates[position - 1];
  const same = tries.find((one) => fingerprint(one.credential) === fingerprint(credential));
  const tried =
    same === undefined
      ? await tryTwice(question, credential)
      : { credential, attempt: sameAs(same) };
  const { attempt } = tried;
  const done = [...tries, { position, ...tried }];
  const isLast = attempt.outcome === 'accepted' || attempt.outcome === 'failed';
  return isLast ? done : tryFrom(question, candidates, done);
}

function sameAs<T>({ position, attempt }: Try<T>): Attempt<T> {
  return { ...attempt, message: `the same as candidate ${position}` } as Attempt<T>;
}

/** What a provider gave may have ended, or been replaced, before its time. */
async function tryTwice<T>(
  question: CandidateQuestion<T>,
  credential: Credential | undefined,
): Promise<Omit<Try<T>, 'position'>> {
  const first = await attemptOf(question, credential);
  if (first.outcome !== 'refused' || credential === undefined)
    return { credential, attempt: first };
  const fresh = await refreshed(question, credential);
  if (fresh === undefined) return { credential, attempt: first };
  const second = await attemptOf(question, fresh);
  if (second.outcome !== 'refused') return { credential: fresh, attempt: second };
  const message = `${second.message}, as before it was renewed`;
  return { credential, attempt: { ...second, message } };
}

async function attemptOf<T>(
  { attempt, context: { signal } }: CandidateQuestion<T>,
  credential: Credential | undefined,
): Promise<Attempt<T>> {
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

/** Whether a source gives a new credential when the old one has ended. */
export function isRenewable({ kind }: CredentialSource): boolean {
  return RENEWABLE.has(kind);
}

/** The credential that a provider gives now, where it is another one. */
async function refreshed<T>(
  { image, keyring, context }: CandidateQuestion<T>,
  credential: Credential,
): Promise<Credential | undefined> {
  if (!isRenewable(credential.source)) return undefined;
  const credentials = await keyring.lookup(image, { ...context, refused: [credential] });
  const fresh = credentials.find((one) => identityOf(one) === identityOf(credential));
  return fresh !== undefined && fingerprint(fresh) === fingerprint(credential) ? undefined : fresh;
}

function identityOf({ source, key }: Credential): string {
  return JSON.stringify([source, key]);
}

/** The value of the tries, where one was accepted. */
export function acceptedOf<T>(
  tries: readonly Try<T>[],
): Extract<Attempt<T>, { readonly outcome: 'accepted' }> | undefined {
  const attempt = tries.at(-1)?.attempt;
  return attempt?.outcome === 'accepted' ? attempt : undefined;
}

/**
 * The error of tries of which none was accepted.
 *
 * @throws what a try failed with, where that is what decided.
 */
export function refusalOf<T>(
  { registry, name }: Pick<ImageReference, 'registry' | 'name'>,
  tries: readonly Try<T>[],
  options?: ErrorOptions,
): RegistryAuthError {
  const attempts = tries.map((one): RefusedCandidate => {
    const { credential, attempt } = one;
    if (attempt.outcome === 'failed') throw attempt.error;
    const { status, message } = attempt as Refusal;
    const candidate = nameOf(credential);
    if (credential === undefined) return { candidate, status, message };
    return { candidate, source: credential.source, key: credential.key, status, message };
  });
  return new RegistryAuthError({ registry, image: name, attempts }, options);
}

/** Which one it is, as a phrase. */
function nameOf(credential: Credential | undefined): string {
  if (credential === undefined) return 'no credentials';
  const empty = isEmpty(credential) ? 'empty, ' : '';
  return `${describeSource(credential.source)} (${empty}${credential.key})`;
}
