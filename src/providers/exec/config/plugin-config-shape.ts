// The Go types that a CredentialProviderConfig is decoded into, one set for each version. Source: k8s.io/kubelet v0.37.2
// config/{v1,v1beta1,v1alpha1}/types.go, and Kubernetes v1.37.2 pkg/kubelet/apis/config/types.go for `__internal`.

import type { Field, ObjectShape, Shape, TextShape } from '../../../go/document/shape.ts';
import { readGoDuration } from '../../../go/duration.ts';

const STRING: Shape = { kind: 'string', goType: 'string' };
const STRINGS: Shape = { kind: 'list', goType: '[]string', of: STRING };
const TYPE_META: readonly (readonly [string, Field])[] = [
  ['kind', { key: 'kind', shape: STRING }],
  ['apiVersion', { key: 'apiVersion', shape: STRING }],
];

/** The shape of a whole document, by the version of its API. */
export const CONFIG_SHAPES: ReadonlyMap<string, ObjectShape> = new Map([
  ['v1', configShape('v1', { hasTokens: true })],
  ['v1beta1', configShape('v1beta1', { hasTokens: false })],
  ['v1alpha1', configShape('v1alpha1', { hasTokens: false })],
  // The kubelet takes its internal types too, whose fields have no names but Go's.
  ['__internal', configShape('config', { hasTokens: true, rename: goName })],
]);

interface VersionTraits {
  readonly hasTokens: boolean;
  readonly rename?: (name: string) => string;
}

function configShape(goPackage: string, { hasTokens, rename = same }: VersionTraits): ObjectShape {
  const object = (structName: string, fields: Readonly<Record<string, Shape>>): ObjectShape => ({
    kind: 'object',
    goType: `${goPackage}.${structName}`,
    structName,
    fields: new Map(
      Object.entries(fields).map(([key, shape]) => [rename(key), { key, shape }] as const),
    ),
  });
  const tokenAttributes = object('ServiceAccountTokenAttributes', {
    serviceAccountTokenAudience: STRING,
    cacheType: { kind: 'string', goType: `${goPackage}.ServiceAccountTokenCacheType` },
    requireServiceAccount: { kind: 'boolean', goType: 'bool' },
    requiredServiceAccountAnnotationKeys: STRINGS,
    optionalServiceAccountAnnotationKeys: STRINGS,
  });
  const provider = object('CredentialProvider', {
    name: STRING,
    matchImages: STRINGS,
    defaultCacheDuration: { kind: 'text', goType: 'string', read: readDuration },
    apiVersion: STRING,
    args: STRINGS,
    env: listOf(object('ExecEnvVar', { name: STRING, value: STRING })),
    ...(hasTokens ? { tokenAttributes } : {}),
  });
  const config = object('CredentialProviderConfig', { providers: listOf(provider) });
  return { ...config, fields: new Map([...TYPE_META, ...config.fields]) };
}

function listOf(of: ObjectShape): Shape {
  return { kind: 'list', goType: `[]${of.goType}`, of };
}

function same(name: string): string {
  return name;
}

function goName(name: string): string {
  if (name === 'apiVersion') return 'APIVersion';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function readDuration(text: string): ReturnType<TextShape['read']> {
  const reading = readGoDuration(text);
  if (reading.nanoseconds === undefined) return reading;
  return { kind: 'duration', nanoseconds: reading.nanoseconds };
}
