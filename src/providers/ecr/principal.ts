// Who asks for a registry's token: a principal of AWS, and a name that differs for each.

import { sha256 } from '../../system/sha256.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import type { CredentialRequest } from '../contract.ts';
import type { EcrOptions, EcrPrincipalOptions, EcrSystem } from './ecr-options.ts';
import { partitionOf } from './partition.ts';
import { PUBLIC_REGION, type EcrRegistry } from './registry.ts';

/** The annotation that names a service account's role. It is not IRSA's, which has no `ecr-` in it. */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/ecr-role-arn';

/** What EKS's IRSA reads and the plugin does not. They are easily confused. */
export const IRSA_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** What the role of a service account is where it has no annotation. */
const ROLE_VARIABLE = 'AWS_ECR_ROLE_ARN';

/** A role to assume. */
interface EcrRole {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  /** A service account's token to assume it with, in place of the principal's own credentials. */
  readonly webIdentityToken?: string;
}

/** Who asks, and where. */
export interface EcrPrincipal {
  readonly kind: EcrRegistry['kind'];
  readonly region: string;
  readonly stsRegion: string;
  readonly profile?: string;
  readonly role?: EcrRole;
}

/** The variables by which the AWS SDK's chain finds credentials and endpoints. */
const VARIABLES: readonly string[] = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_ECR',
  'AWS_ENDPOINT_URL_ECR_PUBLIC',
  ROLE_VARIABLE,
];

/** Who asks for the token of a registry. */
export function ecrPrincipal(
  registry: EcrRegistry,
  options: EcrOptions,
  system: Pick<EcrSystem, 'env'>,
): EcrPrincipal {
  const own = accountOptions(options, registry.account);
  const profile = own.profile ?? options.profile;
  const role = roleOf(
    own.roleArn === undefined && own.profile === undefined ? options : own,
    options.roleSessionName,
  );
  return {
    kind: registry.kind,
    ...regionsOf(registry, own.region ?? options.region, system),
    ...(profile === undefined ? {} : { profile }),
    ...(role === undefined ? {} : { role }),
  };
}

/** ECR Public's API is in one region; roles for it are assumed where the machine is, as in the official plugin. */
function regionsOf(
  { kind, region: ownRegion }: EcrRegistry,
  chosen: string | undefined,
  system: Pick<EcrSystem, 'env'>,
): Pick<EcrPrincipal, 'region' | 'stsRegion'> {
  if (kind === 'public') {
    return { region: PUBLIC_REGION, stsRegion: machineRegion(system) ?? PUBLIC_REGION };
  }
  const region = chosen ?? ownRegion;
  return { region, stsRegion: region };
}

/**
 * Who asks with a service account's token. Without a role it is the machine's own principal. Source:
 * kubernetes/cloud-provider-aws v1.37.0 cmd/ecr-credential-provider/main.go, buildCredentialsProvider.
 */
export function serviceAccountPrincipal(
  principal: EcrPrincipal,
  request: CredentialRequest,
  system: Pick<EcrSystem, 'env'>,
): EcrPrincipal {
  const { serviceAccountToken } = request;
  const arn = roleArnOf(request, system);
  if (!serviceAccountToken || !arn) return principal;
  const sessionName = 'ecr-credential-provider';
  return { ...principal, role: { arn, sessionName, webIdentityToken: serviceAccountToken } };
}

/** Why a request's token is not used; `undefined` where it is, or where there is none. */
export function unusedTokenReason(
  request: CredentialRequest,
  system: Pick<EcrSystem, 'env'>,
): string | undefined {
  const { serviceAccountToken, serviceAccountAnnotations = {} } = request;
  if (!serviceAccountToken || roleArnOf(request, system)) return undefined;
  if (Object.hasOwn(serviceAccountAnnotations, ROLE_ANNOTATION)) {
    return `the service account's annotation ${ROLE_ANNOTATION} is empty`;
  }
  const reason = `the service account has no annotation ${ROLE_ANNOTATION}, and ${ROLE_VARIABLE} is not set`;
  return Object.hasOwn(serviceAccountAnnotations, IRSA_ANNOTATION)
    ? `${reason}; its annotation ${IRSA_ANNOTATION} is for IRSA, and counts for nothing here`
    : reason;
}

