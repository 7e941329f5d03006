import { describe, expect, test } from '@jest/globals';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

describe('A service account', () => {
  test('gives its pull secrets to pods without any', async () => {
    const world = fakeCluster();
    const report = await world.verify([
      pullSecret('a'),
      pullSecret('b', { 'r.test': 'x:y' }),
      serviceAccount('default', ['a']),
      serviceAccount('builder', ['b']),
      deployment('web', [IMAGE]),
      deployment('api', [IMAGE], { secrets: ['b'] }),
      deployment('job', [IMAGE], { account: 'builder' }),
    ]);
    const found = report.images.map(
      ({ status, usedBy }) => `${status}: ${usedBy.map(({ name }) => name).join()}`,
    );
    expect(found).toEqual(['pullable: web', 'refused: api,job']);
  });

  test('that is given twice counts as it was given last', async () => {
    const world = fakeCluster();
    const image = await world.verifyOne([
      pullSecret('a'),
      serviceAccount('default', []),
      serviceAccount('default', ['a']),
      serviceAccount('default', [], 'other'),
      deployment('web', [IMAGE]),
    ]);
    expect(image.status).toBe('pullable');
  });

  test('may stand in the older field, and be malformed', async () => {
    const world = fakeCluster();
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { serviceAccount: 'old', containers: [{ name: 'c', image: IMAGE }] },
    };
    const account = { kind: 'ServiceAccount', metadata: { name: 'old' }, imagePullSecrets: {} };
    const report = await world.verify([pod, account, { kind: 'ServiceAccount', metadata: null }]);
    expect(report.images).toMatchObject([
      {
        status: 'pod-refused',
        message:
          'the API server refuses the pod: ServiceAccount default/old: imagePullSecrets must be a list of objects with a name',
      },
    ]);
  });

  test('that is not given is a hint where an image is refused or not found', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true }, 'q.test': {} });
    world.answer({ 'HEAD r.test/v2/missing': { status: 404 } });
    const report = await world.verify([
      deployment('web', ['q.test/app', 'r.test/missing', IMAGE]),
      deployment('job', ['q.test/app'], { account: 'builder' }),
    ]);
    const hint = 'if the service account shop/default has pull secrets, give its manifest too';
    const spelling =
      'check the spelling and the tag; some registries say this to everybody who may not pull';
    expect(report.images).toMatchObject([
      { status: 'refused', hint },
      { status: 'not-found', hint: `${spelling}; ${hint}` },
      { status: 'pullable' },
    ]);
    expect(report.images[2]).not.toHaveProperty('hint');
    expect(report.warnings).toEqual([]);
  });

  test('that is not given is a hint also where another pod of the same image has one', async () => {
    const world = fakeCluster();
    const image = await world.verifyOne([
      serviceAccount('default'),
      deployment('web', [IMAGE]),
      deployment('job', [IMAGE], { account: 'builder' }),
    ]);
    expect(image.hint).toContain('shop/builder');
    expect(image.usedBy).toHaveLength(2);
  });
});
