// The Go types that the API server decodes a Secret into. Source: k8s.io/api v0.37.2 core/v1/types.go and
// k8s.io/apimachinery v0.37.2 pkg/apis/meta/v1/types.go.

import { TIME_SHAPE } from '../../go/time.ts';
import type { ObjectShape, Shape } from '../../go/document/shape.ts';

const STRING: Shape = { kind: 'string', goType: 'string' };
const UID: Shape = { kind: 'string', goType: 'types.UID' };
const BOOLEAN: Shape = { kind: 'boolean', goType: 'bool' };
const INT64: Shape = { kind: 'integer', goType: 'int64' };
const STRING_MAP: Shape = { kind: 'map', goType: 'map[string]string', of: STRING };

function object(structName: string, fields: Readonly<Record<string, Shape>>): ObjectShape {
  return {
    kind: 'object',
    goType: `v1.${structName}`,
    structName,
    fields: new Map(Object.entries(fields).map(([key, shape]) => [key, { key, shape }] as const)),
  };
}

function list(of: ObjectShape): Shape {
  return { kind: 'list', goType: `[]${of.goType}`, of };
}

const OWNER_REFERENCE = object('OwnerReference', {
  apiVersion: STRING,
  kind: STRING,
  name: STRING,
  uid: UID,
  controller: BOOLEAN,
  blockOwnerDeletion: BOOLEAN,
});

const MANAGED_FIELDS_ENTRY = object('ManagedFieldsEntry', {
  manager: STRING,
  operation: { kind: 'string', goType: 'v1.ManagedFieldsOperationType' },
  apiVersion: STRING,
  time: TIME_SHAPE,
  fieldsType: STRING,
  fieldsV1: { kind: 'any', goType: 'v1.FieldsV1' },
  subresource: STRING,
});

const OBJECT_META = object('ObjectMeta', {
  name: STRING,
  generateName: STRING,
  namespace: STRING,
  selfLink: STRING,
  uid: UID,
  resourceVersion: STRING,
  generation: INT64,
  creationTimestamp: TIME_SHAPE,
  deletionTimestamp: TIME_SHAPE,
  deletionGracePeriodSeconds: INT64,
  labels: STRING_MAP,
  annotations: STRING_MAP,
  ownerReferences: list(OWNER_REFERENCE),
  finalizers: { kind: 'list', goType: '[]string', of: STRING },
  managedFields: list(MANAGED_FIELDS_ENTRY),
});

/** The shape of a Secret of version v1. */
export const SECRET_SHAPE: ObjectShape = object('Secret', {
  kind: STRING,
  apiVersion: STRING,
  metadata: OBJECT_META,
  immutable: BOOLEAN,
  data: {
    kind: 'map',
    goType: 'map[string][]uint8',
    of: { kind: 'bytes', goType: '[]uint8' },
  },
  stringData: STRING_MAP,
  type: { kind: 'string', goType: 'v1.SecretType' },
});

/** Deeper in a Secret, nothing is looked at. */
export const SECRET_DEPTH = 6;
