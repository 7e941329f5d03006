// The public list: what `import … from 'docker-keyring'` gives. Named exports, no logic.

export { createKeyring } from './create-keyring/create-keyring.ts';
export type { DockerKeyring, LookupContext } from './create-keyring/docker-keyring.ts';
export type { KeyringOptions } from './create-keyring/keyring-options.ts';

export { parseImageReference, type ImageReference } from './reference/image-reference.ts';
export {
  requiresCredentialVerification,
  type CredentialVerificationPolicy,
  type VerificationQuestion,
} from './kubelet/credential-verification.ts';
export {
  decidePull,
  defaultPullPolicy,
  type PullDecision,
  type PullPolicy,
  type PullQuestion,
  type PullReason,
  type PullVerification,
} from './kubelet/pull-policy.ts';
export type {
  PullMatch,
  PullRecord,
  RecordedSecret,
  RecordedServiceAccount,
} from './kubelet/pull-record.ts';

export { matchesImage, type Mismatch, type PathMatching } from './keyring/match.ts';
export { credentialHash } from './kubelet/credential-hash.ts';
export type {
  EntryOutcome,
  ExplainedCredential,
  ExplainedEntry,
  ExplainedSource,
  Explanation,
  ExplanationWarning,
  Layer,
  SourceStatus,
} from './explain/explanation.ts';

export {
  Credential,
  type CredentialFields,
  type CredentialSource,
} from './credential/credential.ts';
export {
  toDockerConfigJson,
  type DockerAuth,
  type DockerConfigJson,
  type DockerConfigJsonOptions,
} from './credential/docker-config-json.ts';
export {
  toAuthorizationHeader,
  toCriAuthConfig,
  toDockerodeAuth,
  toRegistryAuthHeader,
  type CriAuthConfig,
  type DockerodeAuth,
} from './credential/ways-out.ts';

export { writeDockerConfig, type WriteDockerConfigOptions } from './config/write-docker-config.ts';
export type {
  CredentialHelperOptions,
  DockerConfigOptions,
  Semantics,
} from './config/search-paths.ts';

export {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
  type CreatedPullSecret,
  type CreatePullSecretOptions,
  type CreatePullSecretsOptions,
} from './kubernetes/secret/create-pull-secret.ts';
export { parseManifests, type ParseManifestsOptions } from './kubernetes/manifest/manifests.ts';
export { podTemplates, type PodTemplate } from './kubernetes/pod/pod-templates.ts';
export type { FieldPath } from './kubernetes/pod/field-path.ts';
export type { PodTemplateProblem } from './kubernetes/pod/image-refusals.ts';
export type { NamedImage } from './kubernetes/pod/named-images.ts';
export {
  resolvePullSecrets,
  type PullSecretName,
  type ResolvedPullSecrets,
  type ResolvePullSecretsInput,
  type SkippedPullSecret,
} from './kubernetes/resolve-pull-secrets.ts';
export { validatePullSecret } from './kubernetes/secret/validate-pull-secret.ts';
export type { Finding } from './kubernetes/secret/finding.ts';
export type {
  MalformedPullSecrets,
  PullSecretInput,
} from './kubernetes/secret/pull-secret-layer.ts';
export type {
  LocalObjectReference,
  ObjectMeta,
  PodLike,
  PullSecret,
  ServiceAccountLike,
} from './kubernetes/pull-secret.ts';

export type {
  CredentialProvider,
  CredentialRequest,
  CredentialResponse,
  CredentialResponseEntry,
  Diagnosis,
  DiagnosisRequest,
  ProviderSet,
  ServiceAccountTokenAttributes,
} from './providers/contract.ts';
export { acr } from './providers/acr/acr.ts';
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
} from './providers/acr/acr-options.ts';
export type { AzureCloudName } from './providers/acr/clouds.ts';
export { dockerHelper, type DockerHelperOptions } from './providers/docker-helper/docker-helper.ts';
export { ecr } from './providers/ecr/ecr.ts';
export type { EcrHostOptions } from './providers/ecr/ecr-registry.ts';
export type {
  AwsCredentials,
  EcrEndpoints,
  EcrOptions,
  EcrPrincipalOptions,
  EcrServiceAccountOptions,
  EcrSystem,
} from './providers/ecr/ecr-options.ts';
export { environment, type EnvironmentOptions } from './providers/environment.ts';
export type { ExecPluginsOptions, ExecPluginsSystem } from './providers/exec/exec-options.ts';
export { execPlugins } from './providers/exec/exec-plugins.ts';
export { gcr } from './providers/gcr/gcr.ts';
export type { GcrOptions, GcrSource, GcrWorkloadIdentity } from './providers/gcr/gcr-options.ts';
export type { KeyvStore } from './shared-cache/fleet.ts';
export type {
  GetServiceAccountToken,
  PodContext,
  ServiceAccountToken,
  ServiceAccountTokenRequest,
} from './providers/asking/identity.ts';
export type { Logger } from './providers/asking/provider-asker.ts';

export {
  ConfigError,
  InvalidReferenceError,
  isKeyringError,
  KeyringError,
  ManifestError,
  MissingPackageError,
  PluginConfigError,
  PluginProtocolError,
  ProviderError,
  PullSecretError,
  RegistryAuthError,
  RegistryUnavailableError,
  TimeoutError,
  UnsafeRealmError,
  type AnyKeyringError,
  type ConfigErrorDetails,
  type DocumentPosition,
  type ManifestErrorDetails,
  type PluginConfigErrorDetails,
  type PullSecretErrorDetails,
  type RefusedCandidate,
  type RegistryAuthErrorDetails,
  type RegistryUnavailableErrorDetails,
} from './errors.ts';

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
} from './system/system.ts';
