// The subpath docker-keyring/providers: what the options of acr(), ecr() and the other providers are made of, what
// diagnose() gives, and the errors of plugins and missing packages. Named exports, no logic.

export type {
  AcrIdentity,
  AcrIdentityOptions,
  AcrOptions,
  AcrServiceAccountOptions,
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
export type { Diagnosis, DiagnosisRequest } from './contract.ts';
export type { DockerHelperOptions } from './docker-helper/docker-helper.ts';
export type {
  AwsCredentials,
  EcrEndpoints,
  EcrHostOptions,
  EcrOptions,
  EcrPrincipalOptions,
  EcrServiceAccountOptions,
} from './ecr/ecr-options.ts';
export type { EnvironmentOptions } from './environment.ts';
export type { ExecPluginsOptions } from './exec/exec-options.ts';
export type { GcrOptions, GcrSource, GcrServiceAccountOptions } from './gcr/gcr-options.ts';
export { MissingPackageError, PluginConfigError, PluginProtocolError } from '../errors.ts';
