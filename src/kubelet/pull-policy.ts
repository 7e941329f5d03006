import { InvalidReferenceError } from '../errors.ts';
import type { CredentialVerificationPolicy } from './credential-verification.ts';
import { requiresCredentialVerification } from './credential-verification.ts';
import type { ImageReference } from '../reference/image-reference.ts';
import { parseImageReference } from '../reference/image-reference.ts';
import type {
  PullMatch,
  PullRecord,
  RecordedSecret,
  RecordedServiceAccount,
} from './pull-record.ts';
import { matchPullRecord } from './pull-record.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** A container's `imagePullPolicy`. */
export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** What the node knows of an image that is already there, and of the pod that wants it. */
export interface PullVerification {
  /**
   * The kubelet's `imagePullCredentialsVerificationPolicy`.
   *
   * @defaultValue `NeverVerifyPreloadedImages`
   */
  readonly policy?: CredentialVerificationPolicy | undefined;
  /** The kubelet's `preloadedImagesVerificationAllowlist`. */
  readonly allowlist?: readonly string[] | undefined;
  /**
   * Whether the kubelet pulled the image.
   *
   * @defaultValue whether there is a `record`
   */
  readonly pulledByKubelet?: boolean | undefined;
  /** What the kubelet recorded of earlier pulls of the image by this name. */
  readonly record?: PullRecord | undefined;
  /** The pod's pull secrets that hold a credential for the image. */
  readonly podSecrets?: readonly RecordedSecret[] | undefined;
  /** The pod's service account, where a credential provider gave a credential for its token. */
  readonly podServiceAccount?: RecordedServiceAccount | undefined;
}

/** What {@link decidePull} decides on. */
export interface PullQuestion {
  /** The image as the container names it. */
  readonly image: string;
  /**
   * The container's `imagePullPolicy`.
   *
   * @defaultValue {@link defaultPullPolicy} of the image
   */
  readonly policy?: PullPolicy | undefined;
  /** Whether the image is on the node. */
  readonly present: boolean;
  /**
   * Whether the cluster runs the admission plugin AlwaysPullImages.
   *
   * @defaultValue `false`
   */
  readonly alwaysPullImages?: boolean | undefined;
  /** For an image that is on the node: whether this pod may use it. */
  readonly verification?: PullVerification | undefined;
}

/** Why {@link decidePull} decided so; stable across releases. */
export type PullReason =
  | 'invalid-image-name'
  | 'policy-always'
  | 'not-present'
  | 'verification-not-required'
  | PullMatch['reason'];

/** What happens when a container with this image starts. */
export interface PullDecision {
  readonly action: 'pull' | 'use-present' | 'fail';
  /** The container's waiting reason when `action` is `fail`. */
  readonly error?: 'ErrImageNeverPull' | 'InvalidImageName';
  /** The pull policy in force. */
  readonly policy: PullPolicy;
  /** Where that policy comes from: the container, the default for the image's tag, or the admission plugin. */
  readonly policyFrom: 'container' | 'default' | 'always-pull-images';
  readonly reason: PullReason;
  /** The kubelet's own sentence, as in the pod's events. */
  readonly message: string;
  /** The reason in a sentence. */
  readonly explanation: string;
}

/**
 * The pull policy of a container that names none: `Always` for the tag `latest` and for an image with neither tag nor
 * digest, `IfNotPresent` for every other, a malformed one included.
 *
 * Follows Kubernetes v1.37.2, `pkg/apis/core/v1/defaults.go`, `SetDefaults_Container`.
 *
 * @param image - The image as the container names it.
 * @returns The policy that the API server writes into the container.
 * @example
 * ```ts
 * defaultPullPolicy('nginx'); // → 'Always'
 * defaultPullPolicy('nginx:1.29'); // → 'IfNotPresent'
 * ```
 */
export function defaultPullPolicy(image: string): PullPolicy {
  return tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent';
}

/**
 * Whether a node pulls an image for a container, uses the one that it has, or fails.
 *
 * Follows Kubernetes v1.37.2: `plugin/pkg/admission/alwayspullimages/admission.go` for the policy in force,
 * `pkg/kubelet/images/image_manager.go` (`EnsureImageExists`, `imagePullPrecheck`) for the order of the checks, and
 * `pkg/kubelet/images/pullmanager/image_pull_manager.go` (`MustAttemptImagePull`) for an image that is present. The
 * feature gate `KubeletEnsureSecretPulledImages` is on, as is its default since v1.35. Not decided here: back-off, and
 * what comes of the pull. (A malformed pull secret fails the pull, and the comparison of a pod's secrets with a record.)
 *
 * @param question - The image, whether it is there, and as much of the rest as applies.
 * @returns What happens, and why.
 * @throws TypeError when a policy or an allowlist pattern is one that Kubernetes refuses.
 * @example
 * ```ts
 * decidePull({ image: 'nginx:1.29', present: true }).action; // → 'use-present'
 * decidePull({ image: 'nginx:1.29', present: false, policy: 'Never' }).error; // → 'ErrImageNeverPull'
 * ```
 */
