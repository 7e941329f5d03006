// Makes credentials of @azure/identity of identities. The package is loaded when the first one is opened.

import type { TokenCredential } from '@azure/identity';
import { abortable } from '../../../util/abort.ts';
import type { System } from '../../../system/system.ts';
import { importPackage } from '../../cloud/import-package.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import type {
  AcrIdentityOptions,
  ManagedIdentity,
  ServicePrincipalCertificate,
  ServicePrincipalSecret,
} from '../acr-options.ts';
import { identityFailure } from './identity-failure.ts';
import { identityHttpClient } from './identity-http-client.ts';
import type { ImdsProbe } from './imds-probe.ts';
import { readText } from '../../cloud/read-text.ts';
import { has } from '../../../util/own.ts';

/** A token of Entra ID. */
export interface AadToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** Somebody who can get tokens. */
export interface TokenSource {
  /** As a phrase: `the service principal 1234`. */
  readonly who: string;
  /** The tenant, where it is known beforehand. */
  readonly tenantId: string | undefined;
  /** @throws {@link ProviderFailure} with a reason that can be shown. */
  getToken(scope: string, signal: AbortSignal): Promise<AadToken>;
}

/** A service account whose token the caller has, or reads from a file. */
export interface FederatedIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly getAssertion: () => Promise<string>;
}

/** What identities are opened with. */
export interface IdentityContext {
  readonly system: Pick<System, 'env' | 'http' | 'now' | 'random' | 'readFile' | 'setTimer'>;
  /** With the authority host always given: the SDK would read the environment itself. */
  readonly options: AcrIdentityOptions & { readonly authorityHost: string };
  readonly probe: ImdsProbe;
}

type Sdk = typeof import('@azure/identity');
type SdkOptions = NonNullable<ConstructorParameters<Sdk['ClientSecretCredential']>[3]>;
type OnFailure = (error: unknown) => void;
type Open = (
  sdk: Sdk,
  options: SdkOptions,
  onFailure: OnFailure,
) => TokenCredential | Promise<TokenCredential>;

/** Our own HTTP retries: with the retries of the SDK there would be four times as many requests. */
const RETRIES = { maxRetries: 0 } as const;

/** Developers' tools by the SDK's classes, in DefaultAzureCredential's order. */
const TOOL_NAMES = {
  AzureCliCredential: 'Azure CLI',
  AzurePowerShellCredential: 'Azure PowerShell',
  AzureDeveloperCliCredential: 'Azure Developer CLI',
} as const;

/** A class that logs in with a developer's tool. */
export type DeveloperTool = keyof typeof TOOL_NAMES;

/** The classes that log in with a developer's tool. */
export const DEVELOPER_TOOLS = Object.keys(TOOL_NAMES) as readonly DeveloperTool[];

/** How long a developer's tool may take, in milliseconds. */
const TOOL_TIMEOUT_MS = 10_000;

/** Opens a service principal. */
export function servicePrincipal(
  context: IdentityContext,
  identity: ServicePrincipalSecret | ServicePrincipalCertificate,
): TokenSource {
  const { tenantId, clientId } = identity;
  const who = `the service principal ${clientId} of tenant ${tenantId}`;
  return tokenSource(context, { who, tenantId }, async (sdk, options) => {
    if (has(identity, 'clientSecret')) {
      return new sdk.ClientSecretCredential(tenantId, clientId, identity.clientSecret, options);
    }
    const certificate = await readCertificate(context, identity.certificatePath);
    const { certificatePassword, sendCertificateChain = false } = identity;
    const parts =
      certificatePassword === undefined ? { certificate } : { certificate, certificatePassword };
    const withChain = { ...options, sendCertificateChain };
    return new sdk.ClientCertificateCredential(tenantId, clientId, parts, withChain);
  });
}

