// Whether a node pulls an image or uses the one that is there, and why.
import { decidePull, type PullQuestion } from 'docker-keyring/kubelet';

const image = 'ghcr.io/acme/web:2.1';
const secret = { uid: '1', namespace: 'shop', name: 'ghcr-acme', credentialHash: 'a1' };
const questions: PullQuestion[] = [
  { image: 'nginx', present: true },
  { image, present: true },
  { image, present: true, alwaysPullImages: true },
  { image, present: false, policy: 'Never' },
  // Another tenant's pod pulled it, with a secret that this pod has not.
  { image, present: true, verification: { record: { kubernetesSecrets: [secret] } } },
];

for (const question of questions) {
  const { action, error, policy, explanation } = decidePull(question);
  console.log(`${question.image}, ${policy}: ${error ?? action}. ${explanation}`);
}
