// Gives testcontainers the credentials that a node would use. It takes one for each registry, and reads the variable when it
// is imported: so the registry is asked first which credential is right, and testcontainers is imported afterwards.
import { createKeyring, createPullSecret, toDockerConfigJson } from 'docker-keyring';
import { authorize } from 'docker-keyring/registry';
import { startFakeRegistry } from 'docker-keyring/testing';

await using registry = await startFakeRegistry({
  images: { 'shop/web:1.0': ['linux/amd64'] },
  users: { robot: 'example-password' },
  auth: 'basic',
});
const server = registry.host;
const keyring = createKeyring({
  dockerConfig: false,
  pullSecrets: [
    createPullSecret({ name: 'old', server, username: 'robot', password: 'forgotten' }),
    createPullSecret({ name: 'new', server, username: 'robot', password: 'example-password' }),
  ],
});

const image = `${server}/shop/web:1.0`;
const { credential } = await authorize(image, keyring);
const config = toDockerConfigJson(credential === undefined ? [] : [credential], { server });
process.env['DOCKER_AUTH_CONFIG'] = JSON.stringify(config);

const { GenericContainer } = await import('testcontainers');
const container = new GenericContainer(image).withExposedPorts(8080);
// await container.start();
console.log(container.constructor.name, credential?.source);
