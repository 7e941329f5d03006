// A fetch that lets itself in at registries: the tags of a repository.
import { createKeyring, createPullSecret } from 'docker-keyring';
import { registryFetch } from 'docker-keyring/registry';
import { startFakeRegistry } from 'docker-keyring/testing';

await using registry = await startFakeRegistry({
  images: { 'shop/web:1.0': ['linux/amd64'] },
  users: { robot: 'example-password' },
  auth: 'basic',
});
const account = { server: registry.host, username: 'robot', password: 'example-password' };
const keyring = createKeyring({
  dockerConfig: false,
  pullSecrets: [createPullSecret({ name: 'regcred', ...account })],
});

const fetch = registryFetch(keyring);
const response = await fetch(`${registry.url}/v2/shop/web/tags/list`);
console.log(response.status, await response.json());
