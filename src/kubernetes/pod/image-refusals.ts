// For which images the API server refuses a pod, in its words (Kubernetes v1.37.2, pkg/apis/core/validation/validation.go).

import { goQuote } from '../../go/quote.ts';
import { InvalidReferenceError } from '../../errors.ts';
import type { PullPolicy } from '../../kubelet/pull-policy.ts';
import type { FieldPath } from './field-path.ts';

/** A field of a pod that is wrong. */
export interface PodTemplateProblem {
  readonly fieldPath: FieldPath;
  /** What is wrong with it. From the API server this is its own wording: `Required value`. */
  readonly message: string;
  /** Set where the API server refuses the object, or the pods that it makes. */
  readonly rejectedBy?: 'api-server';
}

const POLICIES: ReadonlySet<string> = new Set(['Always', 'IfNotPresent', 'Never']);
const SUPPORTED = [...POLICIES].map(goQuote).join(', ');

/** What the API server refuses an object or its pods for. */
export function refused(fieldPath: FieldPath, message: string): PodTemplateProblem {
  return { fieldPath, message, rejectedBy: 'api-server' };
}

/** validateContainerOnlyForPod: templates are stored with such an image, and the pods that they make are not. */
export function imageRefusals(image: string, fieldPath: FieldPath): PodTemplateProblem[] {
  // What strings.TrimSpace takes for white space; JavaScript's trim has another list.
  if (!/^\p{White_Space}|\p{White_Space}$/u.test(image)) return [];
  // The error's own text has what looks like a secret taken out.
  const { reference } = new InvalidReferenceError(image, '');
  const message = `Invalid value: ${goQuote(reference)}: must not have leading or trailing whitespace`;
  return [refused(fieldPath, message)];
}

/** Whether it is one of the three. */
export function isPullPolicy(text: string): text is PullPolicy {
  return POLICIES.has(text);
}

/** validatePullPolicy: without one, the API server writes its default. */
export function policyRefusals(policy: string, fieldPath: FieldPath): PodTemplateProblem[] {
  if (policy === '' || isPullPolicy(policy)) return [];
  // Anything longer is no misspelt policy, and may be what nobody should see.
  const shown = /^[A-Za-z]{1,16}$/.test(policy) ? `: ${goQuote(policy)}` : '';
  return [refused(fieldPath, `Unsupported value${shown}: supported values: ${SUPPORTED}`)];
}
