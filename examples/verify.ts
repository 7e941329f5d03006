// Asks before a deployment whether nodes can pull its images with its secrets.
import { createKeyring, createPullSecret, parseManifests } from 'docker-keyring';
import { verifyImages } from 'docker-keyring/registry';
import { startFakeRegistry } from 'docker-keyring/testing';

await using registry = await startFakeRegistry({
  images: { 'shop/web:1.0': ['linux/amd64'] },
  users: { robot: 'example-password' },
  auth: 'basic',
});
const server = registry.host;
const manifests = await parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: shop }
spec:
  template:
    spec:
      imagePullSecrets: [{ name: regcred }]
      containers:
        - { name: web, image: '${server}/shop/web:1.0' }
        - { name: mail, image: '${server}/shop/mail:1.0' }
`);
const account = { server, username: 'robot', password: 'example-password' };
const secret = createPullSecret({ name: 'regcred', namespace: 'shop', ...account });

const keyring = createKeyring({ dockerConfig: false, providers: [] });
const { ok, images } = await verifyImages([...manifests, secret], keyring);
console.log(ok ? 'all can be pulled' : 'not all can be pulled');
for (const { image, status, usedBy } of images) {
  console.log(
    image.replace(server, 'registry'),
    status,
    usedBy.map(({ part }) => part),
  );
}
