// The subpath docker-keyring/kubernetes: named exports, no logic.

export {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
  type CreatedPullSecret,
  type CreatePullSecretOptions,
  type CreatePullSecretsOptions,
} from './create-pull-secret.ts';
export type { Finding } from './finding.ts';
export {
  KeyringError,
  ManifestError,
  type DocumentPosition,
  type ManifestErrorDetails,
} from '../errors.ts';
export type { FieldPath } from './field-path.ts';
export { parseManifests, parsePullSecrets, type ParseManifestsOptions } from './manifests.ts';
export type { PodTemplateProblem } from './image-refusals.ts';
export type { NamedImage } from './named-images.ts';
export { podTemplates, type PodTemplate } from './pod-templates.ts';
export type {
  LocalObjectReference,
  ObjectMeta,
  PodLike,
  PullSecret,
  ServiceAccountLike,
} from './pull-secret.ts';
export {
  resolvePullSecrets,
  type PullSecretName,
  type ResolvedPullSecrets,
  type ResolvePullSecretsInput,
  type SkippedPullSecret,
} from './resolve-pull-secrets.ts';
export { validatePullSecret } from './validate-pull-secret.ts';
