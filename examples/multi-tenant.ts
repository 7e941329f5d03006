// One keyring for all tenants' pulls: node configuration and providers are shared, pull secrets never are.
import { createKeyring } from 'docker-keyring';
import { createPullSecret } from 'docker-keyring/kubernetes';

const server = 'registry.example.com';
const image = `${server}/app:1.0`;

await using shared = createKeyring({ dockerConfig: false });

async function usersFor(namespace: string): Promise<string[]> {
  const account = { server, username: `${namespace}-bot`, password: 'example-password' };
  const secret = createPullSecret({ name: 'regcred', namespace, ...account });
  const credentials = await shared.withPullSecrets([secret]).lookup(image);
  return credentials.map(({ username }) => username);
}

const [shop, billing] = await Promise.all([usersFor('shop'), usersFor('billing')]);
console.log({ shop, billing, nobody: await shared.lookup(image) });
