// Secrets that the API server is asked about: every field, of right and wrong types and values.

import {
  ANY_VALUES,
  CONFIGS,
  DATA_KEYS,
  DATA_VALUES,
  FINALIZERS,
  LABELS,
  MANAGED,
  METADATA_FIELDS,
  MISUSED,
  NAMES,
  OWNERS,
  TIMES,
  WRONG_VALUES,
  nested,
} from './secret-values.ts';

/** A Secret and what is special about it. */
export interface SecretCase {
  readonly title: string;
  readonly secret: Readonly<Record<string, unknown>>;
}

const CONFIG_TYPE = 'kubernetes.io/dockerconfigjson';
const CFG_TYPE = 'kubernetes.io/dockercfg';
const CONFIG_KEY = '.dockerconfigjson';
function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function secret(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'case' }, ...fields };
}

function withMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return secret({ metadata: { name: 'case', ...metadata } });
}

function withConfig(config: string, type = CONFIG_TYPE): Record<string, unknown> {
  const key = type === CONFIG_TYPE ? CONFIG_KEY : '.dockercfg';
  return secret({ type, data: { [key]: base64(config) } });
}

function each<T>(
  what: string,
  values: readonly T[],
  make: (value: T) => Record<string, unknown>,
): SecretCase[] {
  return values.map((value) => {
    const shown = JSON.stringify(value);
    const title = `${what} ${shown.length > 60 ? `${shown.slice(0, 60)}… (${shown.length})` : shown}`;
    return { title, secret: make(value) };
  });
}

