import { describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kindOf } from '../../../src/kubernetes/object-kind.ts';
import { podTemplates, resolvePullSecrets } from '../../../src/kubernetes/index.ts';
import { fakeCluster } from '../registry/verify/fake-cluster.ts';

const IMAGE = 'r.test/web:1';
const template = { spec: { containers: [{ name: 'web', image: IMAGE }] } };
const auths = { 'r.test': { username: 'u', password: 'p' } };
const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') };
const metadata = { name: 'web', namespace: 'shop' };

/** Items of the API server's lists, as its JSON has them, with the client's name of their class. */
const ITEMS: readonly (readonly [string, string, object])[] = [
  [
    'Pod',
    'V1Pod',
    {
      metadata,
      spec: { ...template.spec, serviceAccountName: 'puller' },
      status: { phase: 'Pending' },
    },
  ],
  [
    'Secret',
    'V1Secret',
    { metadata: { ...metadata, name: 'regcred' }, type: 'kubernetes.io/dockerconfigjson', data },
  ],
  [
    'ServiceAccount',
    'V1ServiceAccount',
    { metadata: { ...metadata, name: 'puller' }, imagePullSecrets: [{ name: 'regcred' }] },
  ],
  [
    'ServiceAccount',
    'V1ServiceAccount',
    { metadata, secrets: [{ name: 'token' }], automountServiceAccountToken: false },
  ],
  ['Secret', 'V1Secret', { metadata, type: 'Opaque' }],
  ['Deployment', 'V1Deployment', { metadata, spec: { replicas: 1, template } }],
  [
    'CronJob',
    'V1CronJob',
    { metadata, spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } },
  ],
  ['PodTemplate', 'V1PodTemplate', { metadata, template }],
];
/** Those whose fields do not tell the kind; of the client, the class does. */
const OTHERS: readonly (readonly [string, string, object])[] = [
  ['ConfigMap', 'V1ConfigMap', { metadata, data: { type: 'x' } }],
  ['ConfigMap', 'V1ConfigMap', { metadata, data: {}, immutable: true }],
  ['ServiceAccount', 'V1ServiceAccount', { metadata }],
  ['Namespace', 'V1Namespace', { metadata: { name: 'shop' } }],
  ['Event', 'CoreV1Event', { metadata, involvedObject: {}, type: 'Warning', reason: 'Failed' }],
  ['Service', 'V1Service', { metadata, spec: { type: 'ClusterIP', ports: [] } }],
  ['Deployment', 'V1Deployment', { metadata, spec: {} }],
];
/** What the fields of a workload tell. */
const shown = (kind: string): string =>
  ['Pod', 'Secret', 'ServiceAccount'].includes(kind) ? kind : 'workload';

type Deserialize = (data: unknown, type: string, format: string) => object;

/** The client's own way from JSON to objects. The module is one file of it that needs no newer Node.js. */
async function serializerOf(name: string): Promise<Deserialize> {
  const home = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const file = pathToFileURL(join(home, 'dist/gen/models/ObjectSerializer.js')).href;
  const { ObjectSerializer } = (await import(file)) as {
    ObjectSerializer: { deserialize: Deserialize };
  };
  return (...args) => ObjectSerializer.deserialize(...args);
}

describe('The kind of an item of a list', () => {
  test.each(ITEMS)('is told by the fields of a %s', (kind, _class, item) => {
    expect(kindOf(item)).toBe(shown(kind));
  });

  test.each(OTHERS)('is not told by those of a %s', (_kind, _class, item) => {
    expect(kindOf(item)).toBeUndefined();
  });

  test.each(['@kubernetes/client-node', 'client-node-1'])(
    'is told by classes of %s',
    async (name) => {
      const deserialize = await serializerOf(name);
      for (const [kind, className, item] of [...ITEMS, ...OTHERS]) {
        const object = deserialize(item, className, '');
        expect(object).not.toHaveProperty('kind', kind);
        expect([className, kindOf(object)]).toEqual([className, kind]);
      }
    },
  );
});

test.each(['@kubernetes/client-node', 'client-node-1'])(
  'Secrets and ServiceAccounts among the items of lists of %s count',
  async (name) => {
    const deserialize = await serializerOf(name);
    const items = ITEMS.slice(0, 3).map(([, className, item]) => deserialize(item, className, ''));
    const world = fakeCluster({ 'r.test': { users: { u: 'p' } } });
    const report = await world.verify(items);
    expect(report).toMatchObject({
      ok: true,
      images: [{ image: IMAGE, status: 'pullable' }],
      warnings: [],
    });
    const [pod, secret, serviceAccount] = items as [object, object, object];
    const { secrets } = resolvePullSecrets({ pod, serviceAccount, secrets: [secret] });
    expect(secrets).toEqual([secret]);
  },
);

describe('What is of no kind that can be told is refused by name:', () => {
  const says =
    /^(?:podTemplates: objects|verifyImages: images)\[1\](?:\.items\[0\])? \(shop\/web\) has no kind, and/;

  test.each(OTHERS)('%s, %s', async (_kind, _class, item) => {
    const known = { kind: 'Pod', spec: template.spec };
    const list = { kind: 'List', items: [item] };
    const isNamed = 'namespace' in (item as { metadata: object }).metadata;
    const expected = isNamed ? says : /\(shop\) has no kind/;
    for (const second of [item, list]) {
      expect(() => podTemplates([known, second])).toThrow(expected);
      await expect(fakeCluster().verify([known, second])).rejects.toThrow(expected);
    }
  });

  test('an item that is no object, and a name that is none is not shown', async () => {
    const list = { kind: 'List', items: [null] };
    expect(() => podTemplates([list])).toThrow('objects[0].items[0] is not a Kubernetes object');
    await expect(fakeCluster().verify([list])).rejects.toThrow('images[0].items[0] is not a');
    const odd = [
      Object.create(null) as object,
      { metadata: 'x' },
      {},
      { metadata: { name: 'A secret!' } },
      { metadata: { name: 'a', namespace: '!' } },
    ];
    const messages = odd.map((object) => {
      try {
        return podTemplates([object]);
      } catch (error) {
        return (error as Error).message.split(' has no')[0];
      }
    });
    expect(messages).toEqual([
      'podTemplates: objects[0]',
      'podTemplates: objects[0]',
      'podTemplates: objects[0]',
      'podTemplates: objects[0]',
      'podTemplates: objects[0] (a)',
    ]);
  });
});

describe('resolvePullSecrets refuses by name', () => {
  const deployment = { metadata, spec: { template } };
  const account = { metadata, imagePullSecrets: [] };
  const pod = { metadata, spec: {} };

  test.each<[string, object, string]>([
    [
      'a Deployment',
      { pod: { ...deployment, kind: 'Deployment' }, secrets: [] },
      'pod must be a Pod, not a Deployment (shop/web)',
    ],
    [
      'one without a kind',
      { pod: deployment, secrets: [] },
      'pod must be a Pod, not a workload (shop/web)',
    ],
    [
      'a pod for a service account',
      { pod, serviceAccount: { metadata, spec: template.spec }, secrets: [] },
      'serviceAccount must be a ServiceAccount, not a Pod (shop/web)',
    ],
    [
      'a service account for a secret',
      { pod, secrets: [account] },
      'A pull secret must be a Secret, not a ServiceAccount (shop/web)',
    ],
  ])('%s', (_what, input, message) => {
    expect(() => resolvePullSecrets(input as Parameters<typeof resolvePullSecrets>[0])).toThrow(
      message,
    );
  });
});
