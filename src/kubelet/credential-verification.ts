import { refuseUnknown } from '../util/option-checks.ts';
import { shownReference } from '../util/redaction/shown-url.ts';
import { scanReference } from '../reference/scan-reference.ts';

/** The kubelet's `imagePullCredentialsVerificationPolicy`. */
export type CredentialVerificationPolicy =
  'NeverVerify' | 'NeverVerifyPreloadedImages' | 'NeverVerifyAllowlistedImages' | 'AlwaysVerify';

/** What {@link requiresCredentialVerification} decides on. */
export interface VerificationQuestion {
  /**
   * The kubelet's `imagePullCredentialsVerificationPolicy`.
   *
   * @defaultValue `NeverVerifyPreloadedImages`
   */
  readonly policy?: CredentialVerificationPolicy | undefined;
  /** The kubelet's `preloadedImagesVerificationAllowlist`; only for `NeverVerifyAllowlistedImages`. */
  readonly allowlist?: readonly string[] | undefined;
  /** The image as the container names it. */
  readonly image: string;
  /** Whether the kubelet pulled the image (and not, say, whoever prepared the node's disk). */
  readonly pulledByKubelet: boolean;
}

/**
 * Whether a pod must show that it may use an image that is already on the node.
 *
 * Follows Kubernetes v1.37.2, `pkg/kubelet/images/pullmanager/image_pull_policies.go`. An allowlist pattern is an image
 * name without tag or digest, or a prefix that ends in `/*`. Names are compared as they are written: `nginx` and
 * `docker.io/library/nginx` are two names here.
 *
 * @param question - The node's policy, and the image.
 * @returns `true` when the kubelet compares the pod's credentials with those of earlier pulls.
 * @throws TypeError when the policy or an allowlist pattern is one that the kubelet refuses.
 * @example
 * ```ts
 * requiresCredentialVerification({
 *   policy: 'NeverVerifyAllowlistedImages',
 *   allowlist: ['registry.k8s.io/*'],
 *   image: 'registry.k8s.io/pause:3.10',
 *   pulledByKubelet: true,
 * }); // → false
 * ```
 */
export function requiresCredentialVerification(question: VerificationQuestion): boolean {
  const {
    policy = 'NeverVerifyPreloadedImages',
    allowlist = [],
    image,
    pulledByKubelet,
  } = refuseUnknown('requiresCredentialVerification', question, {
    policy: true,
    allowlist: true,
    image: true,
    pulledByKubelet: true,
  });
  switch (policy) {
    case 'NeverVerify':
    case 'NeverVerifyPreloadedImages':
    case 'AlwaysVerify':
      refuseAllowlist(policy, allowlist);
      return policy === 'AlwaysVerify' || (policy !== 'NeverVerify' && pulledByKubelet);
    case 'NeverVerifyAllowlistedImages':
      return !isAllowlisted(allowlist.map(parsePattern), image);
    default:
      throw new TypeError(
        `unknown image pull credential verification policy: ${String(policy satisfies never)}`,
      );
  }
}

/** The kubelet doesn't start with such a configuration: `pkg/kubelet/apis/config/validation/validation.go`. */
function refuseAllowlist(policy: string, allowlist: readonly string[]): void {
  if (allowlist.length === 0) return;
  throw new TypeError(
    `the allowlist can be set only with the policy NeverVerifyAllowlistedImages, not with ${policy}`,
  );
}

interface AllowlistPattern {
  readonly text: string;
  readonly isPrefix: boolean;
}

function isAllowlisted(patterns: readonly AllowlistPattern[], image: string): boolean {
  const scanned = scanReference(image);
  const name = typeof scanned === 'string' ? image : scanned.name;
  return patterns.some(({ text, isPrefix }) => (isPrefix ? name.startsWith(text) : name === text));
}

function parsePattern(pattern: string): AllowlistPattern {
  const isPrefix = pattern.endsWith('/*');
  const text = isPrefix ? pattern.slice(0, -1) : pattern;
  const refusal =
    patternRefusal(pattern, text) ?? (isPrefix ? prefixRefusal(text) : nameRefusal(text));
  if (refusal !== undefined) throw new TypeError(`invalid allowlist pattern: ${refusal}`);
  return { text, isPrefix };
}

// unicode.IsSpace of Go: JavaScript's \s has U+FEFF in addition and lacks U+0085.
const OUTER_SPACE = /^[^\S\uFEFF]|^\u0085|[^\S\uFEFF]$|\u0085$/;

function patternRefusal(pattern: string, text: string): string | undefined {
  const shown = shownReference(pattern);
  if (OUTER_SPACE.test(pattern)) return `leading/trailing spaces are not allowed: ${shown}`;
  if (text === '') return `the supplied pattern is too short: ${shown}`;
  if (!text.includes('*')) return undefined;
  return `not a valid wildcard pattern, only patterns ending with '/*' are allowed: ${shown}`;
}

function prefixRefusal(prefix: string): string | undefined {
  return prefix.length === 1 ? 'at least registry hostname is required' : undefined;
}

function nameRefusal(text: string): string | undefined {
  // The grammar itself, as distribution/reference's Parse: a short name isn't completed with docker.io/library/.
  const scanned = scanReference(text);
  if (typeof scanned === 'string') return `failed to parse as an image name: ${scanned}`;
  if (scanned.name === text) return undefined;
  return `neither tag nor digest is accepted in an image reference: ${shownReference(text)}`;
}
