// Manifests of a namespace whose pods pull from two registries, with every kind of ending.

import { formatPullSecret } from '../../../src/kubernetes/index.ts';
import type { Registry } from './start-registry.ts';
import { PASSWORDS, secretFor } from './world.ts';

/** Where the images are. */
export interface ManifestHosts {
  readonly basic: Registry;
  readonly bearer: Registry;
  /** A registry that is not there. */
  readonly nowhere: string;
}

/** YAML with the Secrets, a ServiceAccount, and pods of several kinds. */
export function manifestsFor({ basic, bearer, nowhere }: ManifestHosts): string {
  const secrets = [
    secretFor('basic', basic, ['ada', PASSWORDS.ada]),
    secretFor('bearer', bearer, ['ada', PASSWORDS.ada]),
    secretFor('old', bearer, ['ada', 'hunter2-of-yesterday']),
    secretFor('eve', bearer, ['eve', PASSWORDS.eve]),
    secretFor('unused', bearer, ['bob', PASSWORDS.bob]),
  ].map(formatPullSecret);
  return [...secrets, podsFor(basic.host, bearer.host, nowhere)].join('\n---\n');
}

function podsFor(basic: string, bearer: string, nowhere: string): string {
  return `
apiVersion: v1
kind: ServiceAccount
metadata: { name: puller, namespace: shop }
imagePullSecrets: [{ name: old }, { name: bearer }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      imagePullSecrets: [{ name: basic }]
      initContainers: [{ name: migrate, image: '${basic}/team/multi:1' }]
      containers:
        - { name: web, image: '${basic}/team/app:1' }
        - { name: typo, image: '${basic}/team/app:none' }
        - { name: gone, image: '${nowhere}/team/app:1' }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: puller
          containers: [{ name: job, image: '${bearer}/team/other:1' }]
---
apiVersion: v1
kind: Pod
metadata: { name: inference, namespace: shop }
spec:
  serviceAccountName: puller
  containers: [{ name: server, image: '${bearer}/team/multi:1' }]
  volumes: [{ name: model, image: { reference: '${bearer}/team/copied:1' } }]
---
apiVersion: v1
kind: Pod
metadata: { name: locked-out, namespace: shop }
spec:
  imagePullSecrets: [{ name: old }, { name: eve }]
  containers:
    - { name: main, image: '${bearer}/team/app:latest' }
    - { name: odd, image: '${bearer}/Team/app' }
`;
}
