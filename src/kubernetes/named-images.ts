// The images that a pod spec names (k8s.io/api v0.37.2, core/v1/types.go). What is absent or empty names none, though an
// API server refuses it in the end: something may yet fill it in.

import { follow, isAbsent, type FieldPath } from './field-path.ts';

/** An image that a pod names. */
export interface NamedImage {
  /** As it is written, with white space around it if it has any. */
  readonly image: string;
  /** `container web`, `init container migrate`, `ephemeral container debug`, `volume model`; without a name `container #2`. */
  readonly part: string;
  /** Where in the object the image stands: `['spec', 'containers', 0, 'image']`. */
  readonly fieldPath: FieldPath;
}

/** A field of the wrong shape. */
export interface PodTemplateProblem {
  readonly fieldPath: FieldPath;
  /** What is wrong with it, as a phrase that goes behind its name: `must be a list`. */
  readonly message: string;
}

/** What a pod spec names. */
export interface FoundImages {
  readonly images: readonly NamedImage[];
  readonly problems: readonly PodTemplateProblem[];
}

export const MUST_BE_OBJECT = 'must be an object';

/** In the order in which they are pulled (v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod). */
const PARTS = [
  { field: 'volumes', noun: 'volume', imagePath: ['image', 'reference'] },
  { field: 'ephemeralContainers', noun: 'ephemeral container', imagePath: ['image'] },
  { field: 'initContainers', noun: 'init container', imagePath: ['image'] },
  { field: 'containers', noun: 'container', imagePath: ['image'] },
] as const;

/** Finds the images of a pod spec that stands at a path. */
export function namedImages(
  spec: Readonly<Record<string, unknown>>,
  specPath: FieldPath,
): FoundImages {
  const images: NamedImage[] = [];
  const problems: PodTemplateProblem[] = [];
  for (const { field, noun, imagePath } of PARTS) {
    const list = spec[field] ?? [];
    const listPath = [...specPath, field];
    if (!Array.isArray(list)) {
      problems.push({ fieldPath: listPath, message: 'must be a list' });
      continue;
    }
    for (const [index, entry] of list.entries()) {
      const image = textAt(entry, imagePath, [...listPath, index]);
      problems.push(...image.problems);
      if (image.text === '') continue;
      const part = `${noun} ${textAt(entry, ['name']).text || `#${index + 1}`}`;
      images.push({ image: image.text, part, fieldPath: image.fieldPath });
    }
  }
  return { images, problems };
}

/** A text in an object; `''`, and perhaps why, where there is none. */
interface TextField {
  readonly text: string;
  readonly fieldPath: FieldPath;
  readonly problems: readonly PodTemplateProblem[];
}

/** Reads a text at a path in an object that stands at a path itself. */
export function textAt(object: unknown, path: FieldPath, objectPath: FieldPath = []): TextField {
  const { value, reached } = follow(object, path);
  const fieldPath = [...objectPath, ...reached];
  if (typeof value === 'string' && reached.length === path.length) {
    return { text: value, fieldPath, problems: [] };
  }
  if (isAbsent(value) && reached.length > 0) return { text: '', fieldPath, problems: [] };
  const message = reached.length < path.length ? MUST_BE_OBJECT : 'must be a string';
  return { text: '', fieldPath, problems: [{ fieldPath, message }] };
}
