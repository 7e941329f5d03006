// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run. Objects of `@kubernetes/client-node`,
// of both majors that people have, come in and go out as they are.
import type {
  CoreV1Api,
  V1Pod,
  V1PodList,
  V1Secret,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type {
  CoreV1Api as CoreV1Api1,
  V1Pod as V1Pod1,
  V1PodList as V1PodList1,
  V1Secret as V1Secret1,
  V1ServiceAccount as V1ServiceAccount1,
} from 'client-node-1';
import { createKeyring } from 'docker-keyring';
import {
  createPullSecret,
  createPullSecrets,
  podTemplates,
  resolvePullSecrets,
  validatePullSecret,
} from 'docker-keyring/kubernetes';
import { verifyImages } from 'docker-keyring/registry';

declare const api: CoreV1Api;
declare const api1: CoreV1Api1;
declare const pod: V1Pod;
declare const pod1: V1Pod1;
declare const pods: V1PodList;
declare const pods1: V1PodList1;
declare const secrets: V1Secret[];
declare const secrets1: V1Secret1[];
declare const serviceAccount: V1ServiceAccount;
declare const serviceAccount1: V1ServiceAccount1;

/** What is made here goes to either client. */
export async function create(namespace: string): Promise<void> {
  const body = createPullSecret({ name: 'regcred', namespace, username: 'u', password: 'p' });
  await api.createNamespacedSecret({ namespace, body });
  await api1.createNamespacedSecret({ namespace, body });
  await api.replaceNamespacedSecret({ name: 'regcred', namespace, body });
  for (const each of createPullSecrets({
    name: 'x',
    namespaces: ['a'],
    username: 'u',
    password: 'p',
  })) {
    await api.createNamespacedSecret({
      namespace: each.metadata.namespace ?? 'default',
      body: each,
    });
    await api1.createNamespacedSecret({ namespace, body: each });
  }
}

/** What either client gives is taken here. */
export async function use(): Promise<void> {
  const keyring = createKeyring({ pullSecrets: secrets });
  keyring.withPullSecrets(secrets1);
  resolvePullSecrets({ pod, serviceAccount, secrets });
  resolvePullSecrets({ pod: pod1, serviceAccount: serviceAccount1, secrets: secrets1 });
  podTemplates([pods, pods1, ...pods.items, ...pods1.items]);
  for (const secret of [...secrets, ...secrets1]) validatePullSecret(secret);
  await verifyImages([pods, ...pods1.items, ...secrets, ...secrets1, serviceAccount], keyring);
}
