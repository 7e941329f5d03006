// One image: whether its credentials let a node pull it, by a HEAD of its manifest.

import { withoutUndefined } from '../../config/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import { isEmpty } from '../../credential/ways-out.ts';
import { isKeyringError, type KeyringError } from '../../errors.ts';
import { readClaims } from '../../providers/jwt.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { HttpResponse } from '../../system/system.ts';
import { admit, type Purpose } from '../admit.ts';
import { acceptedOf, tryCandidates, type Attempt, type Try } from '../candidates.ts';
import type { Endpoint } from '../endpoint.ts';
import {
  askForImage,
  isFound,
  manifestUrl,
  scopeOf,
  unexpectedAnswer,
} from '../manifest-request.ts';
import type { RegistryKeyring } from '../registry-keyring.ts';
import type { SessionState, Ticket } from '../session.ts';
import { isDigest, readPlatforms } from './platforms.ts';
import { rateLimitOf } from './rate-limit.ts';
import type { RateLimit, VerifiedCandidate, VerifiedImage } from './verify-report.ts';

/** What is asked of an image. */
export interface ImageQuestion {
  readonly session: SessionState;
  readonly image: string;
  readonly keyring: RegistryKeyring;
  readonly anonymous: boolean | undefined;
  /** Whether its platforms are read, which takes a GET of the manifest. */
  readonly readsPlatforms: boolean;
  readonly signal: AbortSignal;
}

/** What was found out, before it is known who uses the image. */
export interface ImageFinding extends Omit<VerifiedImage, 'usedBy' | 'warnings'> {
  readonly rateLimit?: RateLimit;
}

interface Seen {
  readonly response: HttpResponse;
  readonly ticket: Ticket;
}

/** Verifies an image whose name is known to be one. Rejects only when the signal does. */
export async function verifyImage(question: ImageQuestion): Promise<ImageFinding> {
  const { session, image, keyring, anonymous, signal } = question;
  const reference = parseImageReference(image);
  const { registry } = reference;
  try {
    const endpoint = await session.endpoint(registry, signal);
    const tries = await tryCandidates<Seen>({
      image,
      keyring,
      anonymous,
      context: { signal, pullSecretSemantics: 'kubelet' },
      attempt: (credential) => attempt({ session, endpoint, reference }, credential, signal),
    });
    return await findingOf(question, { endpoint, reference }, tries);
  } catch (error) {
    signal.throwIfAborted();
    return { image, registry, candidates: [], ...verdictOn(error) };
  }
}

interface Place {
  readonly session: SessionState;
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
}

