// authorize: the header that a registry accepts for an image, and the credential that it was made of. The procedure, from
// top to bottom: find the registry (registry-api.ts), loop over the keyring's candidates (candidates.ts), and for each make
// the header that the registry asks for (attempt.ts), with a bearer token (token.ts) of its token server (token-server.ts).

import type { Credential } from '../../credential/credential.ts';
import { compareBy, comparedForm, secretMark } from '../../credential/compared.ts';
import { hideGetters } from '../../util/redaction/hide-getters.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import { abortable } from '../../util/abort.ts';
import { isBooleanOption, readOptions, type Check } from '../../util/option-checks.ts';
import { own } from '../../util/own.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import { attempt, type AttemptResponse } from './attempt.ts';
import { lifeLeftMs, type Clocks, type Loaded } from './cache.ts';
import { acceptedOf, refusalError, tryCandidates, type CandidateResult } from './candidates.ts';
import { CANDIDATE_CHECKS, type CandidateOptions, type RegistryKeyring } from './options.ts';
import {
  findEndpoint,
  isFound,
  manifestUrl,
  repositoryScope,
  repositoryUrl,
  requestDocument,
  unexpectedStatus,
} from './registry-api.ts';
import {
  sessionOf,
  type AuthHeader,
  type Decision,
  type Endpoint,
  type Session,
} from './session.ts';
import { fingerprint, REFUSAL_LIFE_MS } from './token.ts';

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

/** Without an expiry of its own, a password is believed in for so long. */
const BASIC_LIFE_MS = 5 * 60_000;
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
    const endpoint = await findEndpoint(session, reference.registry, signal);
    const target = { endpoint, reference, actions, isFresh: fresh, signal };
    const tried = await tryCandidates<Granted>({
      image,
      keyring,
      anonymous,
      context: { signal, pod },
      attempt: (credential) => tryCredential(session, target, credential),
    });
    const granted = acceptedOf(tried)?.value ?? firstNotFound(tried.map(({ result }) => result));
    if (granted === undefined) throw refusalError(reference, tried);
    return authorizationFor(session, target, granted);
  });
}

/** What is authorized. */
interface Target {
  readonly endpoint: Endpoint;
  readonly reference: ImageReference;
  readonly actions: readonly string[];
  /** Whether nothing that is cached about decisions counts. */
  readonly isFresh: boolean;
  readonly signal: AbortSignal;
}

/** A header that the registry did not refuse, and the credential in it. */
interface Granted {
  readonly header: AuthHeader;
  readonly credential: Credential | undefined;
}

/** The first that was let in and found nothing; not where the last one failed. A token server's "not found" lets nobody in. */
function firstNotFound(results: readonly CandidateResult<Granted>[]): Granted | undefined {
  if (results.at(-1)?.outcome === 'failed') return undefined;
  const found = results.map((one) => (one.outcome === 'not-found' ? one.value : undefined));
  return found.find((one) => one !== undefined);
}

async function tryCredential(
  session: Session,
  target: Target,
  credential: Credential | undefined,
): Promise<CandidateResult<Granted>> {
  const { header, ...decision } = await decide(session, target, credential);
  const used = header?.value === undefined ? undefined : credential;
  const value = header === undefined ? undefined : { header, credential: used };
  return { ...decision, ...withoutUndefined({ value }) } as CandidateResult<Granted>;
}

/** A decision holds for all images of a repository, but for what is not found. */
async function decide(
  session: Session,
  target: Target,
  credential: Credential | undefined,
): Promise<Decision> {
  const { endpoint, reference, actions, isFresh, signal } = target;
  const { decisions, system } = session;
  const { repository, tag, digest } = reference;
  const key = JSON.stringify([endpoint.origin, repository, actions, fingerprint(credential)]);
  const cached = isFresh ? undefined : decisions.peek(key);
  if (cached !== undefined) return cached;
  const load = async (stop: AbortSignal): Promise<Loaded<Decision>> => {
    const decision = await askRegistry(session, { ...target, signal: stop }, credential);
    if (decision.outcome !== 'not-found') decisions.set(key, decision, lifeOf(decision, system));
    return { value: decision, lifeMs: 0 };
  };
  return decisions.get(JSON.stringify([key, tag, digest]), load, signal);
}

function lifeOf(decision: Decision, clocks: Clocks): number {
  if (decision.outcome !== 'accepted') return REFUSAL_LIFE_MS;
  const { expiry } = decision.header;
  return expiry === undefined ? BASIC_LIFE_MS : lifeLeftMs(expiry, clocks) - MIN_LIFE_MS;
}

