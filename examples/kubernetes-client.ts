// A pod's pull secrets from a cluster, in the shapes that @kubernetes/client-node gives.
import {
  createKeyring,
  createPullSecret,
  resolvePullSecrets,
  type PodLike,
  type PullSecret,
  type ServiceAccountLike,
} from 'docker-keyring';

const namespace = 'shop';
const api = fakeApi();
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

/** The part of CoreV1Api that is used here. */
interface CoreApi {
  readNamespacedPod(request: { name: string; namespace: string }): Promise<PodLike>;
  readNamespacedServiceAccount(request: {
    name: string;
    namespace: string;
  }): Promise<ServiceAccountLike>;
  listNamespacedSecret(request: { namespace: string }): Promise<{ items: PullSecret[] }>;
}

/** Stands for `kubeConfig.makeApiClient(CoreV1Api)`. */
function fakeApi(): CoreApi {
  const metadata = { name: 'web', namespace };
  const account = { server: 'ghcr.io', username: 'acme-bot', password: 'example-password' };
  const imagePullSecrets = [{ name: 'ghcr' }, { name: 'retired' }];
  return {
    readNamespacedPod: async () => ({ metadata, spec: { serviceAccountName: 'web' } }),
    readNamespacedServiceAccount: async () => ({ metadata, imagePullSecrets }),
    listNamespacedSecret: async () => ({
      items: [createPullSecret({ name: 'ghcr', namespace, ...account })],
    }),
  };
}
