// The subpath docker-keyring/kubernetes: named exports, no logic.

export {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
  type CreatedPullSecret,
  type CreatePullSecretOptions,
  type CreatePullSecretsOptions,
} from './secret/create-pull-secret.ts';
export type { Finding, FindingPlace } from '../findings/finding.ts';
export type { MalformedPullSecrets, PullSecretInput } from './secret/pull-secret-layer.ts';
export { ManifestError } from '../errors.ts';
export type { FieldPath } from './pod/field-path.ts';
export { parseManifests, type ParseManifestsOptions } from './manifest/manifests.ts';
export type { PodTemplateProblem } from './pod/image-refusals.ts';
export type { NamedImage } from './pod/named-images.ts';
export { podTemplates, type PodTemplate } from './pod/pod-templates.ts';
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
export {
  validatePullSecret,
  type ValidatePullSecretOptions,
} from './secret/validate-pull-secret.ts';
