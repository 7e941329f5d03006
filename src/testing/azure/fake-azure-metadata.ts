// A fake of Azure's instance metadata service, as far as managed identities go; and of App Service's endpoint for them.
// Exported from docker-keyring/testing: startFakeAzureMetadata, FakeAzureMetadata, FakeAzureMetadataOptions, FakeManagedIdentity.

import { expectHeaders, expectQuery } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  createAadTokens,
  type AadTokenFinder,
  type AadTokenOptions,
  type AadTokens,
  type FakeAadToken,
} from './aad-tokens.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** A managed identity. */
export interface FakeManagedIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly resourceId?: string;
  readonly objectId?: string;
}

/** Options of {@link startFakeAzureMetadata}. */
export interface FakeAzureMetadataOptions extends AadTokenOptions {
  /** The machine's own identity. */
  readonly systemAssigned?: FakeManagedIdentity;
  /** Identities that were assigned to it. */
  readonly userAssigned?: readonly FakeManagedIdentity[];
}

/** A fake metadata service. */
export interface FakeAzureMetadata extends FakeServer, AadTokenFinder {
  /** The tokens that it gave out, oldest first. */
  readonly tokens: readonly FakeAadToken[];
  /** What the SDK reads of the environment to come here instead of 169.254.169.254. */
  readonly env: Readonly<Record<string, string>>;
  /** What the SDK reads of the environment in App Service. */
  readonly appServiceEnv: Readonly<Record<string, string>>;
}

const APP_SERVICE_SECRET = 'fake-app-service-secret';

/** How the two ways to ask differ. */
interface Endpoint {
  readonly version: string;
  readonly header: readonly [name: string, value: string];
  readonly resourceIdName: string;
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/metadata/identity/oauth2/token': {
    version: '2018-02-01',
    header: ['metadata', 'true'],
    resourceIdName: 'msi_res_id',
  },
  '/msi/token': {
    version: '2019-08-01',
    header: ['x-identity-header', APP_SERVICE_SECRET],
    resourceIdName: 'mi_res_id',
  },
};

/**
 * Starts a fake metadata service. As the real one it refuses requests without `Metadata: true`, and those that were
 * forwarded.
 *
 * @example
 * ```ts
 * await using metadata = await startFakeAzureMetadata({ systemAssigned: { tenantId, clientId } });
 * Object.assign(process.env, metadata.env); // @azure/identity finds it
 * ```
 */
export async function startFakeAzureMetadata(
  options: FakeAzureMetadataOptions = {},
): Promise<FakeAzureMetadata> {
  refuseUnknown('startFakeAzureMetadata', options, {
    lifetimeSeconds: true,
    now: true,
    systemAssigned: true,
    userAssigned: true,
  });
  const tokens = createAadTokens(options);
  const server = await startFakeServer((request) => answer(options, tokens, request), {
    now: tokens.now,
  });
  return {
    ...server,
    tokens: tokens.tokens,
    findToken: tokens.findToken,
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: server.url },
    appServiceEnv: {
      IDENTITY_ENDPOINT: `${server.url}/msi/token`,
      IDENTITY_HEADER: APP_SERVICE_SECRET,
    },
  };
}

function answer(
  options: FakeAzureMetadataOptions,
  tokens: AadTokens,
  request: FakeRequest,
): FakeReply {
  // MSAL ends the path with a slash where a variable names the host.
  const endpoint = ENDPOINTS[request.path.replace(/\/$/, '')];
  if (endpoint === undefined || request.method !== 'GET') return { status: 404 };
  const { header, version, resourceIdName } = endpoint;
  const refusal =
    expectHeaders(request, {
      required: Object.fromEntries([header]),
      forbidden: ['x-forwarded-for'],
    }) ??
    expectQuery(request, {
      required: { 'api-version': version, resource: /^https:\/\/\S+$/ },
      optional: ['client_id', 'object_id', resourceIdName],
    });
  if (refusal !== undefined) return refusal;
  const identity = identityOf(options, request, resourceIdName);
  if (identity === undefined) {
    const error_description = isAmbiguous(options, request) ? SEVERAL : 'Identity not found';
    return { status: 400, body: { error: 'invalid_request', error_description } };
  }
  return tokenReply(tokens, identity, String(request.query.get('resource')));
}

/** As the real service answers, word by word. */
const SEVERAL =
  'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request';

function isAmbiguous(
  { systemAssigned, userAssigned = [] }: FakeAzureMetadataOptions,
  { query }: FakeRequest,
): boolean {
  const isNamed = ['client_id', 'object_id', 'msi_res_id', 'mi_res_id'].some((name) =>
    query.has(name),
  );
  return !isNamed && systemAssigned === undefined && userAssigned.length > 1;
}

function identityOf(
  { systemAssigned, userAssigned = [] }: FakeAzureMetadataOptions,
  { query }: FakeRequest,
  resourceIdName: string,
): FakeManagedIdentity | undefined {
  const names = { client_id: 'clientId', object_id: 'objectId', [resourceIdName]: 'resourceId' };
  const asked = Object.entries(names).filter(([name]) => query.has(name));
  const [first] = asked;
  // With one user-assigned identity alone, the machine has no other that could be meant.
  if (first === undefined)
    return systemAssigned ?? (userAssigned.length === 1 ? userAssigned[0] : undefined);
  if (asked.length > 1) return undefined;
  const [name, member] = first;
  const all = systemAssigned === undefined ? userAssigned : [...userAssigned, systemAssigned];
  return all.find((one) => one[member as keyof FakeManagedIdentity] === query.get(name));
}

function tokenReply(
  tokens: AadTokens,
  { tenantId, clientId }: FakeManagedIdentity,
  resource: string,
): FakeReply {
  const { token, expiresAtMs } = tokens.issue({ audience: resource, tenantId, clientId });
  const expiresIn = String(Math.floor((expiresAtMs - tokens.now()) / 1000));
  return {
    body: {
      access_token: token,
      client_id: clientId,
      expires_in: expiresIn,
      expires_on: String(Math.floor(expiresAtMs / 1000)),
      ext_expires_in: expiresIn,
      not_before: String(Math.floor(tokens.now() / 1000)),
      resource,
      token_type: 'Bearer',
    },
  };
}
