// listTags: the tags of a repository, page by page (OCI distribution specification v1.1, "Listing Tags").

import type { Credential } from '../credential/credential.ts';
import { RegistryUnavailableError } from '../errors.ts';
import { parseImageReference, type ImageReference } from '../reference/image-reference.ts';
import { withDeadline } from '../system/deadline.ts';
import { isRecord } from '../util/is-record.ts';
import { duration, isText, readOptions, wholeNumber, type Check } from '../util/option-checks.ts';
import { has, own } from '../util/own.ts';
import { parseJson } from '../util/parse-json.ts';
import { withoutUndefined } from '../util/without-undefined.ts';
import { attempt } from './client/attempt.ts';
import {
  acceptedOf,
  refusalError,
  tryCandidates,
  type CandidateResult,
} from './client/candidates.ts';
import { CANDIDATE_CHECKS, type CandidateOptions, type RegistryKeyring } from './client/options.ts';
import {
  findEndpoint,
  isFound,
  repositoryScope,
  repositoryUrl,
  requestDocument,
  unexpectedStatus,
} from './client/registry-api.ts';
import { sessionOf, type Endpoint, type Refusal, type Session } from './client/session.ts';

/** Which tags, and how they are asked for. */
export interface ListTagsOptions extends CandidateOptions {
  /**
   * Only tags behind this one, in the registry's order.
   *
   * @defaultValue all
   */
  readonly last?: string | undefined;
  /**
   * How many tags to return at most.
   *
   * @defaultValue all; more than 100,000 are an error
   */
  readonly limit?: number | undefined;
  /**
   * How many tags to ask for at once. A registry may give fewer.
   *
   * @defaultValue 1,000
   */
  readonly pageSize?: number | undefined;
  /**
   * The deadline of the whole listing, in milliseconds; `timeoutMs` is that of one request.
   *
   * @defaultValue 300,000
   */
  readonly deadlineMs?: number | undefined;
}

const CHECKS: Readonly<Record<keyof ListTagsOptions, Check>> = {
  ...CANDIDATE_CHECKS,
  last: (value) => (isText(value) ? undefined : 'must be a tag'),
  limit: wholeNumber(Number.MAX_SAFE_INTEGER),
  pageSize: wholeNumber(Number.MAX_SAFE_INTEGER),
  deadlineMs: duration(1),
};
const PAGE_SIZE = 1000;
const DEADLINE_MS = 300_000;
/** What nobody asked for is not kept without an end. */
const MAX_TAGS = 100_000;

/**
 * Lists the tags of an image's repository, in the registry's order, with the first credential that the registry accepts.
 *
 * @param image - What stands in a pod's `image` field; its tag or digest says nothing here.
 * @param keyring - Knows the credentials.
 * @throws {@link RegistryAuthError} when every candidate was refused; {@link RegistryUnavailableError} when the registry or
 * its token server does not answer, with `status` 404 when no candidate finds the repository; {@link TimeoutError} at the
 * deadline; {@link UnsafeRealmError}; {@link InvalidReferenceError}; what `keyring.lookup` throws; the signal's reason;
 * TypeError.
 * @example
 * ```ts
 * const tags = await listTags('ghcr.io/acme/app', keyring);
 * tags.at(-1); // → '2.1'
 * ```
 */
export async function listTags(
  image: string,
  keyring: RegistryKeyring,
  options: ListTagsOptions = {},
): Promise<string[]> {
  const given = readOptions('listTags', options, CHECKS);
  const session = sessionOf('listTags', keyring, given);
  const reference = own(parseImageReference(image));
  const { deadlineMs = DEADLINE_MS, pod, anonymous } = given;
  const operation = `listing the tags of ${reference.name}`;
  const deadline = { operation, timeoutMs: deadlineMs, signal: given.signal };
  return withDeadline(session.system, deadline, async (signal) => {
    const endpoint = await findEndpoint(session, reference.registry, signal);
    const listing = { session, endpoint, reference, options: given, signal };
    const tried = await tryCandidates<string[]>({
      image,
      keyring,
      anonymous,
      context: { signal, pod },
      attempt: (credential) => listAll(listing, credential),
    });
    const accepted = acceptedOf(tried);
    if (accepted !== undefined) return accepted.value;
    const error = refusalError(reference, tried);
    const isMissing = tried.some(({ result }) => result.outcome === 'not-found');
    throw isMissing ? missing(reference, error) : error;
  });
}

function missing({ registry, repository }: ImageReference, cause: Error): RegistryUnavailableError {
  const reason = `it has no repository ${repository}, or hides it from these credentials`;
  return new RegistryUnavailableError({ registry, reason, status: 404 }, { cause });
}

interface Listing {
  readonly session: Session;
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
  readonly options: ListTagsOptions;
  readonly signal: AbortSignal;
}

/** All pages with one credential. */
async function listAll(
  listing: Listing,
  credential: Credential | undefined,
): Promise<CandidateResult<string[]>> {
  const { last, limit = MAX_TAGS + 1, pageSize = PAGE_SIZE } = listing.options;
  const tags: string[] = [];
  let query: string | undefined = String(
    new URLSearchParams({ n: String(Math.min(limit, pageSize)), ...withoutUndefined({ last }) }),
  );
  const asked = new Set<string>();
  while (query !== undefined && tags.length < limit) {
    if (asked.has(query)) throw unusable(listing, 'its pages lead back to one another');
    asked.add(query);
    const page = await pageAt(listing, query, credential);
    if (has(page, 'outcome')) return page;
    tags.push(...page.tags);
    query = page.next;
  }
  if (tags.length > MAX_TAGS && listing.options.limit === undefined) {
    throw unusable(listing, `the repository has more than ${MAX_TAGS} tags: set limit`);
  }
  return { outcome: 'accepted', value: tags.slice(0, limit) };
}

interface Page {
  readonly tags: readonly string[];
  /** The query of the next page. */
  readonly next: string | undefined;
}

async function pageAt(
  listing: Listing,
  query: string,
  credential: Credential | undefined,
): Promise<Page | Refusal> {
  const { session, endpoint, reference, signal } = listing;
  const url = `${repositoryUrl(endpoint, reference.repository)}/tags/list?${query}`;
  const tried = await attempt(session, {
    endpoint,
    scopes: [repositoryScope(reference.repository, ['pull'])],
    credential,
    signal,
    send: (authorization) =>
      requestDocument(session, { endpoint, method: 'GET', url, authorization, signal }),
  });
  if (tried.outcome !== 'accepted') {
    const { outcome, message, status } = tried;
    return { outcome, message, ...withoutUndefined({ status }) };
  }
  const { response } = tried;
  if (!isFound(response)) throw unexpectedStatus(endpoint, response, 'the tags');
  const tags = tagsIn(response.body);
  if (tags === undefined) throw unusable(listing, 'its list of tags is not one');
  return { tags, next: nextQuery(response.headers.get('link')) };
}

/** A repository without tags has null (distribution v2 and v3). */
function tagsIn(body: string): readonly string[] | undefined {
  const document = parseJson(body);
  if (!isRecord(document)) return undefined;
  const tags = document['tags'] ?? [];
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : undefined;
}

/** Of a link only its query is followed: it may name a host behind the registry's proxy, and no other place is asked. */
function nextQuery(links: readonly string[] = []): string | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(links.join(', '))?.[1];
  const start = next?.indexOf('?') ?? -1;
  return start < 0 ? undefined : next?.slice(start + 1);
}

function unusable({ endpoint }: Listing, reason: string): RegistryUnavailableError {
  return new RegistryUnavailableError({ registry: endpoint.registry, reason });
}