function roleArnOf(
  { serviceAccountAnnotations = {} }: CredentialRequest,
  system: Pick<EcrSystem, 'env'>,
): string | undefined {
  return Object.hasOwn(serviceAccountAnnotations, ROLE_ANNOTATION)
    ? serviceAccountAnnotations[ROLE_ANNOTATION]
    : system.env(ROLE_VARIABLE);
}

/**
 * Checks that the region and the role are in the registry's partition, before anything is sent: nothing of one partition
 * may go to an endpoint of another. A service account's token can be used by whoever gets it, and an ECR token is a
 * password.
 *
 * @param region - The registry's own.
 * @throws {@link ProviderFailure}
 */
export function checkPartition(region: string, principal: EcrPrincipal): void {
  const own = partitionOf(region);
  const asked = partitionOf(principal.region);
  if (asked !== own) {
    throw new ProviderFailure(
      `the registry is of the partition ${own}, and the region ${principal.region}, which is to be asked, of ${asked}: nothing is sent there`,
    );
  }
  if (principal.role === undefined) return;
  const [, partition] = /^arn:([a-z0-9-]{1,32}):/.exec(principal.role.arn) ?? [];
  if (partition === own && partitionOf(principal.stsRegion) === own) return;
  const whose = partition === undefined ? 'is no ARN' : `is of the partition ${partition}`;
  throw new ProviderFailure(
    `the role to assume ${whose}, and the registry of ${own}: no token is sent to its STS`,
  );
}

/** The region that the environment gives this machine. */
export function machineRegion(system: Pick<EcrSystem, 'env'>): string | undefined {
  return ['AWS_REGION', 'AWS_DEFAULT_REGION'].map((name) => system.env(name)).find(Boolean);
}

/**
 * Makes the function that names what an answer depends on: API, region, and whatever decides the principal; the last
 * as a hash, since an access key's id is among it. Credentials from a function differ for each call of `ecr()`.
 */
export function scopeNames(
  options: EcrOptions,
  system: Pick<EcrSystem, 'env' | 'random'>,
): (principal: EcrPrincipal) => string {
  const { credential, endpoints, useFipsEndpoint, useDualstackEndpoint } = options;
  const source = typeof credential === 'function' ? system.random() : credential?.accessKeyId;
  const fixed = [source, endpoints, useFipsEndpoint, useDualstackEndpoint];
  const names = new Map<string, string>();
  let hints = '';
  return (principal) => {
    const current = VARIABLES.map((name) => system.env(name) ?? '').join('\n');
    if (current !== hints) names.clear();
    hints = current;
    const { kind, region, ...who } = principal;
    const key = JSON.stringify([kind, region, who]);
    const name =
      names.get(key) ?? `${kind} ${region} ${sha256(JSON.stringify([who, fixed, hints]))}`;
    if (names.size >= MAX_NAMES) names.clear();
    names.set(key, name);
    return name;
  };
}

/** Image names name the regions, and anybody may make them up. */
const MAX_NAMES = 1000;

function accountOptions({ accounts = {} }: EcrOptions, account = ''): EcrPrincipalOptions {
  const own = Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  return own ?? {};
}

function roleOf(
  { roleArn, externalId, roleSessionName }: EcrPrincipalOptions,
  defaultSessionName = 'docker-keyring',
): EcrRole | undefined {
  if (roleArn === undefined) return undefined;
  const sessionName = roleSessionName ?? defaultSessionName;
  return { arn: roleArn, sessionName, ...(externalId === undefined ? {} : { externalId }) };
}
