// The pull secrets of a pod in a cluster, by @kubernetes/client-node, whose objects are taken as they are.
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { createKeyring } from 'docker-keyring';
import { createPullSecret, resolvePullSecrets } from 'docker-keyring/kubernetes';
import { startFakeServer } from 'docker-keyring/testing';

const namespace = 'shop';
await using cluster = await startFakeCluster();
const config = new KubeConfig();
config.loadFromClusterAndUser(
  { name: 'example', server: cluster.url, skipTLSVerify: true },
  { name: 'example', token: 'example' },
);
const api = config.makeApiClient(CoreV1Api);

const pod = await api.readNamespacedPod({ name: 'web', namespace });
const name = pod.spec?.serviceAccountName ?? 'default';
const serviceAccount = await api.readNamespacedServiceAccount({ name, namespace });
const { items } = await api.listNamespacedSecret({ namespace });

const { secrets, missing } = resolvePullSecrets({ pod, serviceAccount, secrets: items });
const keyring = createKeyring({ dockerConfig: false, pullSecrets: secrets });

for (const { username, source } of await keyring.lookup('ghcr.io/acme/web:2.1')) {
  console.log(username, source);
}
for (const secret of missing) console.log('missing', secret);

/** Stands for a cluster's API server. */
function startFakeCluster() {
  const metadata = { name: 'web', namespace };
  const imagePullSecrets = [{ name: 'ghcr' }, { name: 'retired' }];
  const account = { server: 'ghcr.io', username: 'acme-bot', password: 'example-password' };
  const objects: Record<string, object> = {
    '/api/v1/namespaces/shop/pods/web': { metadata, spec: { serviceAccountName: 'web' } },
    '/api/v1/namespaces/shop/serviceaccounts/web': { metadata, imagePullSecrets },
    '/api/v1/namespaces/shop/secrets': {
      items: [createPullSecret({ name: 'ghcr', namespace, ...account })],
    },
  };
  return startFakeServer(({ path }) => ({ body: objects[path] }));
}
