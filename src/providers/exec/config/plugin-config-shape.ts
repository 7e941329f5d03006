// The fields that a CredentialProviderConfig has, in each of its versions. Source: k8s.io/kubelet v0.37.2
// config/{v1,v1beta1,v1alpha1}/types.go, and Kubernetes v1.37.2 pkg/kubelet/apis/config/types.go for `__internal`.

import type { ObjectShape, Shape, TextShape } from '../../../go/document/shape.ts';
import { readGoDuration } from '../../../go/duration.ts';

const STRING: Shape = { kind: 'string' };
const STRINGS: Shape = { kind: 'list', of: STRING };

/** The shape of a whole document, by the version of its API. */
export const CONFIG_SHAPES: ReadonlyMap<string, ObjectShape> = new Map([
  ['v1', configShape({ hasTokens: true })],
  ['v1beta1', configShape({ hasTokens: false })],
  ['v1alpha1', configShape({ hasTokens: false })],
  // The kubelet takes its internal types too, whose fields have no names but Go's.
  ['__internal', configShape({ hasTokens: true, rename: goName })],
]);

interface VersionTraits {
  readonly hasTokens: boolean;
  readonly rename?: (name: string) => string;
}

function configShape({ hasTokens, rename = (name) => name }: VersionTraits): ObjectShape {
  const object = (fields: Readonly<Record<string, Shape>>): ObjectShape => ({
    kind: 'object',
    fields: new Map(Object.entries(fields).map(([key, shape]) => [rename(key), { key, shape }])),
  });
  const tokenAttributes = object({
    serviceAccountTokenAudience: STRING,
    cacheType: STRING,
    requireServiceAccount: { kind: 'boolean' },
    requiredServiceAccountAnnotationKeys: STRINGS,
    optionalServiceAccountAnnotationKeys: STRINGS,
  });
  const provider = object({
    name: STRING,
    matchImages: STRINGS,
    defaultCacheDuration: { kind: 'text', read: readDuration },
    apiVersion: STRING,
    args: STRINGS,
    env: { kind: 'list', of: object({ name: STRING, value: STRING }) },
    ...(hasTokens ? { tokenAttributes } : {}),
  });
  const { fields } = object({ providers: { kind: 'list', of: provider } });
  const typeMeta = ['kind', 'apiVersion'].map((key) => [key, { key, shape: STRING }] as const);
  return { kind: 'object', fields: new Map([...typeMeta, ...fields]) };
}

function goName(name: string): string {
  if (name === 'apiVersion') return 'APIVersion';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function readDuration(text: string): ReturnType<TextShape['read']> {
  const nanoseconds = readGoDuration(text);
  return nanoseconds === undefined
    ? { problem: 'not a duration' }
    : { kind: 'duration', nanoseconds };
}
