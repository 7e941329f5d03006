// One image: whether its credentials let a node pull it, by a HEAD of its manifest.

import { own } from '../../util/own.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import type { KeyringError } from '../../errors.ts';
import { readClaims } from '../../util/jwt.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { HttpResponse } from '../../system/system.ts';
import { admit, type Purpose } from '../client/attempt.ts';
import { acceptedOf, tryCandidates, type Attempt, type Try } from '../client/candidates.ts';
import { CONTAINERD } from '../client/dialect.ts';
import type { Endpoint } from '../client/endpoint.ts';
import {
  askForImage,
  isFound,
  manifestUrl,
  scopeOf,
  unexpectedAnswer,
} from '../client/registry-api.ts';
import type { RegistryKeyring } from '../client/registry-keyring.ts';
import type { Followed } from '../client/follow-redirects.ts';
import type { SessionState, Ticket } from '../client/session.ts';
import { manifestTypeOf } from './manifest-type.ts';
import { isDigest, readPlatforms } from './platforms.ts';
import { rateLimitOf } from './rate-limit.ts';
import { pullable, untaken, verdictOf, verdictOn } from './verdicts.ts';
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
  const reference = own(parseImageReference(image));
  const { registry } = reference;
  try {
    const endpoint = await session.endpoint(registry, signal);
    const place = { session, endpoint, reference, signal, asked: { manifest: false } };
    const tries = await tryCandidates<Seen>({
      image,
      keyring,
      anonymous,
      context: { signal, pullSecretSemantics: 'kubelet' },
      attempt: (credential) => attempt(place, credential),
    });
    return await findingOf(question, place, (await openTry(place, tries)) ?? tries);
  } catch (error) {
    signal.throwIfAborted();
    return { image, registry, candidates: [], ...verdictOn(error) };
  }
}

interface Place {
  readonly session: SessionState;
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
  readonly signal: AbortSignal;
  /** Whether the last try got as far as to the manifest. */
  readonly asked: { manifest: boolean };
}

async function attempt(place: Place, credential: Credential | undefined): Promise<Attempt<Seen>> {
  const { session, endpoint, reference, signal, asked } = place;
  const scopes = [scopeOf(reference.repository, ['pull'])];
  asked.manifest = false;
  const use: Purpose<HttpResponse>['use'] = (header) => {
    asked.manifest = true;
    return head(place, header);
  };
  const purpose = { endpoint, scopes, dialect: CONTAINERD, use };
  const admission = await admit(session, purpose, { credential, signal });
  if (admission.outcome !== 'accepted') {
    const { outcome, status, message, isUnmet } = admission;
    return { outcome, message, ...withoutUndefined({ status, isUnmet }) };
  }
  const { response, ticket } = admission;
  if (!isFound(response)) throw unexpectedAnswer(endpoint, response);
  return { outcome: 'accepted', status: response.status, value: { response, ticket } };
}

async function head(
  { session, endpoint, reference, signal }: Place,
  header: string | undefined,
): Promise<Followed<HttpResponse>> {
  const url = manifestUrl(endpoint, reference);
  return askForImage(session, { endpoint, method: 'HEAD', url, header, signal });
}

/**
 * The try that containerd begins with: it asks for the manifest without credentials, and for a token only when it is told to
 * (containerd v2.4.2 core/remotes/docker/resolver.go). Here it is made when the
 * others came to nothing, and then stands for them.
 */
async function openTry(
  place: Place,
  tries: readonly Try<Seen>[],
): Promise<readonly Try<Seen>[] | undefined> {
  const outcome = tries.at(-1)?.attempt.outcome;
  const isStuck = outcome === 'refused' || (outcome === 'failed' && !place.asked.manifest);
  if (!isStuck || place.endpoint.asks.length === 0) return undefined;
  const response = await head(place, undefined);
  if (!isFound(response)) return undefined;
  const value: Seen = { response, ticket: { header: undefined, scheme: 'none' } };
  const { status } = response;
  const accepted: Attempt<Seen> = { outcome: 'accepted', status, value };
  return [{ position: 1, credential: undefined, attempt: accepted }];
}

async function findingOf(
  question: ImageQuestion,
  place: Place,
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
  const type = await typeOf(place, seen);
  // A server could put into it what it was sent.
  const shown = question.session.connection.sent.redact(type) ?? '[redacted]';
  const accepted = candidates.at(-1) as VerifiedCandidate;
  return {
    image,
    registry,
    ...(untaken(seen.ticket, type, shown) ?? pullable(candidates, seen.ticket)),
    candidates,
    accepted,
    ...withoutUndefined({
      digest,
      mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(shown)?.[0],
      platforms: await platformsOf(question, place, { digest, ticket: seen.ticket }),
      rateLimit: rateLimitOf(seen.response),
    }),
  };
}

async function typeOf(
  { session, endpoint, reference, signal }: Place,
  { response, ticket: { header } }: Seen,
): Promise<string> {
  const url = manifestUrl(endpoint, reference);
  return manifestTypeOf({ session, endpoint, url, header, signal, response });
}

/** That they cannot be read does not keep a node from pulling. */
async function platformsOf(
  { readsPlatforms }: ImageQuestion,
  { session, endpoint, reference, signal }: Place,
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
  const expiresAt = endOf(credential)?.toJSON() ?? undefined;
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
