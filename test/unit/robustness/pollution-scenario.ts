// What the package answers, as one text, for a comparison: with and without something on Object.prototype.

import {
  createKeyring,
  createPullSecret,
  credentialHash,
  decidePull,
  environment,
  parseManifests,
  podTemplates,
  requiresCredentialVerification,
  resolvePullSecrets,
  toCriAuthConfig,
  toDockerConfigJson,
  toDockerodeAuth,
  validatePullSecret,
  type Credential,
  type CredentialProvider,
  type DockerKeyring,
} from '../../../src/index.ts';
import {
  authorize,
  createRegistrySession,
  registryFetch,
  verifyImages,
  withCredentials,
  type RegistrySession,
} from '../../../src/registry/index.ts';
import { acr, dockerHelper, ecr, gcr } from '../../../src/providers/index.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';
import { fakeRegistry } from '../registry/client/fake-registry.ts';

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
  const said = [
    ...(await keyrings()),
    ...(await kubernetes()),
    ...(await registries()),
    ...decisions(),
    ...clouds(),
  ];
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
  const secrets = await parseManifests(SECRET);
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

/** Each function of `docker-keyring/registry`, and everything that the registry was asked. */
async function registries(): Promise<unknown[]> {
  const image = 'r.test/team/app:1';
  const registry = fakeRegistry({ repositories: { 'team/app': ['u'], open: ['*'] } });
  const { system } = registry;
  const keyring = registry.keyring('u:old', 'u:p');
  const refused = await registry.authorize(image, registry.keyring('v:q')).catch(String);
  const { header, scheme, url, expiresAt } = await registry.authorize(image, keyring);
  const session = createRegistrySession({ system, retries: 0 });
  const fetched = await registryFetch(keyring, { session })('https://r.test/v2/open/manifests/1');
  // What it asks shows which options and credentials it had.
  await verifyImages([image, 'r.test/open:1'], keyring, { session }).catch(() => {});
  const tried = await withCredentials(image, keyring, async (one) => one?.password);
  const others = await authorizeIn(session, keyring);
  return [refused, header, scheme, url, expiresAt, fetched.status, tried, others, registry.asked()];
}

async function authorizeIn(session: RegistrySession, keyring: DockerKeyring): Promise<unknown> {
  const { header } = await authorize('r.test/open:1', keyring, { session });
  return header;
}

/** What providers say of themselves. */
function clouds(): unknown[] {
  const system = world();
  return [ecr({ system }), gcr({ system }), acr({ system }), dockerHelper('x', { system })].map(
    (one) => Object.entries(one),
  );
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
