// Pulls with the Docker Engine by dockerode: tries the credentials in order, as a node does.
import Docker from 'dockerode';
import { createKeyring, toDockerodeAuth } from 'docker-keyring';
import { createPullSecret } from 'docker-keyring/kubernetes';
import { withCredentials } from 'docker-keyring/registry';
import { startFakeServer } from 'docker-keyring/testing';

const keyring = createKeyring({
  dockerConfig: false,
  pullSecrets: [
    createPullSecret({ name: 'old', server: 'ghcr.io/acme', username: 'old-bot', password: 'x' }),
    createPullSecret({ name: 'new', server: 'ghcr.io', username: 'acme-bot', password: 'y' }),
  ],
});

await using engine = await startFakeEngine();
const docker = new Docker({ host: '127.0.0.1', port: engine.port });
const image = 'ghcr.io/acme/web:2.1';
await withCredentials(image, keyring, (credential) =>
  docker.pull(image, credential === undefined ? {} : { authconfig: toDockerodeAuth(credential) }),
);

/** Stands for Docker Engine, and for a registry that knows one account only. */
function startFakeEngine() {
  return startFakeServer(({ headers, query }) => {
    const text = Buffer.from(headers['x-registry-auth'] ?? '', 'base64').toString('utf8');
    const { username, serveraddress } = JSON.parse(text) as Record<string, string>;
    const isRight = username === 'acme-bot';
    console.log(`${query.get('fromImage')} as ${username} from ${serveraddress}: ${isRight}`);
    if (isRight) return { body: { status: 'Pull complete' } };
    return { status: 500, body: { message: 'error from registry: unauthorized' } };
  });
}