export function decidePull(question: PullQuestion): PullDecision {
  return decide(
    refuseUnknown('decidePull', question, {
      image: true,
      present: true,
      policy: true,
      alwaysPullImages: true,
      verification: true,
    }),
  );
}

function decide(question: PullQuestion): PullDecision {
  const { image } = question;
  const verification = refuseUnknown('decidePull: verification', question.verification ?? {}, {
    policy: true,
    allowlist: true,
    pulledByKubelet: true,
    record: true,
    podSecrets: true,
    podServiceAccount: true,
  });
  const inForce = policyInForce(question);
  const pulledByKubelet = verification.pulledByKubelet ?? verification.record !== undefined;
  const { policy, allowlist } = verification;
  const verify = requiresCredentialVerification({ policy, allowlist, image, pulledByKubelet });
  const invalid = invalidName(image);
  if (invalid !== undefined) {
    return decision(inForce, 'fail', 'invalid-image-name', invalid, 'InvalidImageName');
  }
  if (inForce.policy === 'Always') return pull(image, inForce, 'policy-always');
  if (!question.present) return pullUnlessNever(image, inForce, 'not-present');

  const match = verify ? matchPullRecord(verification) : UNVERIFIED;
  return match.accessible
    ? decision(inForce, 'use-present', match.reason, presentMessage(image))
    : pullUnlessNever(image, inForce, match.reason);
}

type InForce = Pick<PullDecision, 'policy' | 'policyFrom'>;

const POLICIES: readonly PullPolicy[] = ['Always', 'IfNotPresent', 'Never'];

const UNVERIFIED = { accessible: true, reason: 'verification-not-required' } as const;

const EXPLANATIONS: Readonly<Record<PullReason, string>> = {
  'invalid-image-name': 'The text is not an image reference.',
  'policy-always': 'The policy Always asks the registry at every start of the container.',
  'not-present': 'The image is not on the node.',
  'verification-not-required':
    'The image is on the node, and the verification policy opens it to every pod.',
  'no-pull-record':
    'The image is on the node, but the kubelet has no record of who pulled it by this name.',
  'record-without-credentials':
    'The image is on the node, but the record of its pull names no secret and no service account.',
  'credentials-not-in-record':
    "The image is on the node, but none of the pod's credentials is one that it was pulled with.",
  'image-open-to-every-pod':
    'The image is on the node, and was pulled without a secret of a pod, so that every pod may use it.',
  'same-credential': 'The image is on the node, and was pulled with a credential that the pod has.',
  'same-secret': 'The image is on the node, and was pulled with a secret that the pod names.',
  'same-service-account':
    'The image is on the node, and was pulled for the service account that the pod runs as.',
};

/** The admission plugin comes before the default's being written: it sets the policy whatever it was. */
function policyInForce({ image, policy, alwaysPullImages = false }: PullQuestion): InForce {
  if (policy !== undefined && !POLICIES.includes(policy)) {
    throw new TypeError(`imagePullPolicy must be one of ${POLICIES.join(', ')}`);
  }
  if (alwaysPullImages) return { policy: 'Always', policyFrom: 'always-pull-images' };
  return policy === undefined
    ? { policy: defaultPullPolicy(image), policyFrom: 'default' }
    : { policy, policyFrom: 'container' };
}

function pull(image: string, inForce: InForce, reason: PullReason): PullDecision {
  return decision(inForce, 'pull', reason, `Pulling image ${quote(image)}`);
}

function pullUnlessNever(image: string, inForce: InForce, reason: PullReason): PullDecision {
  if (inForce.policy !== 'Never') return pull(image, inForce, reason);
  // The same sentence for an absent image and for one that the pod may not use, as in the kubelet, which tells nobody
  // what is on the node.
  const message = `Container image ${quote(image)} is not present with pull policy of Never`;
  return decision(inForce, 'fail', reason, message, 'ErrImageNeverPull');
}

function decision(
  inForce: InForce,
  action: PullDecision['action'],
  reason: PullReason,
  message: string,
  error?: NonNullable<PullDecision['error']>,
): PullDecision {
  return {
    action,
    ...(error === undefined ? {} : { error }),
    ...inForce,
    reason,
    message,
    explanation: EXPLANATIONS[reason],
  };
}

function presentMessage(image: string): string {
  return `Container image ${quote(image)} already present on machine and can be accessed by the pod`;
}

function invalidName(image: string): string | undefined {
  const error = parse(image);
  if (!(error instanceof InvalidReferenceError)) return undefined;
  const shown = quote(error.reference);
  return `Failed to apply default image tag ${shown}: couldn't parse image name ${shown}: ${error.reason}`;
}

function tagOf(image: string): string | undefined {
  const reference = parse(image);
  return reference instanceof InvalidReferenceError ? undefined : reference.tag;
}

function parse(image: string): ImageReference | InvalidReferenceError {
  try {
    return parseImageReference(image);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return error;
    throw error;
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
