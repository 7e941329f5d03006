// A fake of the metadata server of Google Cloud: the instance's service account, its scopes, its token, and attributes.
// Exported from docker-keyring/testing: startFakeGceMetadata, FakeGceMetadata, FakeGceMetadataOptions.

import { expectQuery } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  createTokenIssuer,
  tokenAnswer,
  type FakeGoogleToken,
  type TokenIssuer,
} from './token-issuer.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeGceMetadata}. */
export interface FakeGceMetadataOptions {
  /**
   * The default service account's email; `null` for an instance without one.
   *
   * @defaultValue `'node@lab-project.iam.gserviceaccount.com'`
   */
  readonly email?: string | null;
  /**
   * The account's access scopes.
   *
   * @defaultValue `['https://www.googleapis.com/auth/devstorage.read_only']`
   */
  readonly scopes?: readonly string[];
  /** The instance's attributes, such as `google-dockercfg`; may be changed while it runs. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** @defaultValue `'lab-project'` */
  readonly projectId?: string;
  /**
   * The cloud that the machine is of, by its domain.
   *
   * @defaultValue `'googleapis.com'`
   */
  readonly universeDomain?: string;
  /**
   * How long a new token is good for, in seconds.
   *
   * @defaultValue 3600
   */
  readonly lifetimeSeconds?: number;
  /**
   * Its clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** A fake metadata server. */
export interface FakeGceMetadata extends FakeServer {
  /** The tokens that it made, oldest first. */
  readonly tokens: readonly FakeGoogleToken[];
  /** What Google's tools read of the environment to come here. */
  readonly env: Readonly<Record<string, string>>;
}

/** Until so long before its end the server gives the same token to everybody. */
const RENEWED_BEFORE_END_MS = 5 * 60_000;
const ROOT = '/computeMetadata/v1/';
const HEADERS = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' } as const;

type Answer = () => FakeReply;

/**
 * Starts a fake metadata server. As the real one it answers 403 without `Metadata-Flavor: Google` and to whoever was
 * forwarded, 404 for what it does not have, and gives the same token until five minutes before its end.
 *
 * @example
 * ```ts
 * await using metadata = await startFakeGceMetadata({ lifetimeSeconds: 600 });
 * Object.assign(process.env, metadata.env); // google-auth-library finds it
 * ```
 */
export async function startFakeGceMetadata(
  options: FakeGceMetadataOptions = {},
): Promise<FakeGceMetadata> {
  refuseUnknown('startFakeGceMetadata', options, {
    attributes: true,
    email: true,
    lifetimeSeconds: true,
    now: true,
    projectId: true,
    scopes: true,
    universeDomain: true,
  });
  const issuer = createTokenIssuer(options);
  const server = await startFakeServer((request) => answer(options, issuer, request), {
    now: issuer.now,
  });
  return { ...server, tokens: issuer.tokens, env: { GCE_METADATA_HOST: server.host } };
}

function answer(
  options: FakeGceMetadataOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): FakeReply {
  if (request.path === '/' && request.method === 'GET') return text('computeMetadata/\n');
  const problem = headerProblem(request);
  if (problem !== undefined) return withFlavor({ status: 403, body: problem });
  if (request.method !== 'GET') return withFlavor({ status: 405, body: 'GET only' });
  const { path } = request;
  const values = valuesOf(options, issuer, request);
  const value = path.startsWith(ROOT) ? values[path.slice(ROOT.length)] : undefined;
  if (value !== undefined) return value();
  if (isFolder(path, Object.keys(values))) {
    return withFlavor({ status: 301, headers: { location: `${path}/` } });
  }
  return withFlavor({ status: 404, body: 'Error 404 (Not Found)' });
}

function headerProblem({ headers }: FakeRequest): string | undefined {
  if (headers['metadata-flavor'] !== 'Google') {
    return 'Your client does not have permission: missing required header Metadata-Flavor: Google';
  }
  return headers['x-forwarded-for'] === undefined
    ? undefined
    : 'Your client does not have permission: header X-Forwarded-For is forbidden';
}

function isFolder(path: string, names: readonly string[]): boolean {
  return names.some((name) => `${ROOT}${name}`.startsWith(`${path}/`));
}

function valuesOf(
  options: FakeGceMetadataOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): Readonly<Record<string, Answer>> {
  const { attributes = {}, projectId = 'lab-project' } = options;
  const { universeDomain = 'googleapis.com' } = options;
  const plain = Object.entries(attributes).map(([name, value]): [string, Answer] => [
    `instance/attributes/${name}`,
    () => strictQuery(request, []) ?? text(value),
  ]);
  return {
    'project/project-id': () => strictQuery(request, []) ?? text(projectId),
    'universe/universe-domain': () => strictQuery(request, []) ?? text(universeDomain),
    'instance/': () => strictQuery(request, []) ?? text('attributes/\nservice-accounts/\n'),
    ...accountValues(options, issuer, request),
    ...Object.fromEntries(plain),
  };
}

function accountValues(
  options: FakeGceMetadataOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): Readonly<Record<string, Answer>> {
  const { email = 'node@lab-project.iam.gserviceaccount.com', scopes = [READ_ONLY] } = options;
  const folder = 'instance/service-accounts/';
  if (email === null) return { [folder]: () => text('') };
  const account = `${folder}default/`;
  return {
    [folder]: () => strictQuery(request, []) ?? text(`default/\n${email}/\n`),
    [account]: () => strictQuery(request, []) ?? text('aliases\nemail\nidentity\nscopes\ntoken\n'),
    [`${account}email`]: () => strictQuery(request, []) ?? text(email),
    [`${account}scopes`]: () =>
      strictQuery(request, ['alt']) ??
      (request.query.get('alt') === 'json' ? json(scopes) : text(scopes.join('\n'))),
    [`${account}token`]: () =>
      strictQuery(request, ['scopes']) ??
      json(tokenAnswer(currentToken(issuer, { principal: email, scopes }), issuer.now)),
  };
}

const READ_ONLY = 'https://www.googleapis.com/auth/devstorage.read_only';

function currentToken(
  issuer: TokenIssuer,
  grant: Parameters<TokenIssuer['issue']>[0],
): FakeGoogleToken {
  const last = issuer.tokens.at(-1);
  const isGood = last !== undefined && last.expiresAtMs - issuer.now() > RENEWED_BEFORE_END_MS;
  return isGood ? last : issuer.issue(grant);
}

function strictQuery(request: FakeRequest, optional: readonly string[]): FakeReply | undefined {
  const problem = expectQuery(request, { optional });
  return problem === undefined ? undefined : withFlavor(problem);
}

function text(body: string): FakeReply {
  return withFlavor({ headers: { 'content-type': 'application/text' }, body });
}

function json(body: object): FakeReply {
  return withFlavor({ headers: { 'content-type': 'application/json' }, body });
}

function withFlavor(reply: FakeReply): FakeReply {
  return { ...reply, headers: { ...HEADERS, ...reply.headers } };
}
