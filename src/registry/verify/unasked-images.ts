// Images that no registry is asked about, since no node would ask one.

import { InvalidReferenceError } from '../../errors.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { PodRefusal } from './pod-secrets.ts';
import type { ImageFinding } from './verify-image.ts';
import type { VerifyTarget } from './verify-targets.ts';

/** An image that a registry can be asked about, or why it is not. */
export type Judged = { readonly reference: ImageReference } | { readonly finding: ImageFinding };

/** In the order in which it would fail: at the API server, then at the kubelet (image_manager.go, EnsureImageExists). */
export function judgeUnasked({ image, refusals, isNeverPulled }: VerifyTarget): Judged {
  const reference = referenceOf(image);
  const isInvalid = reference instanceof InvalidReferenceError;
  if (refusals.length > 0) {
    // The error's own text has what looks like a secret taken out.
    const named = isInvalid
      ? { image: reference.reference }
      : { image, registry: reference.registry };
    return { finding: podRefused(named, refusals) };
  }
  if (isInvalid) return { finding: invalidName(reference) };
  if (isNeverPulled) return { finding: neverPulled(image, reference) };
  return { reference };
}

function referenceOf(image: string): ImageReference | InvalidReferenceError {
  try {
    return parseImageReference(image);
  } catch (error) {
    return error as InvalidReferenceError;
  }
}

function podRefused(
  named: Pick<ImageFinding, 'image' | 'registry'>,
  refusals: readonly PodRefusal[],
): ImageFinding {
  const reasons = refusals.map(({ message }) => message).join('; ');
  const hint = refusals.find((refusal) => refusal.hint !== undefined)?.hint;
  return {
    ...named,
    status: 'pod-refused',
    message: `the API server refuses the pod: ${reasons}`,
    hint: hint ?? 'correct the manifest: no node gets such a pod',
    candidates: [],
  };
}

function invalidName({ reference, message }: InvalidReferenceError): ImageFinding {
  return { image: reference, status: 'invalid-name', message, candidates: [] };
}

function neverPulled(image: string, { registry }: ImageReference): ImageFinding {
  return {
    image,
    registry,
    status: 'never-pulled',
    message:
      'its pull policy is Never: it must be on the node already, or the pod fails with ErrImageNeverPull',
    hint: 'load it onto every node that may run the pod, or let the pull policy be IfNotPresent',
    candidates: [],
  };
}