/** By a HEAD of the manifest; for other actions than `pull` by a GET of the API alone. */
async function askRegistry(
  session: Session,
  { endpoint, reference, actions, isFresh, signal }: Target,
  credential: Credential | undefined,
): Promise<Decision> {
  const isPull = actions.includes('pull');
  const url = isPull ? manifestUrl(endpoint, reference) : `${endpoint.origin}/v2/`;
  const method = isPull ? 'HEAD' : 'GET';
  const { response, ...decision } = await attempt<AttemptResponse>(session, {
    endpoint,
    scopes: [repositoryScope(reference.repository, actions)],
    credential,
    signal,
    isFresh,
    send: (authorization) =>
      requestDocument(session, { endpoint, method, url, authorization, signal }),
  });
  const isOdd = decision.outcome === 'accepted' && response !== undefined && !isFound(response);
  if (isOdd) throw unexpectedStatus(endpoint, response);
  return decision;
}

function authorizationFor(
  { system }: Session,
  { endpoint, reference }: Target,
  { header: { value, scheme, expiry }, credential }: Granted,
): Authorization {
  // By the clock as it is now: it may have been set since.
  const end = expiry && new Date(system.now() + lifeLeftMs(expiry, system));
  return new Authorization({
    header: value,
    scheme,
    credential,
    expiresAt: earliest(end, credential?.expiresAt),
    registry: reference.registry,
    url: repositoryUrl(endpoint, reference.repository),
  });
}

function earliest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other < one ? other : one;
}

/** What an {@link Authorization} is made of. */
export interface AuthorizationFields {
  readonly header: string | undefined;
  readonly scheme: 'basic' | 'bearer' | 'none';
  readonly credential: Credential | undefined;
  readonly expiresAt: Date | undefined;
  readonly registry: string;
  readonly url: string;
}

const REDACTED = '[redacted]';

type Inspect = (value: unknown, options: object) => string;

/** Of an object of this class. One that only inherits from it, as those that matchers make for their diffs, has none. */
let fieldsOf: (authorization: Authorization) => Partial<AuthorizationFields>;

/**
 * The `Authorization` header that a registry accepts for an image, and where it comes from.
 *
 * Reading a property gives its value; printing the object, in whatever way, shows `[redacted]` for the header.
 * Two compare by all that they hold, the header included.
 */
export class Authorization {
  readonly #fields: AuthorizationFields;

  static {
    fieldsOf = (authorization) => (#fields in authorization ? authorization.#fields : {});
    hideGetters(this.prototype);
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Authorization, _depth: number, options: object, inspect: Inspect): string {
        return `Authorization ${inspect(this.toJSON(), options)}`;
      },
    });
  }

  constructor(fields: AuthorizationFields) {
    this.#fields = fields;
    compareBy(this, () => shownForm(fields, secretMark));
  }

  /** The header's value, `Basic …` or `Bearer …`; `undefined` where the registry lets everybody in. */
  get header(): string | undefined {
    return fieldsOf(this).header;
  }

  get scheme(): 'basic' | 'bearer' | 'none' {
    return fieldsOf(this).scheme as AuthorizationFields['scheme'];
  }

  /** The credential that was accepted; `undefined` where it went without one. */
  get credential(): Credential | undefined {
    return fieldsOf(this).credential;
  }

  /** When the header ends to be valid, where that is known. */
  get expiresAt(): Date | undefined {
    return fieldsOf(this).expiresAt;
  }

  /** The registry, as the image names it. */
  get registry(): string {
    return fieldsOf(this).registry as AuthorizationFields['registry'];
  }

  /** Where the registry's API is, and the image's repository in it: `https://ghcr.io/v2/acme/app`. */
  get url(): string {
    return fieldsOf(this).url as AuthorizationFields['url'];
  }

  /** The authorization for printing: the header is `[redacted]`. */
  toJSON(): Record<string, unknown> {
    if (!(#fields in this)) return comparedForm(this);
    const { credential } = this.#fields;
    const shown = shownForm(this.#fields, () => REDACTED);
    return credential === undefined ? shown : { ...shown, credential: credential.toJSON() };
  }

  toString(): string {
    return `Authorization ${JSON.stringify(this)}`;
  }
}

function shownForm(
  { header, scheme, credential, expiresAt, registry, url }: AuthorizationFields,
  hide: (secret: string) => string,
): Record<string, unknown> {
  return {
    registry,
    url,
    scheme,
    ...(header === undefined ? {} : { header: hide(header) }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toJSON() }),
    ...(credential === undefined ? {} : { credential }),
  };
}
