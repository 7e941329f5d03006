// Secrets that the API server is asked about: every field, of right and wrong types and values.

/** A Secret and what is special about it. */
export interface SecretCase {
  readonly title: string;
  readonly secret: Readonly<Record<string, unknown>>;
}

const CONFIG_TYPE = 'kubernetes.io/dockerconfigjson';
const CFG_TYPE = 'kubernetes.io/dockercfg';
const CONFIG_KEY = '.dockerconfigjson';
/** One of each kind of JSON value. */
const ANY_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  '',
  'x',
  [],
  ['x'],
  {},
  { a: 1 },
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function nested(depth: number, inner = ''): string {
  return '['.repeat(depth) + inner + ']'.repeat(depth);
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
    const shown = String(JSON.stringify(value));
    const title = `${what} ${shown.length > 60 ? `${shown.slice(0, 60)}… (${shown.length})` : shown}`;
    return { title, secret: make(value) };
  });
}

const METADATA_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];
const WRONG_VALUES: readonly unknown[] = [null, true, 5, 'x', [], {}];
/** These decide where a Secret is sent, or are refused when it is stored for good. */
const MISUSED = new Set(['namespace "x"', 'resourceVersion "x"']);

const CONFIGS = [
  '{}',
  'null',
  ' \n{"auths":{}}\t',
  '{"auths":{"r.test":{"auth":"!!!"}}}',
  '{"auths":[]}',
  '{"a":1}{}',
  '{"auths":{}} x',
  'not json',
  '{"auths":',
  '',
  ' ',
  '\ufeff{}',
  '[]',
  '[1e400]',
  '"x"',
  '5',
  'true',
  '{"a":1e400}',
  '{"a":-1e999,"b":2e500}',
  `{"a":${'9'.repeat(400)}}`,
  `{"a":${'9'.repeat(300)}}`,
  '{"a":01}',
  '{"a":1.}',
  '{"a":"\t"}',
  '{"a":"\\x"}',
  '{"a":"\\ud800"}',
  "{'a':1}",
  '{"a":1,}',
  '{"a" 1}',
  '{"a":nul}',
  '{"a":tru',
  '{\u00a0}',
  '{"a":é}',
  '{"a":\u0000}',
  '{"a":\u007f}',
  `{"a":${nested(9_999)}}`,
  `{"a":${nested(10_000)}}`,
  nested(10_001),
  nested(10_000),
  '{"a":'.repeat(10_001),
];

const NAMES = [
  'a',
  'a.b-c.d0',
  'My_Key',
  'a/b',
  '.',
  '..',
  '-a',
  'a-',
  'a..b',
  'é',
  'a b',
  'a".b',
  'x'.repeat(253),
  'x'.repeat(254),
  `${'x'.repeat(253)}Y`,
  'a\n',
];

const DATA_KEYS = [
  'a',
  'A_b.c-d',
  '',
  ' ',
  'a b',
  '.',
  '..',
  '..a',
  '...',
  'a/b',
  'é',
  '"',
  '\\',
  '\u0000',
  '\u2028',
  '😀',
  'x'.repeat(253),
  'x'.repeat(254),
];

const DATA_VALUES: readonly unknown[] = [
  ...ANY_VALUES,
  'not base64!',
  'e30',
  'e30=',
  'e30==',
  'e3=0',
  'e===',
  '====',
  'eyJhIjoi8J-YgCJ9',
  'e3\n0=\r\n',
  ' e30=',
  'e30= ',
  'e31=',
  [1, 2, 255],
  [256],
  [-1],
  [1.5],
  [1, 'a'],
  [null, 1],
  [[]],
  [{}],
  [true],
];

const TIMES = [
  '2020-01-01T00:00:00Z',
  '2020-02-29T23:59:59.123456789+01:00',
  '2020-01-01T00:00:00,5Z',
  '2020-01-01T5:00:00Z',
  '2021-02-29T00:00:00Z',
  '2020-13-01T00:00:00Z',
  '2020-00-01T00:00:00Z',
  '2020-01-00T00:00:00Z',
  '2020-01-32T00:00:00Z',
  '2020-01-01T24:00:00Z',
  '2020-01-01T00:60:00Z',
  '2020-01-01T00:00:60Z',
  '2020-01-01T00:00:00',
  '2020-01-01T00:00:00+25:00',
  '2020-01-01T00:00:00+01:61',
  '2020-01-01T00:00:00+0100',
  '2020-01-01T00:00:00Zx',
  '2020-01-01 00:00:00Z',
  '2020-1-01T00:00:00Z',
  '2020-01-01',
  'gestern',
  'gestern "é" \\',
  '',
];

const LABELS: readonly Record<string, unknown>[] = [
  {},
  { a: 'b' },
  { a: '' },
  { 'example.com/a': 'B_c.d-e' },
  { '': 'x' },
  { '/a': 'x' },
  { 'a/': 'x' },
  { 'a/b/c': 'x' },
  { 'A/b': 'x' },
  { '-a': 'x' },
  { 'a b': 'x' },
  { a: 'b c' },
  { a: '-b' },
  { a: 'é' },
  { a: 'x'.repeat(63) },
  { a: 'x'.repeat(64) },
  { ['x'.repeat(64)]: 'x' },
  { [`${'x'.repeat(254)}/a`]: 'x' },
  { 'a b': 'c d', e: 'f g' },
  { a: 1 },
  { a: true },
  { a: null },
  { a: [] },
  { a: {} },
];

const OWNER = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' };
const OWNERS: readonly unknown[] = [
  [OWNER],
  [{}],
  [null],
  [{ ...OWNER, apiVersion: 'a/b/c' }],
  [{ ...OWNER, apiVersion: 'apps/' }],
  [{ ...OWNER, kind: 'Event' }],
  [{ ...OWNER, kind: 'Event', controller: true, blockOwnerDeletion: false }],
  [
    { ...OWNER, controller: true },
    { ...OWNER, uid: 'v', name: '<q>', controller: true },
  ],
  [{}, {}],
  [{ ...OWNER, controller: 'yes' }],
  [{ ...OWNER, foo: 1 }],
  ['x'],
  [{ ...OWNER, uid: 5 }],
];

const FINALIZERS: readonly unknown[] = [
  ['kubernetes'],
  ['orphan'],
  ['orphan', 'foregroundDeletion'],
  ['example.com/a'],
  ['a'],
  ['b c'],
  [''],
  ['a/b/c'],
  [5],
  [null],
];

const MANAGED: readonly unknown[] = [
  [{}],
  [
    {
      manager: 'x',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': {} },
    },
  ],
  [{ time: 'x' }],
  [{ fieldsV1: 5 }],
  [{ manager: 5 }],
  [{ foo: 1 }],
  [{ operation: true }],
];

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
