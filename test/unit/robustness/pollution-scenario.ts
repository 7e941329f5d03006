// What the package answers, as one text, for a comparison: with and without something on Object.prototype.

import {
  createKeyring,
  createPullSecret,
  credentialHash,
  decidePull,
  environment,
  parsePullSecrets,
  podTemplates,
  requiresCredentialVerification,
  resolvePullSecrets,
  toCriAuthConfig,
  toDockerConfigJson,
  toDockerodeAuth,
  validatePullSecret,
  type Credential,
  type CredentialProvider,
} from '../../../src/index.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';

const AUTH = Buffer.from('u:p').toString('base64');
const FILE = JSON.stringify({
  auths: { 'r.test': { auth: AUTH }, 'a.test': {}, 'b.test': { username: 'u', password: 'p' } },
  credHelpers: { 'h.test': 'x' },
});
const IMAGES = ['r.test/a', 'a.test/a', 'b.test/a', 'h.test/a', 'p.test/a', 'e.test/a', 'nginx'];
const SECRET = `kind: Secret
metadata: { namespace: n, name: s }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '{"auths":{"r.test":{"auth":"${AUTH}"}}}' }
`;

function world(): FakeSystem {
  const env = { DOCKER_USER: 'u', DOCKER_PASSWORD: 'p', DOCKER_REGISTRY_SERVER: 'e.test' };
  return fakeSystem({
    env,
    files: { '/home/user/.docker/config.json': FILE },
    run: () => ({ stdout: '{"Username":"u","Secret":"p"}' }),
  });
}

const provider: CredentialProvider = {
  name: 'p',
  matchImages: ['p.test'],
  provide: async () => ({
    auth: { 'p.test': { username: 'u', password: 'p' } },
    cacheKeyType: 'Registry',
  }),
};

/** Asks for everything once. */
export async function answers(): Promise<string> {
  const said = [...(await keyrings()), ...(await kubernetes()), ...decisions()];
  return JSON.stringify(said);
}

async function keyrings(): Promise<unknown[]> {
  const system = world();
  const providers = [provider, environment({ system })];
  const all = [
    createKeyring({ system, providers }),
    createKeyring({ system, providers, semantics: 'kubelet' }),
    createKeyring({ system, providers, dockerConfig: {} }).withPullSecrets([]),
  ];
  return Promise.all(
    all.map(async (keyring) => [
      await Promise.all(IMAGES.map(async (image) => (await keyring.lookup(image)).map(open))),
      await Promise.all(IMAGES.map((image) => keyring.explain(image))),
      await keyring.toDockerConfig(),
    ]),
  );
}

function open(credential: Credential): unknown {
  return [
    credential.identityToken,
    credential.registryToken,
    credential.email,
    credential.expiresAt,
    credential.serverAddress,
    credential.toJSON(),
    credentialHash(credential),
    toCriAuthConfig(credential),
    toDockerodeAuth(credential),
    toDockerConfigJson([credential]),
  ];
}

async function kubernetes(): Promise<unknown[]> {
  const secrets = await parsePullSecrets(SECRET);
  const pod = { metadata: { namespace: 'n' }, spec: { imagePullSecrets: [{ name: 's' }] } };
  const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets: secrets });
  return [
    secrets,
    secrets.map((secret) => validatePullSecret(secret)),
    resolvePullSecrets({ pod, secrets }),
    podTemplates([{ apiVersion: 'v1', kind: 'Pod', ...pod }]),
    (await keyring.lookup('r.test/a')).map(open),
    createPullSecret({ name: 's', username: 'u', password: 'p' }),
  ];
}

function decisions(): unknown[] {
  const image = 'r.test/a:1';
  return [
    decidePull({ image, present: true }),
    decidePull({ image, present: false }),
    decidePull({ image, present: true, verification: { pulledByKubelet: true } }),
    requiresCredentialVerification({ image, pulledByKubelet: true }),
  ];
}
