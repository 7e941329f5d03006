// The subpath docker-keyring/registry: named exports, no logic.

export {
  RegistryAuthError,
  RegistryUnavailableError,
  UnsafeRealmError,
  type RefusedCandidate,
} from '../errors.ts';
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
export { listTags, type ListTagsOptions } from './list-tags.ts';
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
