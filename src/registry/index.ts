// The subpath docker-keyring/registry: named exports, no logic.

export {
  InvalidReferenceError,
  KeyringError,
  RegistryAuthError,
  RegistryUnavailableError,
  TimeoutError,
  UnsafeRealmError,
  type RefusedCandidate,
  type RegistryAuthErrorDetails,
  type RegistryUnavailableErrorDetails,
} from '../errors.ts';
export {
  Credential,
  type CredentialFields,
  type CredentialSource,
} from '../credential/credential.ts';
export type { FieldPath } from '../kubernetes/pod/field-path.ts';
export type { PullSecretInput } from '../kubernetes/secret/pull-secret-layer.ts';
export type { ObjectMeta, PullSecret } from '../kubernetes/pull-secret.ts';
export type { PodContext } from '../providers/asking/identity.ts';
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
export { Authorization, type AuthorizationFields } from './client/authorization.ts';
export { authorize, type AuthorizeOptions } from './client/authorize.ts';
export { refused, type RefusedCredential } from './client/refusal.ts';
export type {
  RegistryKeyring,
  RegistryLookupContext,
  TenantKeyring,
} from './client/registry-keyring.ts';
export type {
  CandidateOptions,
  RegistryConnectionOptions,
  RegistryOptions,
} from './client/options.ts';
export {
  registryFetch,
  type RegistryFetch,
  type RegistryFetchOptions,
} from './client/registry-fetch.ts';
export { createRegistrySession, type RegistrySession } from './client/registry-session.ts';
export {
  withCredentials,
  type AttemptContext,
  type WithCredentialsOptions,
} from './client/with-credentials.ts';
export { verifyImages, type VerifyOptions, type VerifyProgress } from './verify/verify-images.ts';
export type { PlacedObject, VerifyInput } from './verify/verify-targets.ts';
export type {
  CandidateOutcome,
  ImageStatus,
  ImageUse,
  RateLimit,
  RegistryUsage,
  VerifiedCandidate,
  VerifiedImage,
  VerifyReport,
  VerifyWarning,
  VerifyWarningCode,
} from './verify/verify-report.ts';
