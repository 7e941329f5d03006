// Pulls with the Docker Engine: tries the credentials in order, as a node does.
import {
  createKeyring,
  createPullSecret,
  toDockerodeAuth,
  type DockerodeAuth,
} from 'docker-keyring';

const account = { server: 'ghcr.io/acme', username: 'acme-bot', password: 'example-password' };
const keyring = createKeyring({
  dockerConfig: false,
  pullSecrets: [createPullSecret({ name: 'ghcr', ...account })],
});

const docker = fakeDocker();
const image = 'ghcr.io/acme/web:2.1';
const authConfigs = (await keyring.lookup(image)).map((credential) => toDockerodeAuth(credential));
await docker.pull(image, { authconfig: authConfigs[0] });

/** Stands for `new Docker()` of the package dockerode. */
function fakeDocker(): {
  pull(image: string, options: { authconfig: DockerodeAuth | undefined }): Promise<void>;
} {
  return {
    async pull(name, { authconfig }) {
      console.log(`pull ${name} as ${authconfig?.username} from ${authconfig?.serveraddress}`);
    },
  };
}
