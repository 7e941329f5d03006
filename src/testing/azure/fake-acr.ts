// A fake registry of Azure: the challenge, the exchange, and access tokens. It knows tokens of the fakes that it trusts.
// Exported from docker-keyring/testing: startFakeAcr, FakeAcr, FakeAcrOptions.

import { createTestCertificate, type TestCertificate } from '../tls/certificates.ts';
import { expectForm } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import { fakeJwt, type AadTokenFinder, type FakeAadToken } from './aad-tokens.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeAcr}. */
export interface FakeAcrOptions {
  /** Those whose tokens it takes: a fake Entra ID, a fake metadata service. */
  readonly trusts: readonly AadTokenFinder[];
  /** The tenant that it is of; tokens of others are refused. */
  readonly tenantId?: string;
  /** Client ids with the role AcrPull; without it, all that it knows. */
  readonly pullers?: readonly string[];
  /**
   * The challenge's header for a host.
   *
   * @defaultValue as the real one writes it
   */
  readonly challenge?: (host: string) => string | readonly string[];
  /**
   * Whether `/v2/` answers 200 to everybody.
   *
   * @defaultValue `false`
   */
  readonly isOpen?: boolean;
  /**
   * How long a refresh token is good for, in seconds.
   *
   * @defaultValue 10800
   */
  readonly lifetimeSeconds?: number;
  /**
   * @defaultValue a fresh one for `localhost`, 127.0.0.1 and names of the clouds' registries
   *
   * @defaultValue http
   */
  readonly tls?: TestCertificate;
  /**
   * The clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** A fake registry. */
export interface FakeAcr extends FakeServer {
  /** The authority to trust, in PEM. */
  readonly ca: string;
  /** The refresh tokens that it gave out, oldest first. */
  readonly refreshTokens: readonly string[];
  /** The access tokens that it gave out, oldest first. */
  readonly accessTokens: readonly string[];
}

const AUDIENCES: ReadonlySet<string> = new Set([
  'https://containerregistry.azure.net',
  'https://management.azure.com',
]);
const HOSTS = [
  'localhost',
  '127.0.0.1',
  ...['io', 'cn', 'us'].flatMap((end) => [`*.azurecr.${end}`, `*.eastus.geo.azurecr.${end}`]),
];

interface Issued {
  readonly refreshTokens: string[];
  readonly accessTokens: string[];
}

/**
 * Starts a fake registry over TLS: `GET /v2/`, `POST /oauth2/exchange`, `POST /oauth2/token`. It refuses fields that
 * are missing, unknown or repeated, and tokens that none of those it trusts gave out for a registry.
 *
 * @example
 * ```ts
 * await using acr = await startFakeAcr({ trusts: [entra], tenantId });
 * ```
 */
export async function startFakeAcr(options: FakeAcrOptions): Promise<FakeAcr> {
  refuseUnknown('startFakeAcr', options, {
    challenge: true,
    isOpen: true,
    lifetimeSeconds: true,
    now: true,
    pullers: true,
    tenantId: true,
    tls: true,
    trusts: true,
  });
  const tls = options.tls ?? (await createTestCertificate(HOSTS));
  const issued: Issued = { refreshTokens: [], accessTokens: [] };
  const clock = options.now === undefined ? {} : { now: options.now };
  const handle = (request: FakeRequest): FakeReply => answer(options, issued, request);
  const server = await startFakeServer(handle, { tls, ...clock });
  return { ...server, ca: tls.ca, ...issued };
}

function answer(options: FakeAcrOptions, issued: Issued, request: FakeRequest): FakeReply {
  switch (`${request.method} ${request.path}`) {
    case 'GET /v2/':
      return rootReply(options, issued, request);
    case 'POST /oauth2/exchange':
      return exchangeReply(options, issued, request);
    case 'POST /oauth2/token':
      return tokenReply(options, issued, request);
    default:
      return errorReply(404, 'NOT_FOUND');
  }
}

function rootReply(options: FakeAcrOptions, issued: Issued, request: FakeRequest): FakeReply {
  const bearer = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  if (options.isOpen === true || issued.accessTokens.includes(bearer)) return { body: {} };
  const { host } = request;
  const { challenge = usualChallenge } = options;
  const headers = { 'www-authenticate': challenge(host) };
  return { ...errorReply(401, 'UNAUTHORIZED'), headers };
}

function usualChallenge(host: string): string {
  return `Bearer realm="https://${host}/oauth2/token",service="${host}"`;
}

/** Source: github.com/Azure/acr docs/AAD-OAuth.md. */
function exchangeReply(options: FakeAcrOptions, issued: Issued, request: FakeRequest): FakeReply {
  const refusal = expectForm(request, {
    required: { grant_type: 'access_token', service: request.host, access_token: /./ },
    optional: { tenant: /./ },
  });
  if (refusal !== undefined) return refusal;
  const form = new URLSearchParams(request.body);
  const aad = findToken(options, String(form.get('access_token')));
  const tenant = form.get('tenant') ?? aad?.tenantId;
  if (aad === undefined || tenant !== aad.tenantId || !isOfTenant(options, aad)) {
    return errorReply(401, 'UNAUTHORIZED');
  }
  if (options.pullers?.includes(aad.clientId) === false) return errorReply(403, 'DENIED');
  const { lifetimeSeconds = 10_800 } = options;
  const refreshToken = issueToken(options, { host: request.host, aad, lifetimeSeconds });
  issued.refreshTokens.push(refreshToken);
  return { body: { refresh_token: refreshToken } };
}

function tokenReply(options: FakeAcrOptions, issued: Issued, request: FakeRequest): FakeReply {
  const refusal = expectForm(request, {
    required: {
      grant_type: 'refresh_token',
      service: request.host,
      scope: /./,
      refresh_token: /./,
    },
  });
  if (refusal !== undefined) return refusal;
  const form = new URLSearchParams(request.body);
  if (!issued.refreshTokens.includes(String(form.get('refresh_token')))) {
    return errorReply(401, 'UNAUTHORIZED');
  }
  const accessToken = issueToken(options, { host: request.host, lifetimeSeconds: 4500 });
  issued.accessTokens.push(accessToken);
  return { body: { access_token: accessToken } };
}

function findToken({ trusts }: FakeAcrOptions, token: string): FakeAadToken | undefined {
  const found = trusts.map((finder) => finder.findToken(token)).find((one) => one !== undefined);
  return found !== undefined && AUDIENCES.has(found.audience) ? found : undefined;
}

function isOfTenant({ tenantId }: FakeAcrOptions, aad: FakeAadToken): boolean {
  return tenantId === undefined || tenantId === aad.tenantId;
}

interface RegistryToken {
  readonly host: string;
  readonly aad?: FakeAadToken;
  readonly lifetimeSeconds: number;
}

function issueToken(
  options: FakeAcrOptions,
  { host, aad, lifetimeSeconds }: RegistryToken,
): string {
  const iat = Math.floor((options.now ?? Date.now)() / 1000);
  return fakeJwt({
    iat,
    nbf: iat,
    exp: iat + lifetimeSeconds,
    iss: 'Azure Container Registry',
    aud: host,
    version: '1.0',
    ...(aad === undefined
      ? { grant_type: 'access_token' }
      : { grant_type: 'refresh_token', sub: aad.clientId, tenant: aad.tenantId }),
  });
}

function errorReply(status: number, code: string): FakeReply {
  return { status, body: { errors: [{ code, message: 'authentication required' }] } };
}
