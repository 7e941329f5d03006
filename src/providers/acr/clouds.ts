// The clouds of Azure: where identities log in, and what the names of registries end in.

/** One of Azure's clouds. */
export interface AzureCloud {
  readonly name: string;
  /** Where tokens of Entra ID are given out. */
  readonly authorityHost: string;
  /** What the host names of its registries end in, without a dot in front; `undefined` where it is not known. */
  readonly registrySuffix: string | undefined;
}

/** The name of a cloud. */
export type AzureCloudName = 'AzureCloud' | 'AzureChinaCloud' | 'AzureUSGovernment';

/** The clouds by name. Source: kubernetes-sigs/cloud-provider-azure pkg/azclient/cloud.go. */
export const CLOUDS: Readonly<
  Record<AzureCloudName, AzureCloud & { readonly registrySuffix: string }>
> = {
  AzureCloud: {
    name: 'AzureCloud',
    authorityHost: 'https://login.microsoftonline.com',
    registrySuffix: 'azurecr.io',
  },
  AzureChinaCloud: {
    name: 'AzureChinaCloud',
    authorityHost: 'https://login.chinacloudapi.cn',
    registrySuffix: 'azurecr.cn',
  },
  AzureUSGovernment: {
    name: 'AzureUSGovernment',
    authorityHost: 'https://login.microsoftonline.us',
    registrySuffix: 'azurecr.us',
  },
};

/** Of Azure Germany, which Microsoft closed in October 2021. */
export const CLOSED_SUFFIX = 'azurecr.de';

/** All suffixes. */
export const REGISTRY_SUFFIXES: readonly string[] = [
  ...Object.values(CLOUDS).map(({ registrySuffix }) => registrySuffix),
  CLOSED_SUFFIX,
];

/** A cloud by a name of azure.json; as in the official plugin, what it does not know is the public cloud. */
export function cloudNamed(name: string): AzureCloud {
  const folded = name.toLowerCase();
  if (folded === 'azurechinacloud') return CLOUDS.AzureChinaCloud;
  if (folded === 'azureusgovernment' || folded === 'azureusgovernmentcloud') {
    return CLOUDS.AzureUSGovernment;
  }
  return CLOUDS.AzureCloud;
}

/** The cloud that an `AZURE_AUTHORITY_HOST` belongs to; `undefined` for one of none of them. */
export function cloudOfAuthority(authorityHost: string): AzureCloud | undefined {
  const host = URL.canParse(authorityHost) ? new URL(authorityHost).hostname : undefined;
  // China's login host has had two names.
  if (host === 'login.partner.microsoftonline.cn') return CLOUDS.AzureChinaCloud;
  return Object.values(CLOUDS).find((cloud) => new URL(cloud.authorityHost).hostname === host);
}
