// A fake of Google's Security Token Service (sts.googleapis.com): other issuers' tokens for tokens of Google's (RFC 8693).
// Exported from docker-keyring/testing: startFakeGoogleSts, FakeGoogleSts, FakeGoogleStsOptions.

import type { TestCertificate } from '../tls/certificates.ts';
import { expectForm } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  createTokenIssuer,
  tokenAnswer,
  type FakeGoogleToken,
  type TokenIssuer,
} from './token-issuer.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeGoogleSts}. */
export interface FakeGoogleStsOptions {
  /** The audience that requests must name: a provider of an identity pool. */
  readonly audience: string;
  /** The subject tokens that it accepts, with whose each is. */
  readonly subjects: Readonly<Record<string, string>>;
  /**
   * How long a token is good for, in seconds.
   *
   * @defaultValue 3600
   */
  readonly lifetimeSeconds?: number;
  /**
   * Speaks TLS with this certificate; `sts.googleapis.com` is the real name.
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

/** A fake of Google's token service. */
export interface FakeGoogleSts extends FakeServer {
  /** The tokens that it made, oldest first. */
  readonly tokens: readonly FakeGoogleToken[];
}

const RULES = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  scope: /^https:\/\/www\.googleapis\.com\/auth\/\S+( \S+)*$/,
  subject_token: /./,
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
} as const;

/**
 * Starts a fake token service. It takes forms, as Google's libraries send them, and JSON, as the kubelet's plugin does;
 * each field must be there once and right, and none else.
 *
 * @example
 * ```ts
 * await using sts = await startFakeGoogleSts({
 *   audience: 'identitynamespace:lab.svc.id.goog:https://issuer.example.com',
 *   subjects: { 'header.claims.signature': 'system:serviceaccount:team-a:puller' },
 * });
 * ```
 */
export async function startFakeGoogleSts(options: FakeGoogleStsOptions): Promise<FakeGoogleSts> {
  refuseUnknown('startFakeGoogleSts', options, {
    audience: true,
    lifetimeSeconds: true,
    now: true,
    subjects: true,
    tls: true,
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
  { audience, subjects }: FakeGoogleStsOptions,
  issuer: TokenIssuer,
  request: FakeRequest,
): FakeReply {
  if (request.method !== 'POST' || request.path !== '/v1/token') return { status: 404, body: '' };
  const form = asForm(request);
  const problem = expectForm(form, { required: { audience, ...RULES } });
  if (problem !== undefined) return problem;
  const fields = new URLSearchParams(form.body);
  const principal = subjects[String(fields.get('subject_token'))];
  if (principal === undefined) {
    const description = 'The given credential is rejected by the attribute condition.';
    return { status: 400, body: { error: 'invalid_grant', error_description: description } };
  }
  const token = issuer.issue({ principal, scopes: String(fields.get('scope')).split(' ') });
  return {
    body: { ...tokenAnswer(token, issuer.now), issued_token_type: RULES.requested_token_type },
  };
}

/** JSON with the same names is the same request; a value that is no text is none. */
function asForm(request: FakeRequest): FakeRequest {
  if (request.headers['content-type'] !== 'application/json') return request;
  const fields = Object.entries(JSON.parse(request.body) as Record<string, unknown>);
  const texts = fields.map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : '',
  ]);
  return {
    ...request,
    headers: { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(texts).toString(),
  };
}
