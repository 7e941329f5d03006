// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import { createKeyring, parseImageReference } from 'docker-keyring';
import type { Credential, DockerKeyring, KeyringOptions } from 'docker-keyring';

const options: KeyringOptions = {
  pullSecrets: [],
  dockerConfig: { searchPaths: ['/etc/docker'], files: ['/etc/auth.json'], helpers: false },
  providers: [],
  semantics: 'kubelet',
  pathMatching: 'segment',
};

// @ts-expect-error Options are read-only.
options.semantics = 'extended';

export const keyrings: DockerKeyring[] = [
  createKeyring(),
  createKeyring({}),
  createKeyring(options),
  createKeyring({ dockerConfig: true }),
  createKeyring({ dockerConfig: false }),
  createKeyring({ pullSecrets: ['apiVersion: v1\nkind: Secret\n'] }),
];

// Arrays that the caller promised not to change are welcome.
export const frozen: DockerKeyring = createKeyring({ pullSecrets: Object.freeze([]) });

// @ts-expect-error There are two semantics.
createKeyring({ semantics: 'docker' });

// @ts-expect-error There are two ways to match a path.
createKeyring({ pathMatching: 'exact' });

// @ts-expect-error An unknown option is a mistake.
createKeyring({ pullSecret: [] });

// @ts-expect-error A search path is a string.
createKeyring({ dockerConfig: { searchPaths: [1] } });

export async function find(keyring: DockerKeyring, signal: AbortSignal): Promise<Credential[]> {
  const pod = { namespace: 'default', name: 'web', uid: 'u', serviceAccountName: 'robot' };
  await keyring.explain('nginx');
  await keyring.toDockerConfig();
  // @ts-expect-error An image is a string, not a parsed reference.
  await keyring.lookup(parseImageReference('nginx'));
  return keyring.withPullSecrets([]).lookup('nginx', { signal, pod });
}

const reference = parseImageReference('nginx');
export const names: string[] = [reference.registry, reference.repository, reference.name];
export const tag: string | undefined = reference.tag;

// @ts-expect-error A digest may be missing.
export const digest: string = reference.digest;