/** Opens a managed identity. */
export function managedIdentity(context: IdentityContext, identity: ManagedIdentity): TokenSource {
  const { clientId, resourceId, objectId } = identity;
  const id = clientId ?? resourceId ?? objectId;
  const who = id === undefined ? 'the system-assigned identity' : `the managed identity ${id}`;
  return tokenSource(context, { who, tenantId: undefined }, async (sdk, options) => {
    const absent = await context.probe();
    if (absent !== undefined) throw new ProviderFailure(`${who} got no token: ${absent}`);
    const ids = [{ clientId }, { resourceId }, { objectId }] as const;
    const chosen = ids.find((one) => Object.values(one)[0] !== undefined) ?? {};
    return new sdk.ManagedIdentityCredential({ ...options, ...chosen });
  });
}

/** Opens the identity that Entra ID gives to a service account. */
export function federatedIdentity(
  context: IdentityContext,
  { tenantId, clientId, getAssertion }: FederatedIdentity,
): TokenSource {
  const who = `the workload identity ${clientId} of tenant ${tenantId}`;
  return tokenSource(context, { who, tenantId }, (sdk, options, onFailure) => {
    // The SDK hides why there is no assertion.
    const assertion = (): Promise<string> =>
      getAssertion().catch((error: unknown) => {
        onFailure(error);
        throw error;
      });
    return new sdk.ClientAssertionCredential(tenantId, clientId, assertion, options);
  });
}

/** Opens the login of a developer's tool. */
export function developerTool(
  context: IdentityContext,
  tool: DeveloperTool,
  tenantId: string | undefined,
): TokenSource {
  const tenant = tenantId === undefined ? {} : { tenantId };
  return tokenSource(
    context,
    { who: `the login of ${TOOL_NAMES[tool]}`, tenantId },
    (sdk, options) => {
      const toolOptions = { ...options, ...tenant, processTimeoutInMs: TOOL_TIMEOUT_MS };
      return new sdk[tool](toolOptions);
    },
  );
}

/** Wraps a credential object of the user's. */
export function userCredential(credential: TokenCredential): TokenSource {
  const who = 'the credential object';
  return {
    who,
    tenantId: undefined,
    async getToken(scope, signal) {
      try {
        return await ask(credential, who, scope, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw identityFailure(error, { who });
      }
    },
  };
}

/** Opens a credential when it is first needed, and keeps it: the SDK keeps its tokens in it. */
function tokenSource(
  { system, options }: IdentityContext,
  { who, tenantId }: Pick<TokenSource, 'who' | 'tenantId'>,
  open: Open,
): TokenSource {
  let opened: TokenCredential | undefined;
  const last: { failure: unknown } = { failure: undefined };
  const onFailure: OnFailure = (error) => {
    last.failure = error;
  };
  const httpClient = identityHttpClient(system, onFailure);
  return {
    who,
    tenantId,
    async getToken(scope, signal) {
      last.failure = undefined;
      try {
        const sdk = await importPackage('@azure/identity', () => import('@azure/identity'));
        const limits = { retryOptions: RETRIES, redirectOptions: { maxRetries: 0 } };
        opened ??= await open(sdk, { ...options, ...limits, httpClient }, onFailure);
        return await ask(opened, who, scope, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw identityFailure(error, { who, hidden: last.failure });
      }
    },
  };
}

async function ask(
  credential: TokenCredential,
  who: string,
  scope: string,
  signal: AbortSignal,
): Promise<AadToken> {
  // Not every credential listens to the signal.
  const token = await abortable([signal], async (abortSignal) =>
    credential.getToken(scope, { abortSignal }),
  );
  if (token === null) throw new ProviderFailure(`${who} gave no token`);
  return token;
}

async function readCertificate({ system }: IdentityContext, path: string): Promise<string> {
  const text = await readText(system, path, undefined);
  if (text === undefined) throw new ProviderFailure(`the certificate ${path} is missing`);
  if (text.includes('-----BEGIN ')) return text;
  throw new ProviderFailure(
    `the certificate ${path} is not PEM: convert PKCS #12 with openssl pkcs12 -in FILE -nodes -out FILE.pem`,
  );
}
