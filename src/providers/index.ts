// The subpath docker-keyring/providers: named exports, no logic.

export { acr } from './acr/acr.ts';
export type {
  AcrIdentity,
  AcrIdentityOptions,
  AcrOptions,
  AcrTokenCredential,
  AdminUser,
  DeveloperLogin,
  EnvironmentIdentity,
  ManagedIdentity,
  ServicePrincipalCertificate,
  ServicePrincipalPassword,
  ServicePrincipalSecret,
  WorkloadIdentity,
} from './acr/acr-options.ts';
export type { AzureCloudName } from './acr/clouds.ts';
export type {
  CredentialProvider,
  CredentialRequest,
  CredentialResponse,
  CredentialResponseEntry,
  Diagnosis,
  DiagnosisRequest,
  ProviderSet,
  ServiceAccountTokenAttributes,
} from './contract.ts';
export { dockerHelper, type DockerHelperOptions } from './docker-helper/docker-helper.ts';
export { ecr } from './ecr/ecr.ts';
export type { EcrHostOptions } from './ecr/ecr-registry.ts';
export type {
  AwsCredentials,
  EcrEndpoints,
  EcrOptions,
  EcrPrincipalOptions,
  EcrServiceAccountOptions,
  EcrSystem,
} from './ecr/ecr-options.ts';
export { environment, type EnvironmentOptions } from './environment.ts';
export type { ExecPluginsOptions, ExecPluginsSystem } from './exec/exec-options.ts';
export { execPlugins } from './exec/exec-plugins.ts';
export { gcr } from './gcr/gcr.ts';
export type { GcrOptions, GcrSource, GcrWorkloadIdentity } from './gcr/gcr-options.ts';
export type {
  GetServiceAccountToken,
  PodContext,
  ServiceAccountToken,
  ServiceAccountTokenRequest,
} from './contract.ts';
export {
  KeyringError,
  MissingPackageError,
  PluginConfigError,
  PluginProtocolError,
  ProviderError,
  TimeoutError,
  type DocumentPosition,
  type PluginConfigErrorDetails,
} from '../errors.ts';
export type {
  AddressKind,
  DirectoryEntry,
  FileContent,
  FileStamp,
  HttpAgents,
  HttpRequest,
  HttpResponse,
  HttpStream,
  ProcessRequest,
  ProcessResult,
  ReadOptions,
  System,
  TimerOptions,
} from '../system/system.ts';
