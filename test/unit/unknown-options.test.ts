import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as main from '../../src/index.ts';
import * as kubelet from '../../src/kubelet/index.ts';
import * as kubernetes from '../../src/kubernetes/index.ts';
import * as registry from '../../src/registry/index.ts';
import * as serve from '../../src/serve/index.ts';
import * as testing from '../../src/testing/index.ts';

type Call = (options: never) => unknown;

const keyring = main.createKeyring({ providers: [], dockerConfig: false });
const document = main.toDockerConfigJson([]);

/** Every function of the package that takes options, or an object of named arguments. */
const CALLS: Readonly<Record<string, Call>> = {
  createKeyring: main.createKeyring,
  ecr: main.ecr,
  gcr: main.gcr,
  acr: main.acr,
  environment: main.environment,
  dockerHelper: (options) => main.dockerHelper('x', options),
  execPlugins: main.execPlugins,
  keyringFor: (options) => main.keyringFor({}, options),
  openTokenFileCache: serve.openTokenFileCache,
  toDockerConfigJson: (options) => main.toDockerConfigJson([], options),
  writeDockerConfig: (options) => main.writeDockerConfig('/nowhere/x', document, options),
  decidePull: kubelet.decidePull,
  requiresCredentialVerification: kubelet.requiresCredentialVerification,
  validatePullSecret: (options) => kubernetes.validatePullSecret({}, options),
  createPullSecret: kubernetes.createPullSecret,
  createPullSecrets: kubernetes.createPullSecrets,
  resolvePullSecrets: kubernetes.resolvePullSecrets,
  parseManifests: (options) => kubernetes.parseManifests('', options),
  authorize: (options) => registry.authorize('r.test/a', keyring, options),
  createRegistrySession: registry.createRegistrySession,
  registryFetch: (options) => registry.registryFetch(keyring, options),
  listTags: (options) => registry.listTags('r.test/a', keyring, options),
  verifyImages: (options) => registry.verifyImages([], keyring, options),
  withCredentials: (options) =>
    registry.withCredentials('r.test/a', keyring, async () => undefined, options),
  serveExecPlugin: (options) => serve.serveExecPlugin([] as never, options),
  serveCredentialHelper: (options) => serve.serveCredentialHelper([] as never, options),
  startFakeAcr: testing.startFakeAcr,
  startFakeAzureMetadata: testing.startFakeAzureMetadata,
  startFakeCloud: testing.startFakeCloud,
  startFakeEc2Metadata: testing.startFakeEc2Metadata,
  startFakeEcr: testing.startFakeEcr,
  startFakeEcsMetadata: testing.startFakeEcsMetadata,
  startFakeEntra: testing.startFakeEntra,
  startFakeGceMetadata: testing.startFakeGceMetadata,
  startFakeGoogleSts: testing.startFakeGoogleSts,
  startFakeGoogleTokenServer: testing.startFakeGoogleTokenServer,
  startFakeProxy: (options) => testing.startFakeProxy({}, options),
  startFakeRegistry: testing.startFakeRegistry,
  startFakeServer: (options) => testing.startFakeServer(() => ({}), options),
  startFakeSts: testing.startFakeSts,
};

const ENTRIES = ['', '-kubelet', '-kubernetes', '-providers', '-registry', '-serve', '-testing'];

test('are refused by every function that takes options: the list is complete', () => {
  const reports = ENTRIES.map((entry) => readFileSync(`api/docker-keyring${entry}.api.md`, 'utf8'));
  const taking = reports
    .join('\n')
    .matchAll(
      /^export function (\w+)(?:<.*>)?\(.*\b\w+\??: \w*(?:Options|Input|Question)(?:<.*>)?\)/gm,
    );
  expect(new Set([...taking].map(([, name]) => name))).toEqual(new Set(Object.keys(CALLS)));
});

test.each(Object.entries(CALLS))('are refused by %s', async (name, call) => {
  await expect(async () => call({ nonsense: 1 } as never)).rejects.toThrow(
    `${name}: there is no option "nonsense"`,
  );
});

test('are refused by lookup and explain, and so are wrong values', async () => {
  const wrong = { nonsense: 1 } as never;
  await expect(keyring.lookup('nginx', wrong)).rejects.toThrow(
    'lookup: there is no option "nonsense"',
  );
  await expect(keyring.explain('nginx', wrong)).rejects.toThrow('lookup: there is no option');
  const rules = { pullSecretSemantics: 'docker' } as never;
  await expect(keyring.lookup('nginx', rules)).rejects.toThrow(
    "lookup: pullSecretSemantics must be 'kubelet' or 'extended'",
  );
  await expect(keyring.lookup('nginx', { refused: {} } as never)).rejects.toThrow(
    'lookup: refused must be an array of credentials',
  );
});
