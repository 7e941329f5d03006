// The pods that Kubernetes objects make, and the images that these name (field names: k8s.io/api v0.37.2,
// core/v1/types.go). Kinds of built-in APIs are in ../object-kind.ts, and those of other APIs are known by their shape.

import { isRecord } from '../../util/is-record.ts';
import { follow, isAbsent, type FieldPath } from './field-path.ts';
import { listItems } from './list-items.ts';
import { refused, type PodTemplateProblem } from './image-refusals.ts';
import {
  misshapen,
  MUST_BE_OBJECT,
  namedImages,
  REQUIRED,
  textAt,
  type FoundImages,
  type NamedImage,
} from './named-images.ts';
import { BUILT_IN, podSpecPlaces, requireKind, type KubernetesObject } from '../object-kind.ts';
import type { PodLike } from '../pull-secret.ts';

/** A pod that an object is or makes. */
export interface PodTemplate {
  /** The object's kind: `Deployment`. One that does not say it is a `Pod` or, where it only makes pods, a `workload`. */
  readonly kind: string;
  /** The object's namespace; its pods' is always the same. */
  readonly namespace: string | undefined;
  /** The object's name, or the beginning that it gives to a generated one, or `''`. */
  readonly name: string;
  /** The pod, as far as its pull secrets go, for `resolvePullSecrets`. Its spec is the object's, unchecked. */
  readonly pod: PodLike;
  /**
   * Every image that the pod names, as often as it does, in the order in which they are pulled: of volumes, ephemeral
   * containers, init containers, containers. A part without one is left out.
   */
  readonly images: readonly NamedImage[];
  /**
   * What has the wrong shape, and so may hide an image; and what else about the images the API server refuses, which has
   * `rejectedBy`. It is judged as `kubectl apply` sends it: a webhook of the cluster may yet change it.
   */
  readonly problems: readonly PodTemplateProblem[];
  /** The object itself; an item, where a list was given. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** `v1`, `apps/v1`, or left out; other APIs have kinds of these names too, such as Volcano's Job. */
const BUILT_IN_API = /^(?:(?:(?:apps|batch|extensions)\/)?v\d[a-z\d]*)?$/;

/**
 * Finds the pods that Kubernetes objects are or make, and the images that they name: of the built-in workloads, and of
 * any other kind with a pod spec in the same place, such as Argo's Rollout and Knative's Service.
 *
 * @param objects - Objects of any kind, and lists of them, of `parseManifests` or of a client.
 * @returns The pods in the order of the objects. What has the wrong shape is told in `problems`.
 * @throws TypeError for what is no object, and for an object without a kind whose class and fields do not tell it. Items of
 * the API server's lists have none; Secrets, ServiceAccounts, pods and what makes pods are told by their fields.
 * @example
 * ```ts
 * const pods = podTemplates(await parseManifests(text));
 * pods[0]?.images[0]?.part; // → 'container web'
 * ```
 */
export function podTemplates(objects: readonly object[]): readonly PodTemplate[] {
  return templatesIn(objects, 'podTemplates: objects');
}

function templatesIn(objects: readonly unknown[], place: string): PodTemplate[] {
  return objects.flatMap((object, index) => {
    const where = `${place}[${index}]`;
    const items = listItems(object);
    if (items !== undefined) return templatesIn(items, `${where}.items`);
    return templatesOf(object as KubernetesObject, requireKind(object, where));
  });
}

/** The pods of an object that is no list. */
export function templatesOf(object: KubernetesObject, kind: string): PodTemplate[] {
  const isBuiltInApi = BUILT_IN_API.test(textAt(object, ['apiVersion']).text);
  const place = isBuiltInApi ? BUILT_IN.get(kind) : undefined;
  if (place !== undefined) return [templateAt({ object, kind, path: place, isBuiltIn: true })];
  return podSpecPlaces(object).map((path) => templateAt({ object, kind, path, isBuiltIn: false }));
}

/** Where an object has its pod. */
interface TemplatePlace {
  readonly object: KubernetesObject;
  readonly kind: string;
  readonly path: FieldPath;
  readonly isBuiltIn: boolean;
}

function templateAt({ object, kind, path, isBuiltIn }: TemplatePlace): PodTemplate {
  const name = textAt(object, ['metadata', 'name']).text;
  const namespace = textAt(object, ['metadata', 'namespace']);
  const spec = follow(object, path).value;
  const { images, problems } = isRecord(spec) ? namedImages({ spec, path, isBuiltIn }) : NOTHING;
  const metadata = {
    name,
    namespace: namespace.text || undefined,
    // Those of a workload say nothing of its pods.
    annotations: kind === 'Pod' ? follow(object, ['metadata', 'annotations']).value : undefined,
  };
  return {
    kind,
    namespace: metadata.namespace,
    name: name || textAt(object, ['metadata', 'generateName']).text,
    pod: { metadata, spec } as PodLike,
    images,
    problems: [
      ...namespace.problems.map((one) => misshapen(one.fieldPath, one.message, isBuiltIn)),
      ...(isBuiltIn ? containerRefusals(object, path) : []),
      ...problems,
    ],
    object,
  };
}

const NOTHING: FoundImages = { images: [], problems: [] };

/** Of all lists only this must be there, and those of ephemeral containers only in pods. */
function containerRefusals(object: KubernetesObject, path: FieldPath): PodTemplateProblem[] {
  const containersPath = [...path, 'containers'];
  const { value, reached } = follow(object, containersPath);
  if (isAbsent(value)) return [refused(containersPath, REQUIRED)];
  if (reached.length < containersPath.length) return [refused(reached, MUST_BE_OBJECT)];
  const ephemeralPath = [...path, 'ephemeralContainers'];
  const isInTemplate =
    path !== BUILT_IN.get('Pod') && isFilledList(follow(object, ephemeralPath).value);
  const isEmpty = Array.isArray(value) && value.length === 0;
  return [
    ...(isEmpty ? [refused(containersPath, REQUIRED)] : []),
    ...(isInTemplate ? [refused(ephemeralPath, NOT_IN_TEMPLATES)] : []),
  ];
}

const NOT_IN_TEMPLATES = 'Forbidden: ephemeral containers not allowed in pod template';

function isFilledList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
