// One image: whether its credentials let a node pull it, by a HEAD of its manifest.

import { own } from '../../util/own.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import type { KeyringError } from '../../errors.ts';
import { readClaims } from '../../credential/jwt.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { HttpResponse } from '../../system/system.ts';
import { attempt } from '../client/attempt.ts';
import {
  acceptedOf,
  tryCandidates,
  type CandidateResult,
  type TriedCandidate,
} from '../client/candidates.ts';
import type { RegistryKeyring } from '../client/options.ts';
import {
  findEndpoint,
  isFound,
  manifestUrl,
  repositoryScope,
  requestDocument,
  unexpectedStatus,
} from '../client/registry-api.ts';
import type { Redirected } from '../client/request.ts';
import type { AuthHeader, Endpoint, Session } from '../client/session.ts';
import { CONTAINERD_FLOW } from '../client/token.ts';
import { isDigest, isSupportedType, manifestTypeOf } from './manifest-type.ts';
import { readManifest, type ManifestContent } from './platforms.ts';
import { rateLimitOf } from './rate-limit.ts';
import { pullable, unreadable, unsupported, verdictOf, verdictOn } from './verdicts.ts';
import type { RateLimit, VerifiedCandidate, VerifiedImage } from './verify-report.ts';

export interface VerifyImageOptions {
  readonly session: Session;
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

/** Verifies an image whose name is known to be one. Rejects only when the signal does. */
export async function verifyImage(options: VerifyImageOptions): Promise<ImageFinding> {
  const { session, image, keyring, anonymous, signal } = options;
  const reference = own(parseImageReference(image));
  const { registry } = reference;
  try {
    const endpoint = await findEndpoint(session, registry, signal);
    const target: Target = { ...options, endpoint, reference, wasAsked: false };
    const tried = await tryCandidates<Accepted>({
      image,
      keyring,
      anonymous,
      context: { signal, pullSecretSemantics: 'kubelet' },
      attempt: (credential) => tryCredential(target, credential),
    });
    return await findingOf(target, (await tryWithoutHeader(target, tried)) ?? tried);
  } catch (error) {
    signal.throwIfAborted();
    return { image, registry, candidates: [], ...verdictOn(error) };
  }
}

interface Target extends VerifyImageOptions {
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
  /** Whether the last candidate got as far as to the manifest. */
  wasAsked: boolean;
}

/** A response with the manifest's head, and the header that it was asked for with. */
interface Accepted {
  readonly response: HttpResponse;
  readonly header: AuthHeader;
}

async function tryCredential(
  target: Target,
  credential: Credential | undefined,
): Promise<CandidateResult<Accepted>> {
  const { session, endpoint, reference, signal } = target;
  const scopes = [repositoryScope(reference.repository, ['pull'])];
  target.wasAsked = false;
  const send = (authorization: string | undefined): Promise<HttpResponse> => {
    target.wasAsked = true;
    return head(target, authorization);
  };
  const options = { endpoint, scopes, credential, signal, flow: CONTAINERD_FLOW, send };
  const attempted = await attempt(session, options);
  if (attempted.outcome !== 'accepted') {
    const { outcome, status, message, isUnmet } = attempted;
    return { outcome, message, ...withoutUndefined({ status, isUnmet }) };
  }
  const { response, header } = attempted;
  if (!isFound(response)) throw unexpectedStatus(endpoint, response);
  return { outcome: 'accepted', status: response.status, value: { response, header } };
}

function head(
  { session, endpoint, reference, signal }: Target,
  authorization: string | undefined,
): Promise<Redirected<HttpResponse>> {
  const url = manifestUrl(endpoint, reference);
  return requestDocument(session, { endpoint, method: 'HEAD', url, authorization, signal });
}

/**
 * What containerd begins with: it asks for the manifest without a header, and for a token only when it is told to
 * (containerd v2.4.2 core/remotes/docker/resolver.go). Here it is done when the candidates came to nothing, and then stands
 * for them.
 */
async function tryWithoutHeader(
  target: Target,
  tried: readonly TriedCandidate<Accepted>[],
): Promise<readonly TriedCandidate<Accepted>[] | undefined> {
  const outcome = tried.at(-1)?.result.outcome;
  const isStuck = outcome === 'refused' || (outcome === 'failed' && !target.wasAsked);
  if (!isStuck || target.endpoint.challenges.length === 0) return undefined;
  const response = await head(target, undefined);
  if (!isFound(response)) return undefined;
  const value: Accepted = { response, header: { value: undefined, scheme: 'none' } };
  const { status } = response;
  return [{ position: 1, credential: undefined, result: { outcome: 'accepted', status, value } }];
}

async function findingOf(
  target: Target,
  tried: readonly TriedCandidate<Accepted>[],
): Promise<ImageFinding> {
  const { image, session, endpoint, reference, signal } = target;
  const { registry } = reference;
  const candidates = tried.map(candidateOf);
  const found = acceptedOf(tried)?.value;
  if (found === undefined) return { image, registry, candidates, ...verdictOf(tried, candidates) };
  const { response, header } = found;
  const [said] = response.headers.get('docker-content-digest') ?? [];
  const digest = isDigest(said) ? said : reference.digest;
  const request = { endpoint, url: manifestUrl(endpoint, reference), signal };
  const authorization = header.value;
  const type = await manifestTypeOf(session, { ...request, authorization }, response);
  // A server could put into it what it was sent.
  const shown = isSupportedType(type) ? type : (session.sent.redact(type) ?? '[redacted]');
  const refusal = unsupported(header, type, shown);
  const { platforms, problem } = await contentOf(target, { digest, authorization, type });
  return {
    image,
    registry,
    ...(refusal ?? unreadable(problem) ?? pullable(candidates, header)),
    candidates,
    accepted: candidates.at(-1) as VerifiedCandidate,
    ...withoutUndefined({
      digest,
      mediaType: /^[\w.+-]+\/[\w.+-]+/.exec(shown)?.[0],
      platforms,
      rateLimit: rateLimitOf(response),
    }),
  };
}

interface HeadOfManifest {
  readonly digest: string | undefined;
  readonly authorization: string | undefined;
  readonly type: string;
}

/** That the registry does not give it now does not keep a node from pulling. */
async function contentOf(
  { readsPlatforms, session, endpoint, reference, signal }: Target,
  { digest, ...found }: HeadOfManifest,
): Promise<ManifestContent> {
  // Of another type containerd reads nothing, whatever it holds.
  if (!readsPlatforms || !isSupportedType(found.type)) return {};
  const { repository, tag } = reference;
  try {
    const place = { endpoint, repository, reference: digest ?? String(tag), signal };
    return await readManifest(session, { ...found, ...place });
  } catch {
    signal.throwIfAborted();
    return {};
  }
}

function candidateOf({
  position,
  credential,
  result,
}: TriedCandidate<Accepted>): VerifiedCandidate {
  const decided = decisionOf(result);
  if (credential === undefined) return { position, ...decided };
  const token = result.outcome === 'accepted' ? undefined : credential.ignoredToken();
  const message =
    token === undefined ? decided.message : `${decided.message}; a kubelet ignores its ${token}`;
  const { source, key } = credential;
  const username = String(credential.toJSON()['username']);
  const expiresAt = expiryOf(credential)?.toJSON() ?? undefined;
  const fields = { position, source, key, username, ...decided, message };
  return { ...fields, ...withoutUndefined({ expiresAt }) };
}

function decisionOf(
  result: CandidateResult<Accepted>,
): Pick<VerifiedCandidate, 'outcome' | 'status' | 'message'> {
  if (result.outcome === 'failed') {
    return { outcome: 'failed', message: (result.error as KeyringError).message };
  }
  const { outcome, status } = result;
  const message = outcome === 'accepted' ? 'accepted' : result.message;
  return { outcome, message, ...withoutUndefined({ status }) };
}

/** When a credential expires: as its provider says, or as a token says of itself. */
function expiryOf({ expiresAt, password, registryToken = '' }: Credential): Date | undefined {
  return expiresAt ?? readClaims(registryToken).expiresAt ?? readClaims(password).expiresAt;
}
