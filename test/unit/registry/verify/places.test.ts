import { describe, expect, test } from '@jest/globals';
import { readManifests } from '../../../../src/kubernetes/manifest/manifests.ts';
import type { PlacedObject } from '../../../../src/registry/index.ts';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const TEXT = `kind: List
items:
  - kind: Secret
    metadata:
      name: unused
    type: kubernetes.io/dockercfg
  - kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          imagePullSecrets:
            - name: regcred
          containers:
            - name: web
              image: r.test/team/app:1
  - kind: ServiceAccount
    metadata:
      name: builder
    imagePullSecrets: [{ name: other }]
  - kind: Pod
    metadata:
      name: job
    spec:
      serviceAccountName: builder
      containers: [{ name: job, image: r.test/team/app:1 }]
`;

/** The objects of a file with their places, as the command line reads them. */
async function readPlaced(text: string, path: string): Promise<PlacedObject[]> {
  const objects = await readManifests(text, { path });
  return objects.map(({ object, lineOf }) => ({ object, path, lineOf }));
}

describe('The places of objects', () => {
  test('are those of images, and of what is warned of', async () => {
    const world = fakeCluster();
    const report = await world.verify(await readPlaced(TEXT, 'deploy/all.yaml'));
    const path = 'deploy/all.yaml';
    expect(report.images).toMatchObject([
      {
        usedBy: [
          { kind: 'Deployment', path, line: 17 },
          { kind: 'Pod', path, line: 27 },
        ],
      },
    ]);
    const places = report.warnings.map(({ code, message, line }) => [code, line, message]);
    expect(places).toEqual([
      ['pull-secret-missing', 9, expect.stringContaining('a pod names')],
      ['pull-secret-missing', 20, expect.stringContaining('the service account')],
      ['pull-secret-unused', 5, 'no pod uses the pull secret unused'],
    ]);
    expect(report.warnings.every((one) => one.path === path)).toBe(true);
  });

  test('may have no line', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const object = deployment('web', ['r.test/app:1']);
    const image = await world.verifyOne([
      { object, path: 'a.yaml' },
      { object: { kind: 'List', items: [object] }, path: 'b.yaml' },
      { object, path: 'c.yaml', lineOf: () => undefined },
      { object, path: 'd.yaml', lineOf: () => Promise.resolve(4) },
      { object, lineOf: () => 5 },
      { object },
    ]);
    const places = image.usedBy.map(({ path, line }) => [path, line]);
    expect(places).toEqual([
      ['a.yaml', undefined],
      ['b.yaml', undefined],
      ['c.yaml', undefined],
      ['d.yaml', 4],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(image.usedBy.map((one) => 'line' in one)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  test('are those of items as they stand in their list', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const items = [{ kind: 'ConfigMap' }, deployment('web', ['r.test/app:1'])];
    const paths: unknown[] = [];
    const lineOf = (fieldPath: readonly unknown[]): number => paths.push(fieldPath);
    await world.verify([{ object: { kind: 'List', items }, path: 'a.yaml', lineOf }]);
    expect(paths).toEqual([['items', 1, 'spec', 'template', 'spec', 'containers', 0, 'image']]);
  });

  test('tell apart what is said of several', async () => {
    const world = fakeCluster();
    const pods = ['a.yaml', 'b.yaml'].map((path) => ({
      object: deployment('web', ['r.test/app:1'], { secrets: ['regcred'] }),
      path,
    }));
    const { warnings } = await world.verify(pods);
    expect(warnings.map(({ path }) => path)).toEqual(['a.yaml', 'b.yaml']);
    expect(new Set(warnings.map(({ message }) => message)).size).toBe(1);
  });
});

test('An object with a field called object is one all the same', async () => {
  const world = fakeCluster({ 'r.test': { isPublic: true } });
  const pod = { ...deployment('web', ['r.test/app:1']), object: { kind: 'Pod' } };
  const odd = { object: 'nothing', kind: 'Odd' };
  const inputs = [pod, odd, pullSecret('a'), serviceAccount('default')];
  expect((await world.verify(inputs)).images).toMatchObject([{ status: 'pullable' }]);
});