/** All of them. */
export const SECRET_CASES: readonly SecretCase[] = [
  ...each('the configuration', CONFIGS, (config) => withConfig(config)),
  ...each('the .dockercfg', ['{}', '[]', 'nope', ''], (config) => withConfig(config, CFG_TYPE)),
  ...each('the configuration as text', ['{}', '', 'x'], (config) =>
    secret({ type: CONFIG_TYPE, stringData: { [CONFIG_KEY]: config } }),
  ),
  ...each('data', ANY_VALUES, (data) => secret({ data })),
  ...each('stringData', ANY_VALUES, (stringData) => secret({ stringData })),
  ...each('a value of data', DATA_VALUES, (value) => secret({ data: { k: value } })),
  ...each('a value of stringData', ANY_VALUES, (value) => secret({ stringData: { k: value } })),
  ...each('a key of data', DATA_KEYS, (key) => secret({ data: { [key]: '' } })),
  ...each('keys', [DATA_KEYS], (keys) =>
    secret({ data: Object.fromEntries(keys.map((key) => [key, ''])) }),
  ),
  ...each('a key that both have', ['x'], (text) =>
    secret({
      type: CONFIG_TYPE,
      data: { [CONFIG_KEY]: 'e30=' },
      stringData: { [CONFIG_KEY]: text },
    }),
  ),
  ...each(
    'two bad values',
    [
      { z: 1, a: true },
      { z: '!', a: [], b: '?' },
      { b: true, B: 1 },
    ],
    (data) => secret({ data }),
  ),
  ...each(
    'the type',
    [...ANY_VALUES, CONFIG_TYPE, CFG_TYPE, 'kubernetes.io/dockerconfig'],
    (type) => secret({ type }),
  ),
  ...each(
    'the other type',
    [
      'Opaque',
      'kubernetes.io/tls',
      'kubernetes.io/basic-auth',
      'kubernetes.io/ssh-auth',
      'kubernetes.io/service-account-token',
      'bootstrap.kubernetes.io/token',
    ],
    (type) => secret({ type }),
  ),
  ...each(
    'the other type, with keys',
    ['kubernetes.io/tls', 'kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth'],
    (type) => secret({ type, data: { 'tls.crt': '', username: '', 'ssh-privatekey': '' } }),
  ),
  {
    title: 'a service account token of an account',
    secret: {
      ...withMetadata({ annotations: { 'kubernetes.io/service-account.name': 'a' } }),
      type: 'kubernetes.io/service-account-token',
    },
  },
  ...each('immutable', ANY_VALUES, (immutable) => secret({ immutable })),
  ...each('metadata', ANY_VALUES, (metadata) => secret({ metadata })),
  ...each('a name', NAMES, (name) => secret({ metadata: { name } })),
  ...each('generateName', NAMES.concat('a.', 'A-'), (generateName) =>
    secret({ metadata: { generateName } }),
  ),
  ...METADATA_FIELDS.flatMap((field) =>
    each(`metadata.${field}`, WRONG_VALUES, (value) => withMetadata({ [field]: value })),
  ).filter(({ title }) => !MISUSED.has(title.replace('metadata.', ''))),
  ...each('generation', [-1, 1.5, 2 ** 53, 1e19, '5'], (generation) =>
    withMetadata({ generation }),
  ),
  ...each('creationTimestamp', TIMES, (creationTimestamp) => withMetadata({ creationTimestamp })),
  ...each('labels', LABELS, (labels) => withMetadata({ labels })),
  ...each('annotations', LABELS, (annotations) => withMetadata({ annotations })),
  ...each('annotations of capitals', [{ 'A/B': 'x', 'EXAMPLE.com/A': 'y' }], (annotations) =>
    withMetadata({ annotations }),
  ),
  ...each('ownerReferences', OWNERS, (ownerReferences) => withMetadata({ ownerReferences })),
  ...each('finalizers', FINALIZERS, (finalizers) => withMetadata({ finalizers })),
  ...each('managedFields', MANAGED, (managedFields) => withMetadata({ managedFields })),
  ...each(
    'unknown fields',
    [
      { foo: 1 },
      { foo: 1, bar: [] },
      { Data: {}, Type: 'x' },
      { spec: { a: { b: 1 } } },
      { 'a"b': 1, 'é\n': 2 },
      { '': 1 },
      Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`f${index}`, index])),
      { foo: 1, immutable: 'x' },
      { foo: 1, data: { 'a b': '' } },
      { status: null },
    ],
    (fields) => secret(fields),
  ),
  ...each('unknown fields of metadata', [{ Labels: {} }, { clusterName: 'x', foo: 1 }], (fields) =>
    withMetadata(fields),
  ),
  ...each('wrong in several fields', ['x'], (creationTimestamp) =>
    secret({
      data: { a: 1 },
      immutable: 'x',
      metadata: { name: 5, creationTimestamp },
      type: [],
    }),
  ),
  ...each('wrong in several values', ['A'], (name) =>
    secret({
      metadata: { name, labels: { 'a b': 'c d' }, annotations: { 'e f': '' }, generateName: 'B_' },
      data: { 'g h': '' },
      type: CONFIG_TYPE,
    }),
  ),
  ...each(
    'apiVersion',
    [null, '', 'v1', 'v2', 'v1beta1', '/', '/v1', 'apps/v1', 'a/b/c', 'apps/', 5, []],
    (apiVersion) => secret({ apiVersion }),
  ),
  ...each('kind', [null, ''], (kind) => secret({ kind })),
  { title: 'nothing', secret: {} },
  { title: 'the size of data', secret: secret({ data: { k: base64('x'.repeat(1_048_576)) } }) },
  { title: 'data too large', secret: secret({ data: { k: base64('x'.repeat(1_048_577)) } }) },
  {
    title: 'data too large in all',
    secret: secret({ stringData: { a: 'x'.repeat(600_000), b: 'x'.repeat(600_000) } }),
  },
  { title: 'a request too large', secret: secret({ data: { k: 'A'.repeat(3_145_728) } }) },
  {
    title: 'annotations too large',
    secret: withMetadata({ annotations: { a: 'x'.repeat(262_144) } }),
  },
  {
    title: 'data too deep',
    secret: secret({ data: { k: JSON.parse(nested(10_000)) as unknown } }),
  },
  {
    title: 'an unknown field, deep',
    secret: secret({ foo: JSON.parse(nested(9_999)) as unknown }),
  },
  {
    title: 'an unknown field too deep',
    secret: secret({ foo: JSON.parse(nested(10_000)) as unknown }),
  },
];
