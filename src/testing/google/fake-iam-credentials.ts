// A fake of IAM's generateAccessToken: a service account's token for whoever may impersonate it. Part of the fake token
// server, so that the tokens of the one are known to the other.

import type { FakeReply, FakeRequest } from '../fake-request.ts';
import type { FakeGoogleToken, TokenIssuer } from './token-issuer.ts';

/** Where it answers. */
export const IMPERSONATION_PATH: RegExp =
  /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/;

/** Who is known, and who may what. */
export interface IamContext {
  readonly issuer: TokenIssuer;
  readonly impersonators: Readonly<Record<string, readonly string[]>>;
  readonly accepts: () => readonly FakeGoogleToken[];
}

const FIELDS: ReadonlySet<string> = new Set(['scope', 'lifetime', 'delegates']);
/** The scopes that the API takes a caller's token with. */
const IAM_SCOPES = /^https:\/\/www\.googleapis\.com\/auth\/(iam|cloud-platform)$/;

/** Answers one request. */
export function generateAccessToken(
  { path, headers, body }: FakeRequest,
  { issuer, impersonators, accepts }: IamContext,
): FakeReply {
  const email = decodeURIComponent(String(IMPERSONATION_PATH.exec(path)?.[1]));
  const known = [...issuer.tokens, ...accepts()];
  const caller = known.find(({ token }) => headers['authorization'] === `Bearer ${token}`);
  if (caller === undefined) return apiError(401, 'UNAUTHENTICATED', 'Unknown access token');
  if (!caller.scopes.some((scope) => IAM_SCOPES.test(scope))) {
    return apiError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.');
  }
  const problem = bodyProblem(JSON.parse(body) as Readonly<Record<string, unknown>>);
  if (problem !== undefined) return apiError(400, 'INVALID_ARGUMENT', problem);
  if (impersonators[email] === undefined) return apiError(404, 'NOT_FOUND', 'Unknown account');
  if (!impersonators[email].includes(caller.principal)) {
    const permission = "Permission 'iam.serviceAccounts.getAccessToken' denied";
    return apiError(403, 'PERMISSION_DENIED', permission);
  }
  const { scope } = JSON.parse(body) as { readonly scope: readonly string[] };
  const { token, expiresAtMs } = issuer.issue({ principal: email, scopes: scope });
  return { body: { accessToken: token, expireTime: new Date(expiresAtMs).toISOString() } };
}

function bodyProblem(wish: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(wish).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return `Unknown name ${JSON.stringify(unknown)}`;
  const { scope, lifetime, delegates = [] } = wish;
  if (!Array.isArray(scope) || scope.length === 0) return 'scope must be a list of scopes';
  if (!/^\d+s$/.test(String(lifetime))) return 'lifetime must be like 3600s';
  return Array.isArray(delegates) ? undefined : 'delegates must be a list';
}

function apiError(code: number, status: string, message: string): FakeReply {
  return { status: code, body: { error: { code, message, status } } };
}
