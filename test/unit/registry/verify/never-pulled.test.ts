import { describe, expect, test } from '@jest/globals';
import { fakeCluster } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

describe('An image with the pull policy Never', () => {
  const never = {
    status: 'never-pulled',
    message:
      'its pull policy is Never: it must be on the node already, or the pod fails with ErrImageNeverPull',
    hint: 'load it onto every node that may run the pod, or let the pull policy be IfNotPresent',
    candidates: [],
  };

  test('must be on the node, and no registry is asked about it', async () => {
    const world = fakeCluster();
    const containers = [
      { name: 'a', image: IMAGE, imagePullPolicy: 'Never' },
      { name: 'b', image: 'R.test/App', imagePullPolicy: 'Never' },
    ];
    const volumes = [{ name: 'v', image: { reference: 'r.test/model', pullPolicy: 'Never' } }];
    const report = await world.verify([
      { kind: 'Pod', metadata: { name: 'web' }, spec: { containers, volumes } },
    ]);
    expect(report).toMatchObject({ ok: false, registries: [] });
    expect(report.images).toMatchObject([
      {
        image: 'r.test/model',
        ...never,
        usedBy: [{ part: 'volume v' }],
        warnings: [{ code: 'latest-tag' }],
      },
      { image: IMAGE, ...never, registry: 'r.test', warnings: [] },
      { image: 'R.test/App', status: 'invalid-name' },
    ]);
    expect(world.asked()).toEqual([]);
  });

  test('is asked about for the pods that have another', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const containers = [
      { name: 'a', image: IMAGE, imagePullPolicy: 'Never' },
      { name: 'b', image: IMAGE, imagePullPolicy: 'IfNotPresent' },
      { name: 'c', image: IMAGE },
    ];
    const { images, registries } = await world.verify([{ kind: 'Pod', spec: { containers } }]);
    expect(images).toMatchObject([
      { ...never, usedBy: [{ part: 'container a' }] },
      { status: 'pullable', usedBy: [{ part: 'container b' }, { part: 'container c' }] },
    ]);
    expect(registries).toMatchObject([{ registry: 'r.test', images: 1 }]);
  });
});
