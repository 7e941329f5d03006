// A fake of Google's OAuth 2 token endpoint (oauth2.googleapis.com/token) and of IAM's generateAccessToken.
// Exported from docker-keyring/testing: startFakeGoogleTokenServer, FakeGoogleTokenServer, FakeGoogleTokenServerOptions,
// FakeGoogleUser.

import type { TestCertificate } from '../tls/certificates.ts';
import { expectForm } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import { generateAccessToken, IMPERSONATION_PATH } from './fake-iam-credentials.ts';
import type { FakeServiceAccount } from './fake-service-account.ts';
import {
  createTokenIssuer,
  tokenAnswer,
  type FakeGoogleToken,
  type TokenIssuer,
} from './token-issuer.ts';
import { verifyAssertion } from './verify-assertion.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** A person who logged in by gcloud. */
export interface FakeGoogleUser {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** Options of {@link startFakeGoogleTokenServer}. */
export interface FakeGoogleTokenServerOptions {
  /** The service accounts whose signatures it knows. */
  readonly serviceAccounts?: readonly FakeServiceAccount[];
  /** The people whose refresh tokens it knows. */
  readonly users?: readonly FakeGoogleUser[];
  /** Who may have whose token: emails of service accounts, with the principals that may impersonate each. */
  readonly impersonators?: Readonly<Record<string, readonly string[]>>;
  /** Tokens of other fakes that it takes for an impersonation. */
  readonly accepts?: () => readonly FakeGoogleToken[];
  /**
   * How long a token is good for, in seconds.
   *
   * @defaultValue 3600
   */
  readonly lifetimeSeconds?: number;
  /**
   * Speaks TLS with this certificate; the real names are `oauth2.googleapis.com` and `iamcredentials.googleapis.com`.
   *
   * @defaultValue http
   */
  readonly tls?: TestCertificate;
  /**
   * Its clock, in milliseconds since 1970.
   *
   * @defaultValue the real clock
   */
  readonly now?: () => number;
}

/** A fake of Google's token endpoint. */
export interface FakeGoogleTokenServer extends FakeServer {
  /** The tokens that it made, oldest first. */
  readonly tokens: readonly FakeGoogleToken[];
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Starts a fake token endpoint. A service account's assertion must have the right signature, audience, times and a
 * scope; a person's refresh token the right client; every field must be there once, and none else.
 *
 * @example
 * ```ts
 * const account = createFakeServiceAccount('puller@lab-project.iam.gserviceaccount.com');
 * await using google = await startFakeGoogleTokenServer({ serviceAccounts: [account] });
 * // write account.key as JSON to the file that GOOGLE_APPLICATION_CREDENTIALS names
 * ```
 */
export async function startFakeGoogleTokenServer(
  options: FakeGoogleTokenServerOptions = {},
): Promise<FakeGoogleTokenServer> {
  refuseUnknown('startFakeGoogleTokenServer', options, {
    accepts: true,
    impersonators: true,
    lifetimeSeconds: true,
    now: true,
    serviceAccounts: true,
    tls: true,
    users: true,
  });
  const issuer = createTokenIssuer(options);
  const { tls } = options;
  const server = await startFakeServer((request) => answer(options, issuer, request), {
    now: issuer.now,
    ...(tls === undefined ? {} : { tls }),
  });
  return { ...server, tokens: issuer.tokens };
}

function answer(
  options: FakeGoogleTokenServerOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): FakeReply {
  if (request.method !== 'POST') return { status: 404, body: '' };
  if (IMPERSONATION_PATH.test(request.path)) {
    const { impersonators = {}, accepts = () => [] } = options;
    return generateAccessToken(request, { issuer, impersonators, accepts });
  }
  if (request.path !== '/token') return { status: 404, body: '' };
  return new URLSearchParams(request.body).get('grant_type') === JWT_BEARER
    ? grantToAccount(options, issuer, request)
    : grantToUser(options, issuer, request);
}

function grantToAccount(
  { serviceAccounts = [] }: FakeGoogleTokenServerOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): FakeReply {
  const problem = expectForm(request, { required: { grant_type: JWT_BEARER, assertion: /./ } });
  if (problem !== undefined) return problem;
  const assertion = String(new URLSearchParams(request.body).get('assertion'));
  const verified = verifyAssertion(assertion, serviceAccounts, issuer.now());
  if (typeof verified === 'string') return refused(verified);
  return { body: tokenAnswer(issuer.issue(verified), issuer.now) };
}

function grantToUser(
  { users = [] }: FakeGoogleTokenServerOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): FakeReply {
  const problem = expectForm(request, {
    required: {
      grant_type: 'refresh_token',
      client_id: /./,
      client_secret: /./,
      refresh_token: /./,
    },
  });
  if (problem !== undefined) return problem;
  const form = new URLSearchParams(request.body);
  const user = users.find(({ refreshToken }) => refreshToken === form.get('refresh_token'));
  const isClient =
    user?.clientId === form.get('client_id') && user.clientSecret === form.get('client_secret');
  if (user === undefined || !isClient) return refused('Token has been expired or revoked.');
  const token = issuer.issue({ principal: user.clientId, scopes: [CLOUD_PLATFORM] });
  return { body: tokenAnswer(token, issuer.now) };
}

/** What gcloud's login asks for. */
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

function refused(description: string): FakeReply {
  return { status: 400, body: { error: 'invalid_grant', error_description: description } };
}
