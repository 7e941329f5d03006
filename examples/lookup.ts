// Every credential that a node would try for an image, in order.
import { createKeyring } from 'docker-keyring';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const inputs = new URL('inputs/', import.meta.url);
const keyring = createKeyring({
  pullSecrets: [await readFile(new URL('pull-secrets.yaml', inputs), 'utf8')],
  dockerConfig: { searchPaths: [fileURLToPath(inputs)] },
});

for (const { username, key, source } of await keyring.lookup('ghcr.io/acme/web:2.1')) {
  console.log(`${username} because of ${key}, from a ${source.kind}`);
}
