// The options of acr(), and the identities it can have.

import type { System } from '../../system/system.ts';
import type { AzureCloudName } from './clouds.ts';

/** An application of Entra ID with a secret; its token is exchanged for one of the registry. */
export interface ServicePrincipalSecret {
  readonly kind: 'service-principal';
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An application of Entra ID with a certificate: a file of PEM with certificate and private key. */
export interface ServicePrincipalCertificate {
  readonly kind: 'service-principal';
  readonly tenantId: string;
  readonly clientId: string;
  readonly certificatePath: string;
  /** Opens the private key, where it is encrypted. */
  readonly certificatePassword?: string;
  /**
   * Whether the whole chain is sent, for applications that trust by subject name and issuer.
   *
   * @defaultValue `false`
   */
  readonly sendCertificateChain?: boolean;
}

/** An application's id and secret as user name and password of the registry: no request at all. */
export interface ServicePrincipalPassword {
  readonly kind: 'service-principal-password';
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The admin user of one registry. */
export interface AdminUser {
  readonly kind: 'admin-user';
  /** The login server, `shop.azurecr.io`: the password is for it alone. */
  readonly registry: string;
  /**
   * The user's name.
   *
   * @defaultValue the registry's name: the login server up to its first dot or dash
   */
  readonly username?: string;
  readonly password: string;
}

/** A managed identity of this machine: the system-assigned one, or a user-assigned one by one of its three ids. */
export interface ManagedIdentity {
  readonly kind: 'managed-identity';
  readonly clientId?: string;
  readonly resourceId?: string;
  readonly objectId?: string;
}

/** A token of a Kubernetes service account that Entra ID trusts, in a file. */
export interface WorkloadIdentity {
  readonly kind: 'workload-identity';
  /** @defaultValue the environment's `AZURE_TENANT_ID` */
  readonly tenantId?: string;
  /** @defaultValue the environment's `AZURE_CLIENT_ID` */
  readonly clientId?: string;
  /** @defaultValue the environment's `AZURE_FEDERATED_TOKEN_FILE` */
  readonly tokenFile?: string;
}

/** The login of Azure CLI, Azure PowerShell or Azure Developer CLI on this machine. */
export interface DeveloperLogin {
  readonly kind: 'developer';
  readonly tenantId?: string;
}

/** What this machine offers: azure.json, the environment's variables, a managed identity, a developer's login. */
export interface EnvironmentIdentity {
  readonly kind: 'environment';
}

/** Who asks the registry. */
export type AcrIdentity =
  | ServicePrincipalSecret
  | ServicePrincipalCertificate
  | ServicePrincipalPassword
  | AdminUser
  | ManagedIdentity
  | WorkloadIdentity
  | DeveloperLogin
  | EnvironmentIdentity;

/** What of the options of `@azure/identity` is passed on to it. */
export interface AcrIdentityOptions {
  /** Where Entra ID is: `https://login.microsoftonline.us`. */
  readonly authorityHost?: string;
  /**
   * Leaves out the question to the public cloud whether that host is one of Entra ID: for clouds cut off from it.
   *
   * @defaultValue `false`
   */
  readonly disableInstanceDiscovery?: boolean;
  /** Tenants that the identity may ask for beside its own; `*` for all. */
  readonly additionallyAllowedTenants?: string[];
}

/** A credential object, as `@azure/identity` makes them: its `TokenCredential` is one. */
export interface AcrTokenCredential {
  getToken(
    scopes: string | string[],
    options?: { readonly abortSignal?: AbortSignal; readonly tenantId?: string },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** How a pod's service account is used, in place of the machine's identity. */
export interface AcrServiceAccountOptions {
  /**
   * Whether the provider is left out for pods without a service account, and for accounts without the annotations
   * `kubernetes.azure.com/acr-client-id` and `kubernetes.azure.com/acr-tenant-id`. Otherwise they are served with the
   * machine's identity.
   *
   * @defaultValue `false`
   */
  readonly requireAnnotation?: boolean | undefined;
}

/** Options of {@link acr}. */
export interface AcrOptions {
  /**
   * Who asks.
   *
   * @defaultValue `{ kind: 'environment' }`
   */
  readonly identity?: AcrIdentity | undefined;
  /** Any credential object of `@azure/identity` or of your own, in place of `identity`. */
  readonly credential?: AcrTokenCredential | undefined;
  /**
   * Kubernetes' configuration file for Azure, JSON or YAML; `false` for none.
   *
   * @defaultValue `/etc/kubernetes/azure.json` where it is there and neither identity nor credential is given
   */
  readonly configFile?: string | false | undefined;
  /**
   * The cloud that the identity is of.
   *
   * @defaultValue what azure.json or `AZURE_AUTHORITY_HOST` says, or else `'AzureCloud'`
   */
  readonly cloud?: AzureCloudName | undefined;
  /**
   * What the names of further login servers end in, as in Azure Stack: `azurecr.example.com`.
   *
   * @defaultValue none beside the clouds' own
   */
  readonly suffixes?: readonly string[] | undefined;
  /**
   * Further login servers as registry keys, with port and globs. They are sent tokens: list your own registries alone.
   *
   * @defaultValue none
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * The images it is asked for; of these, it answers those of login servers alone.
   *
   * @defaultValue all images of login servers, and of the mirrors' sources
   */
  readonly matchImages?: readonly string[] | undefined;
  /**
   * The scope that tokens are asked for.
   *
   * @defaultValue `https://containerregistry.azure.net/.default`
   */
  readonly scope?: string | undefined;
  /**
   * Hosts whose images a registry of Azure mirrors, with that registry: `{ 'mcr.microsoft.com': 'shop.azurecr.io' }`.
   * The credentials are given for both. Source and target may have ports and path prefixes.
   *
   * @defaultValue none
   */
  readonly registryMirrors?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether an empty credential comes last, as from the official plugin: a registry with anonymous pull is then tried
   * without a credential too.
   *
   * @defaultValue `false`
   */
  readonly anonymousFallback?: boolean | undefined;
  /**
   * Whether the registry's token is given as identity token too, for clients that exchange it themselves.
   *
   * @defaultValue `false`
   */
  readonly identityToken?: boolean | undefined;
  /** Present to use tokens of pods' service accounts; `{}` for the defaults. The tokens come from `getServiceAccountToken`. */
  readonly serviceAccount?: AcrServiceAccountOptions | undefined;
  /** Passed on to `@azure/identity`. */
  readonly identityOptions?: AcrIdentityOptions | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}
