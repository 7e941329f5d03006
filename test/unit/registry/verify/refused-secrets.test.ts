import { describe, expect, test } from '@jest/globals';
import { parseManifests } from '../../../../src/kubernetes/index.ts';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const hint = 'correct its manifest; docker-keyring secret validate says all that is wrong with it';
const LABEL =
  'metadata.labels[a]: Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string';

const refused = { ...pullSecret('bad'), immutable: 'yes' };

describe('A pull secret that the API server refuses', () => {
  test('is on no node, by whatever pod it is named', async () => {
    const [secret = {}] = await parseManifests(`
apiVersion: v1
kind: Secret
metadata: { name: bad, namespace: shop, labels: { a: on } }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '{"auths":{"r.test":{"auth":"dTpw"}}}' }
`);
    const pods = ['web', 'api'].map((name) => deployment(name, [IMAGE], { secrets: ['bad'] }));
    const { images, warnings } = await fakeCluster().verify([secret, ...pods]);
    expect(images).toMatchObject([{ status: 'refused', candidates: [{ position: 1 }] }]);
    expect(images[0]?.candidates[0]).not.toHaveProperty('source');
    const message = `a pod names the pull secret shop/bad, which the API server refuses: ${LABEL}; a node pulls without it`;
    expect(warnings).toEqual([{ code: 'pull-secret-refused', message, hint }]);
  });

  test('leaves the others of the list', async () => {
    const pod = deployment('web', [IMAGE], { secrets: ['bad', 'good'] });
    const { images, warnings } = await fakeCluster().verify([refused, pullSecret('good'), pod]);
    expect(images).toMatchObject([{ status: 'pullable' }]);
    expect(warnings.map(({ code }) => code)).toEqual(['pull-secret-refused']);
  });

  test('is told of the service account where that names it', async () => {
    const objects = [refused, serviceAccount('default', ['bad']), deployment('web', [IMAGE])];
    const { warnings } = await fakeCluster().verify(objects);
    expect(warnings).toMatchObject([
      {
        message: expect.stringMatching(/^the service account shop\/default names the pull secret/),
      },
    ]);
  });
});
