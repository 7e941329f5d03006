// The kind of an object that does not say it: the API server leaves it out of the items of its lists, and
// @kubernetes/client-node does too.

import { namespaced } from '../credential/describe-source.ts';
import { isRecord } from '../util/is-record.ts';
import { given } from '../util/own.ts';
import { follow, isAbsent, type FieldPath } from './pod/field-path.ts';

/** An object of whatever kind. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

const IN_SPEC: FieldPath = ['spec'];
const IN_TEMPLATE: FieldPath = ['template', 'spec'];
const IN_SPEC_TEMPLATE: FieldPath = ['spec', 'template', 'spec'];
const IN_JOB_TEMPLATE: FieldPath = ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
const PLACES = [IN_SPEC, IN_TEMPLATE, IN_SPEC_TEMPLATE, IN_JOB_TEMPLATE];

/** Where kinds of built-in APIs have their pod's spec. To add a kind: a line. */
export const BUILT_IN: ReadonlyMap<unknown, FieldPath> = new Map([
  ['Pod', IN_SPEC],
  ['PodTemplate', IN_TEMPLATE],
  ['ReplicationController', IN_SPEC_TEMPLATE],
  ['Deployment', IN_SPEC_TEMPLATE],
  ['StatefulSet', IN_SPEC_TEMPLATE],
  ['DaemonSet', IN_SPEC_TEMPLATE],
  ['ReplicaSet', IN_SPEC_TEMPLATE],
  ['Job', IN_SPEC_TEMPLATE],
  ['CronJob', IN_JOB_TEMPLATE],
]);

/** The places in which an object has a pod's spec with containers. */
export function podSpecPlaces(object: KubernetesObject): readonly FieldPath[] {
  return PLACES.filter((path) => {
    // Lists that are called containers and hold none are about other pods' containers.
    const { value } = follow(object, [...path, 'containers']);
    return Array.isArray(value) && value.some(isRecord);
  });
}

/**
 * The kind that an object says, or that its class has, or that it has by its fields where these are unmistakable. One that
 * only makes pods is then a `workload`.
 *
 * @returns `undefined` where nothing tells it.
 */
export function kindOf(object: object): string | undefined {
  const kind = given(object as KubernetesObject, 'kind');
  if (typeof kind === 'string') return kind;
  const found = kindOfClass(object) ?? kindByFields(object as KubernetesObject);
  return found ?? (isAbsent(kind) ? undefined : UNNAMED);
}

/** `V1Secret`, `V2HorizontalPodAutoscaler`, `CoreV1Event`: the classes of @kubernetes/client-node. */
const CLASS = /(?:^|[a-z])V\d+(?:(?:alpha|beta)\d+)?([A-Z]\w*)$/;

function kindOfClass(object: object): string | undefined {
  const { constructor } = object;
  return typeof constructor === 'function' ? CLASS.exec(constructor.name)?.[1] : undefined;
}

/** Fields that no other kind has alone (k8s.io/api v0.37.2, core/v1/types.go). */
const SECRET_FIELDS = new Set(['type', 'data', 'stringData', 'immutable']);
const ACCOUNT_FIELDS = new Set(['imagePullSecrets', 'secrets', 'automountServiceAccountToken']);
const COMMON_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

function kindByFields(object: KubernetesObject): string | undefined {
  const fields = Object.keys(object).filter(
    (name) => !isAbsent(object[name]) && !COMMON_FIELDS.has(name),
  );
  if (fields.length === 0) return undefined;
  if (fields.includes('type') && fields.every((name) => SECRET_FIELDS.has(name))) return 'Secret';
  if (fields.every((name) => ACCOUNT_FIELDS.has(name))) return 'ServiceAccount';
  const [place] = podSpecPlaces(object);
  if (place === undefined) return undefined;
  return place === IN_SPEC ? 'Pod' : 'workload';
}

/**
 * Refuses what is no object, or one whose kind nothing tells: what it has would be passed over without a word.
 *
 * @param place - The function and the argument: `verifyImages: images[2]`.
 * @returns its kind.
 */
export function requireKind(object: unknown, place: string): string {
  if (!isRecord(object)) throw new TypeError(`${place} is not a Kubernetes object`);
  const kind = kindOf(object);
  if (kind !== undefined) return kind;
  throw new TypeError(
    `${place}${shownName(object)} has no kind, and its fields do not tell it. Set kind and apiVersion, or give the list that it is an item of`,
  );
}

/** Of what has a kind that is no name. */
const UNNAMED = 'thing of another kind';

/** Refuses an object that is of another kind than wanted; one whose kind nothing tells is what the caller says. */
export function refuseOtherKind(object: object, wanted: string, subject: string): void {
  const kind = kindOf(object) ?? wanted;
  if (kind === wanted) return;
  throw new TypeError(
    `${subject} must be a ${wanted}, not a ${shownKind(kind)}${shownName(object)}`,
  );
}

function shownKind(kind: string): string {
  return /^[A-Za-z]{1,63}$/.test(kind) ? kind : UNNAMED;
}

/** What is no name may be somebody's secret, and is not shown. */
function shownName(object: object): string {
  const metadata = given(object as KubernetesObject, 'metadata');
  if (!isRecord(metadata)) return '';
  const { name, namespace } = metadata;
  if (!isName(name)) return '';
  return ` (${namespaced({ name, namespace: isName(namespace) ? namespace : undefined })})`;
}

function isName(value: unknown): value is string {
  return /^[a-z\d][-.a-z\d]{0,252}$/.test(String(value));
}
