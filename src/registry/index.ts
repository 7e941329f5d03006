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
export {
  Authorization,
  authorize,
  type AuthorizationFields,
  type AuthorizeOptions,
} from './client/authorize.ts';
export type {
  CandidateOptions,
  RegistryConnectionOptions,
  RegistryKeyring,
  RegistryLookupContext,
  RegistryOptions,
  RegistrySession,
  TenantKeyring,
} from './client/options.ts';
export {
  registryFetch,
  type RegistryFetch,
  type RegistryFetchOptions,
} from './client/registry-fetch.ts';
export { createRegistrySession } from './client/session.ts';
export {
  refused,
  withCredentials,
  type AttemptContext,
  type RefusedCredential,
  type WithCredentialsOptions,
} from './client/with-credentials.ts';
export { verifyImages, type VerifyOptions, type VerifyProgress } from './verify/verify-images.ts';
export type { PlacedObject, VerifyInput } from './verify/placed-object.ts';
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
