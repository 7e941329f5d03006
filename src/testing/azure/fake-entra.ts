// A fake of Entra ID's token endpoint for applications: secret, certificate, and federated credential.
// Exported from docker-keyring/testing: startFakeEntra, FakeEntra, FakeEntraOptions, FakeApplication, FakeFederatedCredential.

import { randomUUID } from 'node:crypto';
import { createTestCertificate, type TestCertificate } from '../tls/certificates.ts';
import { expectForm, expectQuery } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  createAadTokens,
  type AadTokenFinder,
  type AadTokenOptions,
  type AadTokens,
  type FakeAadToken,
} from './aad-tokens.ts';
import {
  assertionProblem,
  type AssertionProblem,
  type FakeFederatedCredential,
} from './verify-client-assertion.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

export type { FakeFederatedCredential } from './verify-client-assertion.ts';

/** An application that is registered in a tenant. */
export interface FakeApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret?: string;
  /** A certificate of RSA, in PEM. */
  readonly certificate?: string;
  readonly federated?: FakeFederatedCredential;
}

/** Options of {@link startFakeEntra}. */
export interface FakeEntraOptions extends AadTokenOptions {
  readonly applications: readonly FakeApplication[];
  /**
   * The certificate that it shows; the SDK speaks TLS alone.
   *
   * @defaultValue a fresh one for `localhost`, 127.0.0.1 and the login hosts of the clouds
   */
  readonly tls?: TestCertificate;
}

/** A fake Entra ID. */
export interface FakeEntra extends FakeServer, AadTokenFinder {
  /** What `authorityHost` and `AZURE_AUTHORITY_HOST` take; set `disableInstanceDiscovery` with it. */
  readonly authorityHost: string;
  /** The authority to trust, in PEM. */
  readonly ca: string;
  /** The tokens that it gave out, oldest first. */
  readonly tokens: readonly FakeAadToken[];
}

const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const CONFIGURATION_PATH = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const FORM = {
  required: {
    client_id: /./,
    scope: /^\S+\/\.default$/,
    grant_type: 'client_credentials',
  },
  optional: {
    client_secret: /./,
    client_assertion: /./,
    client_assertion_type: JWT_BEARER,
    'client-request-id': /./,
    'x-client-SKU': /./,
    'x-client-VER': /./,
    'x-client-OS': /./,
    'x-client-CPU': /./,
    'x-ms-lib-capability': /./,
    'x-client-current-telemetry': /./,
    'x-client-last-telemetry': /./,
  },
} as const;

/**
 * Starts a fake Entra ID over TLS. It answers as the real one does, with AADSTS codes, and refuses every field that is
 * missing, unknown or repeated.
 *
 * @example
 * ```ts
 * await using entra = await startFakeEntra({ applications: [{ tenantId, clientId, secret }] });
 * const options = { authorityHost: entra.authorityHost, disableInstanceDiscovery: true };
 * new ClientSecretCredential(tenantId, clientId, secret, options); // in a process that trusts entra.ca
 * ```
 */
export async function startFakeEntra(options: FakeEntraOptions): Promise<FakeEntra> {
  refuseUnknown('startFakeEntra', options, {
    lifetimeSeconds: true,
    now: true,
    applications: true,
    tls: true,
  });
  const tls = options.tls ?? (await createTestCertificate(LOGIN_HOSTS));
  const tokens = createAadTokens(options);
  const server = await startFakeServer((request) => answer(options, tokens, request), {
    tls,
    now: tokens.now,
  });
  return {
    ...server,
    authorityHost: `https://localhost:${server.port}`,
    ca: tls.ca,
    tokens: tokens.tokens,
    findToken: tokens.findToken,
  };
}

const LOGIN_HOSTS = [
  'localhost',
  '127.0.0.1',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
];

function answer(options: FakeEntraOptions, tokens: AadTokens, request: FakeRequest): FakeReply {
  const tenant = CONFIGURATION_PATH.exec(request.path)?.[1];
  if (tenant !== undefined && request.method === 'GET') return configuration(request, tenant);
  const tenantId = TOKEN_PATH.exec(request.path)?.[1];
  if (tenantId === undefined || request.method !== 'POST') return { status: 404 };
  const refusal =
    expectQuery(request, { optional: ['client-request-id'] }) ?? expectForm(request, FORM);
  return refusal ?? tokenReply(options, tokens, { request, tenantId });
}

function configuration({ host }: FakeRequest, tenant: string): FakeReply {
  const base = `https://${host}/${tenant}`;
  return {
    body: {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      issuer: `${base}/v2.0`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    },
  };
}

interface TokenCall {
  readonly request: FakeRequest;
  readonly tenantId: string;
}

function tokenReply(
  { applications }: FakeEntraOptions,
  tokens: AadTokens,
  call: TokenCall,
): FakeReply {
  const form = new URLSearchParams(call.request.body);
  const { tenantId } = call;
  const ofTenant = applications.filter((one) => one.tenantId === tenantId);
  if (ofTenant.length === 0)
    return refuse({ code: 90002, text: `Tenant '${tenantId}' not found.` });
  const clientId = String(form.get('client_id'));
  const application = ofTenant.find((one) => one.clientId === clientId);
  if (application === undefined) {
    return refuse({
      code: 700016,
      text: `Application '${clientId}' was not found in the directory.`,
    });
  }
  const problem = proofProblem(application, form, { call, nowMs: tokens.now() });
  if (problem !== undefined) return refuse(problem);
  const audience = String(form.get('scope')).replace(/\/\.default$/, '');
  const { token, expiresAtMs } = tokens.issue({ audience, tenantId, clientId });
  const expiresIn = Math.floor((expiresAtMs - tokens.now()) / 1000);
  return {
    body: {
      token_type: 'Bearer',
      expires_in: expiresIn,
      ext_expires_in: expiresIn,
      access_token: token,
    },
  };
}

function proofProblem(
  application: FakeApplication,
  form: URLSearchParams,
  { call, nowMs }: { readonly call: TokenCall; readonly nowMs: number },
): AssertionProblem | undefined {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  const hasType = form.has('client_assertion_type');
  if ((secret === null) === (assertion === null) || hasType !== (assertion !== null)) {
    return {
      code: 7000218,
      text: "The request body must contain either 'client_secret', or 'client_assertion' with its type.",
    };
  }
  if (assertion !== null) {
    const { request } = call;
    const audience = `https://${request.host}${request.path}`;
    return assertionProblem(assertion, { ...application, audience, nowMs });
  }
  return secret === application.secret
    ? undefined
    : { code: 7000215, text: 'Invalid client secret provided.' };
}

/** Entra ID answers 401 to a wrong proof, 400 to everything else. */
function refuse({ code, text }: AssertionProblem): FakeReply {
  const isInvalidClient = [7000215, 7000218, 700021, 700023, 700024, 700027].includes(code);
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return {
    status: isInvalidClient ? 401 : 400,
    body: {
      error: isInvalidClient ? 'invalid_client' : 'invalid_request',
      error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId}`,
      error_codes: [code],
      trace_id: traceId,
      correlation_id: correlationId,
    },
  };
}
