// The identity of this machine, in DefaultAzureCredential's order: variables of the environment, workload identity, managed
// identity, developers' tools. It is a chain of our own, so that a failure can name what was tried.

import type { System } from '../../../system/system.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import type { WorkloadIdentity } from '../acr-options.ts';
import { identityChain, type Link } from './identity-chain.ts';
import {
  developerTool,
  federatedIdentity,
  managedIdentity,
  servicePrincipal,
  DEVELOPER_TOOLS,
  type IdentityContext,
  type TokenSource,
} from './open-identity.ts';
import { readText } from '../../cloud/read-text.ts';

/** A link of the chain that can be chosen by name. */
interface NamedLink extends Link {
  /** As `AZURE_TOKEN_CREDENTIALS` names it. */
  readonly name: string;
  readonly group: 'prod' | 'dev';
}

/** Opens the whole chain; the environment is read now. */
export function environmentIdentity(context: IdentityContext): TokenSource {
  return identityChain({
    who: 'this machine’s identity',
    tenantId: undefined,
    links: chosenLinks(context),
    describe: (tried) =>
      `no identity of Azure was found: ${tried}. Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, give this machine a managed identity, run az login, or give acr() an identity`,
  });
}

/** Opens whichever developer's tool is logged in. */
export function developerLogin(
  context: IdentityContext,
  tenantId: string | undefined,
): TokenSource {
  return identityChain({
    who: 'the developer’s login',
    tenantId,
    links: DEVELOPER_TOOLS.map((tool) => ({
      isChosen: false,
      source: developerTool(context, tool, tenantId),
    })),
    describe: (tried) => `nobody is logged in: ${tried}. Run az login`,
  });
}

function chosenLinks(context: IdentityContext): readonly NamedLink[] {
  const links = allLinks(context);
  const wanted = variable(context.system, 'AZURE_TOKEN_CREDENTIALS')?.toLowerCase();
  if (wanted === undefined) return links;
  const chosen = links.filter(({ name, group }) => wanted === group || wanted === name);
  if (chosen.length > 0) return chosen;
  const source = 'AZURE_TOKEN_CREDENTIALS names none of the credentials that are known here';
  return [{ name: wanted, group: 'prod', isChosen: true, source }];
}

function allLinks(context: IdentityContext): readonly NamedLink[] {
  const clientId = variable(context.system, 'AZURE_CLIENT_ID');
  const kind = 'managed-identity';
  const identity = clientId === undefined ? ({ kind } as const) : ({ kind, clientId } as const);
  return [
    chosenLink('environmentcredential', fromVariables(context)),
    chosenLink('workloadidentitycredential', fromTokenFile(context)),
    {
      name: 'managedidentitycredential',
      group: 'prod',
      isChosen: false,
      source: managedIdentity(context, identity),
    },
    ...DEVELOPER_TOOLS.map((tool) => ({
      name: tool.toLowerCase(),
      group: 'dev' as const,
      isChosen: false,
      source: developerTool(context, tool, undefined),
    })),
  ];
}

function chosenLink(name: string, source: TokenSource | string): NamedLink {
  return { name, group: 'prod', isChosen: true, source };
}

function fromVariables(context: IdentityContext): TokenSource | string {
  const read = (name: string): string | undefined => variable(context.system, name);
  const tenantId = read('AZURE_TENANT_ID');
  const clientId = read('AZURE_CLIENT_ID');
  if (tenantId === undefined || clientId === undefined) {
    return 'AZURE_TENANT_ID and AZURE_CLIENT_ID are not both set';
  }
  const kind = 'service-principal';
  const clientSecret = read('AZURE_CLIENT_SECRET');
  if (clientSecret !== undefined) {
    return servicePrincipal(context, { kind, tenantId, clientId, clientSecret });
  }
  const certificatePath = read('AZURE_CLIENT_CERTIFICATE_PATH');
  if (certificatePath === undefined) {
    return 'neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set';
  }
  const certificatePassword = read('AZURE_CLIENT_CERTIFICATE_PASSWORD');
  const chain = read('AZURE_CLIENT_SEND_CERTIFICATE_CHAIN')?.toLowerCase();
  return servicePrincipal(context, {
    kind,
    tenantId,
    clientId,
    certificatePath,
    sendCertificateChain: chain === 'true' || chain === '1',
    ...(certificatePassword === undefined ? {} : { certificatePassword }),
  });
}

function fromTokenFile(context: IdentityContext): TokenSource | string {
  const file = variable(context.system, 'AZURE_FEDERATED_TOKEN_FILE');
  if (file === undefined) return 'AZURE_FEDERATED_TOKEN_FILE is not set';
  return workloadIdentity(context, { kind: 'workload-identity' });
}

/** Opens a workload identity; what is not given, the environment gives, as the webhook of Azure sets it. */
export function workloadIdentity(
  context: IdentityContext,
  identity: WorkloadIdentity,
): TokenSource | string {
  const { system } = context;
  const tenantId = identity.tenantId ?? variable(system, 'AZURE_TENANT_ID');
  const clientId = identity.clientId ?? variable(system, 'AZURE_CLIENT_ID');
  const file = identity.tokenFile ?? variable(system, 'AZURE_FEDERATED_TOKEN_FILE');
  if (tenantId === undefined || clientId === undefined || file === undefined) {
    return 'a workload identity needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE, or tenantId, clientId and tokenFile';
  }
  const getAssertion = async (): Promise<string> => {
    // Kubernetes replaces the file long before the token in it expires.
    const text = (await readText(system, file, undefined))?.trim() ?? '';
    if (text === '') throw new ProviderFailure(`the token file ${file} is missing or empty`);
    return text;
  };
  return federatedIdentity(context, { tenantId, clientId, getAssertion });
}

/** A variable that is set and not empty. */
export function variable(system: Pick<System, 'env'>, name: string): string | undefined {
  const value = system.env(name)?.trim() ?? '';
  return value === '' ? undefined : value;
}