async function attempt(
  { session, endpoint, reference }: Place,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<Attempt<Seen>> {
  const url = manifestUrl(endpoint, reference);
  const scopes = [scopeOf(reference.repository, ['pull'])];
  const use: Purpose<HttpResponse>['use'] = (header, stop) =>
    askForImage(session, { endpoint, method: 'HEAD', url, header, signal: stop });
  const admission = await admit(session, { endpoint, scopes, use }, { credential, signal });
  if (admission.outcome !== 'accepted') {
    const { outcome, status, message } = admission;
    return { outcome, message, ...withoutUndefined({ status }) };
  }
  const { response, ticket } = admission;
  if (!isFound(response)) throw unexpectedAnswer(endpoint, response);
  return { outcome: 'accepted', status: response.status, value: { response, ticket } };
}

async function findingOf(
  question: ImageQuestion,
  place: Omit<Place, 'session'>,
  tries: readonly Try<Seen>[],
): Promise<ImageFinding> {
  const { image } = question;
  const { registry } = place.reference;
  const candidates = tries.map(candidateOf);
  const seen = acceptedOf(tries)?.value;
  if (seen === undefined) return { image, registry, candidates, ...verdictOf(tries, candidates) };
  const { headers } = seen.response;
  const [said] = headers.get('docker-content-digest') ?? [];
  const digest = isDigest(said) ? said : place.reference.digest;
  const [mediaType] = /^[\w.+-]+\/[\w.+-]+/.exec(headers.get('content-type')?.[0] ?? '') ?? [];
  const accepted = candidates.at(-1) as VerifiedCandidate;
  return {
    image,
    registry,
    status: 'pullable',
    message: pullableMessage(candidates, accepted),
    candidates,
    accepted,
    ...withoutUndefined({
      digest,
      mediaType,
      platforms: await platformsOf(question, place, { digest, ticket: seen.ticket }),
      rateLimit: rateLimitOf(seen.response),
    }),
  };
}

function pullableMessage(
  { length }: readonly VerifiedCandidate[],
  { source }: VerifiedCandidate,
): string {
  if (source !== undefined) return 'a node can pull it with this credential';
  if (length === 1) return 'a node can pull it without credentials';
  return 'it can be pulled without credentials, which a kubelet does not try when it has some';
}

/** That they cannot be read does not keep a node from pulling. */
async function platformsOf(
  { session, readsPlatforms, signal }: ImageQuestion,
  { endpoint, reference }: Omit<Place, 'session'>,
  { digest, ticket }: { readonly digest: string | undefined; readonly ticket: Ticket },
): Promise<readonly string[] | undefined> {
  if (!readsPlatforms) return undefined;
  const { repository, tag } = reference;
  const named = { repository, reference: digest ?? String(tag), header: ticket.header };
  try {
    return await readPlatforms({ session, endpoint, signal, ...named });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function candidateOf({ position, credential, attempt: one }: Try<Seen>): VerifiedCandidate {
  const said = sayingOf(one);
  if (credential === undefined) return { position, ...said };
  const token = one.outcome === 'accepted' ? undefined : credential.ignoredToken();
  const message =
    token === undefined ? said.message : `${said.message}; a kubelet ignores its ${token}`;
  const { source, key } = credential;
  const username = String(credential.toJSON()['username']);
  const expiresAt = endOf(credential)?.toISOString();
  return { position, source, key, username, ...said, message, ...withoutUndefined({ expiresAt }) };
}

function sayingOf(one: Attempt<Seen>): Pick<VerifiedCandidate, 'outcome' | 'status' | 'message'> {
  if (one.outcome === 'failed') {
    return { outcome: 'failed', message: (one.error as KeyringError).message };
  }
  const message = one.outcome === 'accepted' ? 'accepted' : one.message;
  return { outcome: one.outcome, message, ...withoutUndefined({ status: one.status }) };
}

/** When a credential ends: as its provider says, or as a token says of itself. */
function endOf({ expiresAt, password, registryToken = '' }: Credential): Date | undefined {
  return expiresAt ?? readClaims(registryToken).expiresAt ?? readClaims(password).expiresAt;
}

type Verdict = Pick<VerifiedImage, 'status' | 'message' | 'hint'>;

function verdictOf(tries: readonly Try<Seen>[], candidates: readonly VerifiedCandidate[]): Verdict {
  const last = tries.at(-1)?.attempt;
  if (last?.outcome === 'failed') return verdictOn(last.error);
  if (candidates.some(({ outcome }) => outcome === 'not-found')) {
    return {
      status: 'not-found',
      message: 'the registry has no such image, or hides it from these credentials',
      hint: 'check the spelling and the tag; some registries say this to everybody who may not pull',
    };
  }
  if (candidates.every(({ source }) => source === undefined)) {
    return {
      status: 'refused',
      message: 'the registry refuses anonymous pulls, and there is no credential for the image',
      hint: 'check the spelling; docker-keyring explain shows which entries there are and why none matches',
    };
  }
  const message = 'the registry refused every credential; a node does not try without';
  return { status: 'refused', message, hint: refusalHint(tries) };
}

function refusalHint(tries: readonly Try<Seen>[]): string {
  const credentials = tries.flatMap(({ credential }) => credential ?? []);
  const tokenOnly = credentials.find((one) => one.password === '' && one.ignoredToken());
  if (tokenOnly !== undefined) {
    const token = String(tokenOnly.ignoredToken());
    return `give a user name with a password or an access token: a kubelet ignores the ${token} of the entry ${tokenOnly.key}`;
  }
  if (credentials.some(isEmpty)) return 'remove the empty entry if the image is public';
  return 'make sure that the image exists, that the accounts may pull it, and that their passwords are current';
}

/** What keeps an image from being verified at all. */
function verdictOn(error: unknown): Verdict {
  if (!isKeyringError(error)) {
    return { status: 'unreachable', message: `it could not be verified: ${String(error)}` };
  }
  const { message } = error;
  if (error.code === 'ERR_KEYRING_PULL_SECRET_INVALID') {
    const hint =
      'a kubelet fails every pull of such a pod; docker-keyring secret validate finds what is wrong';
    return { status: 'refused', message, hint };
  }
  if (error.code !== 'ERR_KEYRING_REALM_UNSAFE') return { status: 'unreachable', message };
  return { status: 'unreachable', message, hint: 'a runtime on a node may be less careful' };
}
