// authorize: the header that a registry accepts for an image, and the credential that it was made of.

import { own } from '../../util/own.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import { readOptions, isBooleanOption, type Check } from '../../util/option-checks.ts';
import type { Credential } from '../../credential/credential.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import { abortable } from '../../util/abort.ts';
import { admit, type Admission, type Answer } from './attempt.ts';
import { Authorization } from './authorization.ts';
import { acceptedOf, refusalOf, tryCandidates, type Attempt } from './candidates.ts';
import { lifeLeftMs, type Clocks, type End } from './end.ts';
import type { Endpoint } from './endpoint.ts';
import { fingerprint } from './fingerprint.ts';
import {
  askForImage,
  isFound,
  manifestUrl,
  repositoryUrl,
  scopeOf,
  unexpectedAnswer,
} from './registry-api.ts';
import { REFUSAL_HOLDS_MS } from './prepare-ticket.ts';
import type { RegistryKeyring } from './registry-keyring.ts';
import { CANDIDATE_CHECKS, type CandidateOptions } from './options.ts';
import { sessionOf, type Decision, type SessionState, type Ticket } from './session.ts';

/** What is wanted of a registry. */
export interface AuthorizeOptions extends CandidateOptions {
  /**
   * What is to be done with the image's repository, as registries name it: `pull`, `push`, `delete`. Only for `pull` is it
   * tried whether the repository can be used: by a HEAD of the manifest.
   *
   * @defaultValue `['pull']`
   */
  readonly actions?: readonly string[] | undefined;
  /**
   * Whether the registry is asked whatever is kept: for when it refused a header that it had accepted.
   *
   * @defaultValue `false`
   */
  readonly fresh?: boolean | undefined;
}

const CHECKS: Readonly<Record<keyof AuthorizeOptions, Check>> = {
  ...CANDIDATE_CHECKS,
  actions: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => /^[a-z*]+$/.test(String(one)))
      ? undefined
      : "must be an array of actions, such as ['pull']",
  fresh: isBooleanOption,
};

/** Who was let in, one who was not told "found" included. */
interface Admitted {
  readonly ticket: Ticket;
  readonly credential: Credential | undefined;
}

/** One question. */
interface Question {
  readonly session: SessionState;
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
  readonly actions: readonly string[];
  readonly fresh: boolean;
}

/** Without an end of its own, a password is believed in for so long. */
const BASIC_HOLDS_MS = 5 * 60_000;
/** A token that is handed out lives for at least so long. */
const MIN_LIFE_MS = 5_000;

/**
 * Tries an image's credentials at its registry, in the keyring's order, and gives the header that is accepted. Tokens are
 * got and kept; what is kept costs no request. Where the registry accepts a credential and has no such image, or hides it,
 * the first such credential is given when no other does better.
 *
 * @param image - What stands in a pod's `image` field.
 * @param keyring - Knows the credentials.
 * @throws {@link RegistryAuthError} when every candidate was refused; {@link RegistryUnavailableError} when the registry or
 * its token server does not answer; {@link UnsafeRealmError}; what `keyring.lookup` throws; the signal's reason; TypeError.
 * @example
 * ```ts
 * const { header, url } = await authorize('ghcr.io/acme/app:1.0', keyring);
 * const tags = await fetch(`${url}/tags/list`, { headers: { authorization: header ?? '' } });
 * ```
 */
export async function authorize(
  image: string,
  keyring: RegistryKeyring,
  options: AuthorizeOptions = {},
): Promise<Authorization> {
  const given = readOptions('authorize', options, CHECKS);
  const session = sessionOf('authorize', keyring, given);
  const reference = own(parseImageReference(image));
  const { actions = ['pull'], fresh = false, pod, anonymous } = given;
  return abortable([given.signal], async (signal) => {
    const endpoint = await session.endpoint(reference.registry, signal);
    const question = { session, endpoint, reference, actions, fresh };
    const tries = await tryCandidates<Admitted>({
      image,
      keyring,
      anonymous,
      context: { signal, pod },
      attempt: (credential) => attempt(question, credential, signal),
    });
    const admitted = acceptedOf(tries)?.value ?? firstFound(tries.map((one) => one.attempt));
    if (admitted === undefined) throw refusalOf(reference, tries);
    return authorizationOf(question, admitted);
  });
}

