// The subpath docker-keyring/registry: named exports, no logic.

export {
  RegistryAuthError,
  RegistryUnavailableError,
  UnsafeRealmError,
  type RefusedCandidate,
} from '../errors.ts';
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
} from './client/registry-options.ts';
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
