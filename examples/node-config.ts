// Private images for a whole cluster: one config.json for every node, made from pull secrets.
import { createKeyring, writeDockerConfig } from 'docker-keyring';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const manifests = await readFile(new URL('inputs/pull-secrets.yaml', import.meta.url), 'utf8');
const keyring = createKeyring({ dockerConfig: false, pullSecrets: [manifests] });

// On a node this is /var/lib/kubelet/config.json.
const directory = await mkdtemp(join(tmpdir(), 'docker-keyring-'));
const path = join(directory, 'config.json');
await writeDockerConfig(path, await keyring.toDockerConfig());

const node = createKeyring({ semantics: 'kubelet', dockerConfig: { files: [path] } });
for (const { username, key } of await node.lookup('ghcr.io/acme/web:2.1')) {
  console.log(`${key}: ${username}`);
}
console.log(`mode ${((await stat(path)).mode & 0o777).toString(8)}`);
await rm(directory, { recursive: true });