/** The first that was let in and found nothing; not where the last try failed. */
function firstFound(attempts: readonly Attempt<Admitted>[]): Admitted | undefined {
  if (attempts.at(-1)?.outcome === 'failed') return undefined;
  // A token server that says "not found" lets nobody in.
  const found = attempts.map((one) => (one.outcome === 'not-found' ? one.value : undefined));
  return found.find((one) => one !== undefined);
}

async function attempt(
  question: Question,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<Attempt<Admitted>> {
  const decision = await decide(question, credential, signal);
  const { ticket } = decision;
  const used = ticket?.header === undefined ? undefined : credential;
  const value = ticket === undefined ? undefined : { ticket, credential: used };
  return { ...decision, ...withoutUndefined({ value }) } as Attempt<Admitted>;
}

/** What was decided of a repository holds for all of its images, but for what is not found. */
async function decide(
  question: Question,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<Decision> {
  const { session, endpoint, reference, actions, fresh } = question;
  const { decisions, connection } = session;
  const { repository, tag, digest } = reference;
  const key = JSON.stringify([endpoint.origin, repository, actions, fingerprint(credential)]);
  const known = fresh ? undefined : decisions.peek(key);
  if (known !== undefined) return known;
  const load = async (stop: AbortSignal): Promise<{ value: Decision; holdsMs: number }> => {
    const admission = await ask(question, credential, stop);
    const decision = decisionOf(admission);
    const holdsMs = holdsFor(decision, connection.system);
    if (decision.outcome !== 'not-found') decisions.put(key, { value: decision, holdsMs });
    return { value: decision, holdsMs: 0 };
  };
  return decisions.get(JSON.stringify([key, tag, digest]), load, signal);
}

function decisionOf(admission: Admission<Answer>): Decision {
  const { response: _, ...decision } = admission;
  return decision;
}

function holdsFor(decision: Decision, clocks: Clocks): number {
  if (decision.outcome !== 'accepted') return REFUSAL_HOLDS_MS;
  const { end } = decision.ticket;
  return end === undefined ? BASIC_HOLDS_MS : lifeLeftMs(end, clocks) - MIN_LIFE_MS;
}

async function ask(
  { session, endpoint, reference, actions, fresh }: Question,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<Admission<Answer>> {
  const isPull = actions.includes('pull');
  const url = isPull ? manifestUrl(endpoint, reference) : `${endpoint.origin}/v2/`;
  const method = isPull ? 'HEAD' : 'GET';
  const scopes = [scopeOf(reference.repository, actions)];
  const admission = await admit(
    session,
    {
      endpoint,
      scopes,
      use: (header, stop) => askForImage(session, { endpoint, method, url, header, signal: stop }),
    },
    { credential, signal, fresh },
  );
  if (admission.outcome === 'accepted' && !isFound(admission.response)) {
    throw unexpectedAnswer(endpoint, admission.response);
  }
  return admission;
}

function authorizationOf(
  { session, endpoint, reference }: Question,
  { ticket, credential }: Admitted,
): Authorization {
  const { header, scheme, end } = ticket;
  return new Authorization({
    header,
    scheme,
    credential,
    expiresAt: earliest(expiryOf(end, session.connection.system), credential?.expiresAt),
    registry: reference.registry,
    url: repositoryUrl(endpoint, reference.repository),
  });
}

/** By the clock as it is now: it may have been set since. */
function expiryOf(end: End | undefined, clocks: Clocks): Date | undefined {
  return end === undefined ? undefined : new Date(clocks.now() + lifeLeftMs(end, clocks));
}

function earliest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other < one ? other : one;
}
