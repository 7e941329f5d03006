// The main entry: what `import … from 'docker-keyring'` gives. Named exports, no logic.
// To add a name: export it here if most users of createKeyring call or name it, otherwise from the entry of its subject
// (docs/decisions/0031-a-small-face.md). From one entry, never from two.

export { createKeyring } from './create-keyring/create-keyring.ts';
export { keyringFor, type KeyringForOptions } from './create-keyring/keyring-for.ts';
export type { DockerKeyring, LookupContext } from './create-keyring/docker-keyring.ts';
export type { KeyringOptions, KeyringProblem } from './create-keyring/keyring-options.ts';
export type {
  CredentialHelperOptions,
  DockerConfigOptions,
  Semantics,
} from './config/search-paths.ts';
export { writeDockerConfig, type WriteDockerConfigOptions } from './config/write-docker-config.ts';

export { parseImageReference, type ImageReference } from './reference/image-reference.ts';
export { matchesImage, type Mismatch, type PathMatching } from './keyring/match.ts';

export { Credential, type CredentialSource } from './credential/credential.ts';
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
  toRegistryConfigHeader,
  type CriAuthConfig,
  type DockerodeAuth,
} from './credential/formats.ts';

export { acr } from './providers/acr/acr.ts';
export { dockerHelper } from './providers/docker-helper/docker-helper.ts';
export { ecr } from './providers/ecr/ecr.ts';
export { environment } from './providers/environment.ts';
export { execPlugins } from './providers/exec/exec-plugins.ts';
export { gcr } from './providers/gcr/gcr.ts';
export type {
  CredentialProvider,
  CredentialRequest,
  CredentialResponse,
  CredentialResponseEntry,
  ProviderSet,
  ServiceAccountTokenAttributes,
} from './providers/contract.ts';
export type {
  GetServiceAccountToken,
  PodContext,
  ServiceAccountToken,
  ServiceAccountTokenRequest,
} from './providers/contract.ts';
export type { KeyvStore, SharedCache, StoreLock } from './shared-cache/shared-cache.ts';

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

export * as errors from './errors.ts';
export {
  ConfigError,
  InvalidReferenceError,
  isKeyringError,
  KeyringError,
  ProviderError,
  PullSecretError,
  TimeoutError,
  type AnyKeyringError,
} from './errors.ts';
