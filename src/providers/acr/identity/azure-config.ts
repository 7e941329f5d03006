// azure.json, the file that Kubernetes' parts for Azure are configured with, as the official plugin reads it.
// Source: kubernetes-sigs/cloud-provider-azure pkg/azclient/{arm_conf,auth_conf,cloud}.go, pkg/provider/config/azure_auth.go.

import { isRecord } from '../../../util/is-record.ts';
import { own } from '../../../util/own.ts';
import { parseJson } from '../../../util/parse-json.ts';
import type { System } from '../../../system/system.ts';
import { httpWithRetries, type RetryingSystem } from '../../cloud/http-with-retries.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import type { AcrIdentity, ManagedIdentity } from '../acr-options.ts';
import { cloudNamed, cloudOfAuthority, type AzureCloud } from '../clouds.ts';
import {
  checkHttpsUrl,
  httpsUrlOf,
  isOn,
  readDocument,
  textOf,
  type AzureDocument,
} from '../read-document.ts';

/** What azure.json decides. */
export interface AzureConfig {
  readonly path: string;
  readonly cloud: AzureCloud;
  /** Or why it names none: service accounts bring their own. */
  readonly identity: AcrIdentity | string;
  /** The tenant in the file. The token of a managed identity may be of another one. */
  readonly tenantId: string | undefined;
}

type ConfigSystem = Pick<System, 'env' | 'readFile'> & RetryingSystem;

const METADATA_TIMEOUT_MS = 10_000;

/**
 * Reads the file.
 *
 * @returns `undefined` when there is none.
 * @throws {@link ProviderFailure} when it cannot be read, or is wrong.
 */
export async function readAzureConfig(
  system: ConfigSystem,
  path: string,
  signal: AbortSignal,
): Promise<AzureConfig | undefined> {
  const document = await readDocument(system, path, signal);
  if (document === undefined) return undefined;
  const identity = identityOf(document);
  const cloud = await cloudOf(system, document, signal);
  return { path, cloud, identity, tenantId: textOf(document, 'tenantId') };
}

/** A managed identity counts first: AKS writes `msi` as id and secret of its service principal. */
function identityOf(document: AzureDocument): AcrIdentity | string {
  if (isOn(document, 'useManagedIdentityExtension')) return managedIdentityOf(document);
  const { path } = document;
  const tenantId = textOf(document, 'tenantId');
  const clientId = textOf(document, 'aadClientId');
  const tokenFile = textOf(document, 'aadFederatedTokenFile');
  if (isOn(document, 'useFederatedWorkloadIdentityExtension') || tokenFile !== undefined) {
    return {
      kind: 'workload-identity',
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
    };
  }
  if (clientId === undefined) {
    return `${path} names no identity: set useManagedIdentityExtension, or aadClientId with aadClientSecret or aadClientCertPath`;
  }
  const clientSecret = textOf(document, 'aadClientSecret');
  return clientSecret === undefined
    ? certificateOf(document, clientId)
    : { kind: 'service-principal-password', clientId, clientSecret };
}

/** Distinguishes a resource id from a client id as the plugin does. */
function managedIdentityOf(document: AzureDocument): ManagedIdentity {
  const id = textOf(document, 'userAssignedIdentityID');
  if (id === undefined) return { kind: 'managed-identity' };
  return id.toUpperCase().includes('/SUBSCRIPTIONS/')
    ? { kind: 'managed-identity', resourceId: id }
    : { kind: 'managed-identity', clientId: id };
}

function certificateOf(document: AzureDocument, clientId: string): AcrIdentity | string {
  const tenantId = textOf(document, 'tenantId');
  const certificatePath = textOf(document, 'aadClientCertPath');
  const certificatePassword = textOf(document, 'aadClientCertPassword');
  if (certificatePath === undefined || tenantId === undefined) {
    return `${document.path}: aadClientId needs aadClientSecret, or aadClientCertPath with tenantId`;
  }
  const identity = { kind: 'service-principal', tenantId, clientId, certificatePath } as const;
  return certificatePassword === undefined ? identity : { ...identity, certificatePassword };
}

async function cloudOf(
  system: ConfigSystem,
  document: AzureDocument,
  signal: AbortSignal,
): Promise<AzureCloud> {
  const name = textOf(document, 'cloud') ?? '';
  const endpoint = httpsUrlOf(document, 'resourceManagerEndpoint');
  const cloud =
    endpoint === undefined ? cloudNamed(name) : await askForCloud(system, endpoint, signal);
  const overridePath = system.env('AZURE_ENVIRONMENT_FILEPATH') ?? '';
  if (overridePath === '') return cloud;
  const override = await readDocument(system, overridePath, signal);
  if (override === undefined) {
    throw new ProviderFailure(
      `${overridePath}, which AZURE_ENVIRONMENT_FILEPATH names, is missing`,
    );
  }
  const authorityHost = httpsUrlOf(override, 'activeDirectoryEndpoint');
  const known = authorityHost === undefined ? cloud : cloudOfAuthority(authorityHost);
  return {
    name: textOf(override, 'name') ?? cloud.name,
    authorityHost: authorityHost ?? cloud.authorityHost,
    registrySuffix: suffixOf(textOf(override, 'containerRegistryDNSSuffix'), known),
  };
}

/** Asks the Resource Manager of a cloud that has no name, such as Azure Stack. */
async function askForCloud(
  system: RetryingSystem,
  endpoint: string,
  signal: AbortSignal,
): Promise<AzureCloud> {
  const url = `${endpoint}/metadata/endpoints?api-version=2019-05-01`;
  const answer = await askMetadata(system, url, signal);
  const [first] = Array.isArray(answer) ? (answer as unknown[]) : [answer];
  const { name, authentication, suffixes } = own<Record<string, unknown>>(
    isRecord(first) ? first : {},
  );
  const login = isRecord(authentication) ? authentication['loginEndpoint'] : undefined;
  const suffix = isRecord(suffixes) ? suffixes['acrLoginServer'] : undefined;
  if (typeof login !== 'string') {
    throw new ProviderFailure(`the metadata of ${endpoint} name no login endpoint`);
  }
  const authorityHost = checkHttpsUrl(login, `the login endpoint of ${endpoint}`);
  return {
    name: typeof name === 'string' ? name : 'AzureStackCloud',
    authorityHost,
    registrySuffix: suffixOf(suffix, cloudOfAuthority(authorityHost)),
  };
}

async function askMetadata(
  system: RetryingSystem,
  url: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const { status, body } = await httpWithRetries(system, {
      url,
      timeoutMs: METADATA_TIMEOUT_MS,
      signal,
    });
    const answer = status === 200 ? parseJson(body) : undefined;
    if (answer !== undefined) return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw new ProviderFailure(`${url} gives no metadata of the cloud`, { cause: error });
  }
  throw new ProviderFailure(`${url} gives no metadata of the cloud`);
}

/** A cloud that names no suffix has those of the known cloud that logs in where it does, or none: no other's. */
function suffixOf(value: unknown, known: AzureCloud | undefined): string | undefined {
  const suffix = typeof value === 'string' ? value.replace(/^\.+/, '').toLowerCase() : '';
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(suffix) ? suffix : known?.registrySuffix;
}
