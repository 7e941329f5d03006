// The provider for registries of Azure (ACR). Its parts: options, setup (who asks), login-server (whom), exchange (how).
// A new way to prove an identity is a kind in acr-options.ts and a case in setup.ts. Nothing here imports @azure/identity
// but open-identity.ts, lazily.

import { nodeSystem } from '../../system/node-system.ts';
import type {
  CredentialProvider,
  CredentialRequest,
  CredentialResponse,
  CredentialResponseEntry,
  ServiceAccountTokenAttributes,
} from '../contract.ts';
import { principalOf } from '../principal/describe.ts';
import type { AcrOptions, AcrServiceAccountOptions } from './acr-options.ts';
import { azureIdentity } from './identity/azure-identity.ts';
import { cacheScopeOf } from './cache-scope.ts';
import { readAcrOptions } from './check-options.ts';
import { diagnose } from './diagnose.ts';
import { createImdsProbe } from './identity/imds-probe.ts';
import { readClaims } from '../../credential/jwt.ts';
import {
  loginServerOf,
  matchImagesOf,
  mirrorOf,
  type LoginServer,
  type MirroredImage,
} from './login-server.ts';
import type { TokenSource } from './identity/open-identity.ts';
import { challengeOf, registryToken } from './registry-token.ts';
import {
  ACR_CLIENT_ID,
  ACR_TENANT_ID,
  serviceAccountIdentity,
} from './identity/service-account.ts';
import {
  checkCloud,
  isForeign,
  machineIdentity,
  readSetup,
  rulesOf,
  rulesWith,
  type AcrState,
  type PlainIdentity,
} from './setup.ts';
import { has } from '../../util/own.ts';

/** What goes with a refresh token as user name. */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/** What Entra ID's federated credentials have as audience, unless their owner chose another. */
const AUDIENCE = 'api://AzureADTokenExchange';

/**
 * Makes the provider for registries of Azure. It asks for nothing before an image of such a registry is looked up.
 *
 * @param given - Whose identity, which registries.
 * @throws TypeError for an option that is unknown or wrong.
 * @example
 * ```ts
 * const keyring = createKeyring({
 *   providers: [acr({ identity: { kind: 'managed-identity', clientId } })],
 * });
 * await keyring.lookup('shop.azurecr.io/web:1.0');
 * ```
 */
export function acr(given: AcrOptions = {}): CredentialProvider {
  const options = readAcrOptions(given);
  const { system = nodeSystem, registryMirrors = {}, serviceAccount } = options;
  const rules = rulesOf(options);
  const isAdmin = options.identity?.kind === 'admin-user';
  const own = isAdmin ? rules.hosts : matchImagesOf(rules);
  const state: AcrState = {
    options,
    system,
    rules,
    probe: createImdsProbe(system),
    opened: undefined,
  };
  return {
    name: 'acr',
    matchImages: options.matchImages ?? [...own, ...Object.keys(registryMirrors)],
    ...(serviceAccount && { tokenAttributes: tokenAttributes(serviceAccount) }),
    cacheScope: (image) => cacheScopeOf(state, image),
    cachePrincipal: async () =>
      // Only the caller knows whose credential object it is.
      options.credential === undefined
        ? principalOf(await azureIdentity(system, options))
        : undefined,
    provide: (request) => provide(state, request),
    diagnose: (request) => diagnose(state, request),
  };
}

function tokenAttributes({
  requireAnnotation = false,
}: AcrServiceAccountOptions): ServiceAccountTokenAttributes {
  const common = { serviceAccountTokenAudience: AUDIENCE, cacheType: 'ServiceAccount' } as const;
  const keys = [ACR_CLIENT_ID, ACR_TENANT_ID];
  return requireAnnotation
    ? { ...common, requireServiceAccount: true, requiredServiceAccountAnnotationKeys: keys }
    : { ...common, requireServiceAccount: false, optionalServiceAccountAnnotationKeys: keys };
}

async function provide(
  state: AcrState,
  request: CredentialRequest,
): Promise<CredentialResponse | undefined> {
  const mirror = mirrorOf(request.image, state.options.registryMirrors ?? {});
  const setup = await readSetup(state, request.signal);
  const server = loginServerOf(mirror?.target ?? request.image, rulesWith(state, setup));
  if (server === undefined) return undefined;
  if (state.options.credential !== undefined && isForeign(state, setup, server)) {
    // Such an object does not name its cloud. That there is no such registry is reported first, without a token.
    await challengeOf(state, server, request.signal);
  }
  checkCloud(state, setup, server);
  const own = serviceAccountIdentity(state, setup, request);
  const asked = { identity: own ?? machineIdentity(setup), server, mirror };
  const response = await responseBy(state, asked, request.signal);
  return response && { ...response, ...(own === undefined ? unusedToken(request) : {}) };
}

interface AskedRegistry {
  readonly identity: PlainIdentity | TokenSource;
  readonly server: LoginServer;
  readonly mirror: MirroredImage | undefined;
}

async function responseBy(
  state: AcrState,
  { identity, server, mirror }: AskedRegistry,
  signal: AbortSignal,
): Promise<CredentialResponse | undefined> {
  if (has(identity, 'kind')) {
    const entry = plainEntry(identity, server);
    return entry && responseOf(state, { entry, server, mirror });
  }
  const token = await registryToken(state, { server, source: identity, signal });
  const { identityToken = false } = state.options;
  const entry = {
    username: TOKEN_USER,
    password: token,
    ...(identityToken && { identityToken: token }),
  };
  return { ...responseOf(state, { entry, server, mirror }), ...expiryOf(token) };
}

function unusedToken({
  serviceAccountToken,
}: CredentialRequest): Pick<CredentialResponse, 'serviceAccountTokenUnused'> {
  if (serviceAccountToken === undefined) return {};
  const reason = `the service account has neither annotation ${ACR_CLIENT_ID} nor ${ACR_TENANT_ID}`;
  return { serviceAccountTokenUnused: reason };
}

/** The password of an admin user is of one registry, and for no other. */
function plainEntry(
  identity: PlainIdentity,
  { host }: LoginServer,
): CredentialResponseEntry | undefined {
  if (identity.kind === 'service-principal-password') {
    return { username: identity.clientId, password: identity.clientSecret };
  }
  const { registry, password, username = registry.split(/[.-]/)[0] } = identity;
  const isOwn = host.toLowerCase() === registry.toLowerCase();
  return isOwn ? { username: String(username), password } : undefined;
}

interface ResponseParts {
  readonly entry: CredentialResponseEntry;
  readonly server: LoginServer;
  readonly mirror: MirroredImage | undefined;
}

function responseOf(
  { options }: AcrState,
  { entry, server, mirror }: ResponseParts,
): CredentialResponse {
  return {
    auth: {
      [server.host]: entry,
      ...(mirror === undefined ? {} : { [mirror.source]: entry }),
      ...(options.anonymousFallback === true ? anonymousEntry(server) : {}),
    },
    cacheKeyType: 'Registry',
  };
}

/** As the official plugin's `*.azurecr.*`, with as many labels as the host has; such a key comes last. */
function anonymousEntry({ host, suffix }: LoginServer): Record<string, CredentialResponseEntry> {
  const [service] = suffix?.split('.') ?? [];
  if (service === undefined) return {};
  const key = host.split('.').map((label) => (label.toLowerCase() === service ? label : '*'));
  return { [key.join('.')]: { username: '', password: '' } };
}

function expiryOf(token: string): Pick<CredentialResponse, 'expiresAt'> {
  const { expiresAt } = readClaims(token);
  return expiresAt === undefined ? {} : { expiresAt };
}
