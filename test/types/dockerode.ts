// Compiled by `npx tsc`. Never run. What goes to dockerode is what its types want.
import type Docker from 'dockerode';
import { toDockerodeAuth, type Credential } from 'docker-keyring';

declare const docker: Docker;
declare const credential: Credential;

/** By `authconfig`, of all the calls that take one. */
export async function pull(image: string): Promise<void> {
  const authconfig: Docker.AuthConfig = toDockerodeAuth(credential);
  await docker.pull(image, { authconfig });
  await docker.getImage(image).push({ authconfig });
  await docker.createImage({ fromImage: image, authconfig });
}
