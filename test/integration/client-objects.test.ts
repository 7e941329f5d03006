// Objects as @kubernetes/client-node gives them, from a real API server. Without one (LAB_KUBECONFIG names its kubeconfig)
// it says so; test/unit/kubernetes/object-kind.test.ts has such objects of both majors.

import { describe, expect, test } from '@jest/globals';
import { CoreV1Api, KubeConfig } from 'client-node-1';
import { createKeyring } from 'docker-keyring';
import { createPullSecret, podTemplates, resolvePullSecrets } from 'docker-keyring/kubernetes';
import { verifyImages } from 'docker-keyring/registry';
import { startFakeRegistry } from 'docker-keyring/testing';

const { LAB_KUBECONFIG } = process.env;

/** Makes a namespace with a pod, and gives back what the API server lists in it. */
async function listed(api: CoreV1Api, image: string) {
  const namespace = `client-objects-${process.pid}`;
  const account = { server: image.split('/')[0], username: 'robot', password: 'example-password' };
  await api.createNamespace({ body: { metadata: { name: namespace } } });
  try {
    const secret = createPullSecret({ name: 'regcred', namespace, ...account });
    await api.createNamespacedSecret({ namespace, body: secret });
    const puller = { metadata: { name: 'puller' }, imagePullSecrets: [{ name: 'regcred' }] };
    await api.createNamespacedServiceAccount({ namespace, body: puller });
    const spec = { serviceAccountName: 'puller', containers: [{ name: 'web', image }] };
    await api.createNamespacedPodTemplate({
      namespace,
      body: { metadata: { name: 'web' }, template: { spec } },
    });
    await api.createNamespacedPod({ namespace, body: { metadata: { name: 'web' }, spec } });
    return {
      templates: await api.listNamespacedPodTemplate({ namespace }),
      pods: await api.listNamespacedPod({ namespace }),
      secrets: await api.listNamespacedSecret({ namespace }),
      accounts: await api.listNamespacedServiceAccount({ namespace }),
      maps: await api.listNamespacedConfigMap({ namespace }),
    };
  } finally {
    await api.deleteNamespace({ name: namespace });
  }
}

describe('What a client lists', () => {
  test('is verified with the Secrets and ServiceAccounts among it, as lists and as their items', async () => {
    if (LAB_KUBECONFIG === undefined) {
      console.warn('LAB_KUBECONFIG is not set: no API server is asked.');
      return;
    }
    await using registry = await startFakeRegistry({
      images: { 'shop/web:1.0': ['linux/amd64'] },
      users: { robot: 'example-password' },
    });
    const config = new KubeConfig();
    config.loadFromFile(LAB_KUBECONFIG);
    const lists = Object.values(
      await listed(config.makeApiClient(CoreV1Api), `${registry.host}/shop/web:1.0`),
    );
    const items = lists.flatMap((list): object[] => list.items);
    expect(items.filter((item) => (item as { kind?: string }).kind !== undefined)).toEqual([]);
    const keyring = createKeyring({ dockerConfig: false, providers: [] });
    for (const inputs of [lists, items]) {
      const { images, warnings } = await verifyImages(inputs, keyring);
      expect(images).toMatchObject([{ status: 'pullable' }]);
      expect(images[0]?.usedBy.map(({ kind }) => kind)).toEqual(['PodTemplate', 'Pod']);
      expect(warnings).toEqual([]);
      expect(podTemplates(inputs).map(({ kind }) => kind)).toEqual(['PodTemplate', 'Pod']);
    }
    const [, pods, secrets, accounts] = lists as { items: object[] }[];
    const pod = pods?.items[0] as object;
    const serviceAccount = accounts?.items.find(
      (one: { imagePullSecrets?: { name?: string }[] }) => one.imagePullSecrets !== undefined,
    );
    const resolved = resolvePullSecrets({ pod, serviceAccount, secrets: secrets?.items ?? [] });
    expect(resolved).toMatchObject({
      from: 'pod',
      missing: [],
      secrets: [{ metadata: { name: 'regcred' } }],
    });
  });
});
