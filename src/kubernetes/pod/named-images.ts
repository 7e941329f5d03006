// The images that a pod spec names (k8s.io/api v0.37.2, core/v1/types.go).

import { isRecord } from '../../util/is-record.ts';
import type { PullPolicy } from '../../kubelet/pull-policy.ts';
import { follow, isAbsent, type FieldPath } from './field-path.ts';
import {
  imageRefusals,
  isPullPolicy,
  policyRefusals,
  refused,
  type PodTemplateProblem,
} from './image-refusals.ts';

/** An image that a pod names. */
export interface NamedImage {
  /** As it is written, with white space around it if it has any. */
  readonly image: string;
  /** `container web`, `init container migrate`, `ephemeral container debug`, `volume model`; without a name `container #2`. */
  readonly part: string;
  /** Where in the object the image stands: `['spec', 'containers', 0, 'image']`. */
  readonly fieldPath: FieldPath;
  /** The pull policy that stands beside it, where there is one. */
  readonly pullPolicy?: PullPolicy;
}

/** What a pod spec names. */
export interface FoundImages {
  readonly images: readonly NamedImage[];
  readonly problems: readonly PodTemplateProblem[];
}

/** A pod spec, and where it stands in its object. */
export interface PlacedSpec {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly path: FieldPath;
  /** Whether its object is of a built-in API, so that the API server knows the spec's schema. */
  readonly isBuiltIn: boolean;
}

export const MUST_BE_OBJECT = 'must be an object';
export const REQUIRED = 'Required value';

interface Part {
  readonly field: string;
  readonly noun: string;
  readonly imagePath: FieldPath;
  readonly policyPath: FieldPath;
}

const OF_CONTAINER = { imagePath: ['image'], policyPath: ['imagePullPolicy'] };
const OF_VOLUME = { imagePath: ['image', 'reference'], policyPath: ['image', 'pullPolicy'] };

/** In the order in which they are pulled (v1.37.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod). */
const PARTS: readonly Part[] = [
  { field: 'volumes', noun: 'volume', ...OF_VOLUME },
  { field: 'ephemeralContainers', noun: 'ephemeral container', ...OF_CONTAINER },
  { field: 'initContainers', noun: 'init container', ...OF_CONTAINER },
  { field: 'containers', noun: 'container', ...OF_CONTAINER },
];

/** Finds the images of a pod spec. */
export function namedImages(placed: PlacedSpec): FoundImages {
  const found = PARTS.map((part) => readPart(placed, part));
  return {
    images: found.flatMap(({ images }) => images),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function readPart({ spec, path, isBuiltIn }: PlacedSpec, part: Part): FoundImages {
  const list = spec[part.field] ?? [];
  const listPath = [...path, part.field];
  if (!Array.isArray(list)) {
    return { images: [], problems: [misshapen(listPath, 'must be a list', isBuiltIn)] };
  }
  const found = list.map((entry: unknown, index) => {
    // For Go, null is an entry without anything.
    const object: unknown = isBuiltIn ? (entry ?? {}) : entry;
    return readEntry(object, { part, entryPath: [...listPath, index], isBuiltIn });
  });
  return {
    images: found.flatMap(({ images }) => images),
    problems: found.flatMap(({ problems }) => problems),
  };
}

interface Place {
  readonly part: Part;
  readonly entryPath: FieldPath;
  readonly isBuiltIn: boolean;
}

function readEntry(entry: unknown, { part, entryPath, isBuiltIn }: Place): FoundImages {
  const { noun, imagePath, policyPath } = part;
  const image = textAt(entry, imagePath, entryPath);
  const policy = textAt(entry, policyPath, entryPath);
  const name = textAt(entry, ['name'], entryPath);
  const problems = [
    ...firstMisshapen(
      [image, policy, name].flatMap((one) => one.problems),
      isBuiltIn,
    ),
    ...(noun === 'volume' ? [] : imageRefusals(image.text, image.fieldPath)),
    ...policyRefusals(policy.text, policy.fieldPath),
  ];
  if (image.text === '') {
    const isRequired = isBuiltIn && image.problems.length === 0 && mustHaveImage(entry, noun);
    const missing = isRequired ? [refused([...entryPath, ...imagePath], REQUIRED)] : [];
    return { images: [], problems: [...missing, ...problems] };
  }
  const shownName = name.text || `#${Number(entryPath.at(-1)) + 1}`;
  const named = { image: image.text, part: `${noun} ${shownName}`, fieldPath: image.fieldPath };
  const images = [isPullPolicy(policy.text) ? { ...named, pullPolicy: policy.text } : named];
  return { images, problems };
}

/** Most volumes are of another kind. In objects of other APIs, something may yet fill the image in. */
function mustHaveImage(entry: unknown, noun: string): boolean {
  return noun !== 'volume' || isRecord(follow(entry, ['image']).value);
}

/** Of a built-in API, an object with a field of a wrong type is not even decoded. */
function misshapen(fieldPath: FieldPath, message: string, isBuiltIn: boolean): PodTemplateProblem {
  return isBuiltIn ? refused(fieldPath, message) : { fieldPath, message };
}

/** What is wrong with the first of some fields that are of a wrong type: decoding ends there. */
export function firstMisshapen(
  problems: readonly PodTemplateProblem[],
  isBuiltIn: boolean,
): PodTemplateProblem[] {
  return problems
    .slice(0, 1)
    .map(({ fieldPath, message }) => misshapen(fieldPath, message, isBuiltIn));
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
