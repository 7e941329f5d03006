// Rows for manifests, for what programs and servers say, and for the errors.

import * as errors from '../../../src/errors.ts';
import {
  createKeyring,
  keyringFor,
  dockerHelper,
  environment,
  execPlugins,
  type CredentialProvider,
  type ProviderSet,
} from '../../../src/index.ts';
import {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
  parseManifests,
  podTemplates,
  resolvePullSecrets,
} from '../../../src/kubernetes/index.ts';
import {
  Authorization,
  authorize,
  listTags,
  refused,
  registryFetch,
  verifyImages,
  withCredentials,
} from '../../../src/registry/index.ts';
import { serveCredentialHelper } from '../../../src/serve/index.ts';
import { fakeSystem, type FakeSystem } from '../../unit/fakes/fake-system.ts';
import { fakeRegistry } from '../../unit/registry/client/fake-registry.ts';
import { fakeHost } from '../../unit/serve/helper/helper-host.ts';
import { desk, request, serve } from '../../unit/serve/serving.ts';
import { numbered, repeated, rows } from './inputs.ts';
import type { GrowthRow } from './measure.ts';

type Texts = Readonly<Record<string, (bytes: number) => string>>;

const MANIFESTS: Texts = {
  'many documents': (bytes) => repeated('kind: Secret\n---\n', bytes),
  'a long text': (bytes) => `a: "${repeated('x', bytes)}"`,
  JSON: (bytes) => `{"kind":"List","items":[${numbered(bytes, () => '{"kind":"Secret"}')}]}`,
  'white space': (bytes) => repeated(' \n', bytes),
  'many members': (bytes) => numbered(bytes, (index) => `a${index}: 1`).replaceAll(',', '\n'),
};

const manifests: GrowthRow[] = [
  ...rows('parseManifests', MANIFESTS, parseManifests, 256 * 1024),
  {
    of: 'podTemplates',
    input: 'many containers',
    prepare: (bytes) => {
      const containers = manyOf(bytes, (index) => ({
        name: `c${index}`,
        image: `r.test/${index}`,
      }));
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } };
      return () => podTemplates([pod]);
    },
  },
  {
    of: 'keyringFor',
    input: 'many accounts and secrets',
    prepare: (bytes) => {
      const named = manyOf(bytes, (index) => ({ metadata: { name: `s${index}` } }));
      const spec = { imagePullSecrets: [{ name: 's0' }] };
      const inputs = { secrets: named, serviceAccounts: named, keyring: openKeyring };
      return () => keyringFor({ spec }, inputs);
    },
  },
  {
    of: 'resolvePullSecrets',
    input: 'many secrets',
    prepare: (bytes) => {
      const secrets = manyOf(bytes, (index) => ({
        kind: 'Secret',
        metadata: { name: `s${index}`, namespace: 'n' },
      }));
      const imagePullSecrets = secrets.map(({ metadata: { name } }) => ({ name }));
      const pod = { metadata: { namespace: 'n' }, spec: { imagePullSecrets } };
      return () => resolvePullSecrets({ pod, secrets });
    },
  },
];

const TEXTS: Texts = {
  'a long text': (bytes) => repeated('a', bytes),
  'what JSON escapes': (bytes) => repeated('"<\n', bytes),
  blanks: (bytes) => ` ${repeated(' ', bytes)}x`,
  'at signs': (bytes) => repeated('a@', bytes),
  schemes: (bytes) => repeated('a://', bytes),
};

const secretWriters: GrowthRow[] = [
  ...rows('createPullSecret', TEXTS, (text) =>
    createPullSecret({ name: text, server: text, username: text, password: text }),
  ),
  ...rows('createPullSecrets', TEXTS, (text) =>
    createPullSecrets({ name: 'a', namespaces: text.split('.'), username: text, password: 'p' }),
  ),
  ...rows('formatPullSecret', TEXTS, (text) =>
    formatPullSecret(createPullSecret({ name: 'a', username: text, password: text })),
  ),
  ...rows('formatPullSecrets', TEXTS, (text) =>
    formatPullSecrets([createPullSecret({ name: 'a', username: text, password: text })]),
  ),
];

const HELPER_INPUTS: Texts = {
  ...TEXTS,
  'line ends': (bytes) => repeated('\r\n', bytes),
  'carriage returns': (bytes) => repeated('\r', bytes),
  members: (bytes) => `{${repeated('"a":1,', bytes)}"ServerURL":"r.test","Username":"u"}`,
  'lists in lists': (bytes) => `{"x":${repeated('[', bytes)}`,
  'an address': (bytes) => `[${repeated('a', bytes)}]`,
};

const serving: GrowthRow[] = [
  ...['get', 'store', 'erase'].flatMap((action) =>
    rows('serveCredentialHelper', HELPER_INPUTS, (text) => {
      const system = fakeSystem();
      const host = fakeHost([action], text);
      const keyring = createKeyring({ dockerConfig: false, providers: [] });
      return serveCredentialHelper(keyring, { process: host, storeFile: '/home/user/s', system });
    }),
  ),
  ...rows('serveExecPlugin', HELPER_INPUTS, (text) => serve(desk(), text)),
  ...rows('serveExecPlugin', TEXTS, (text) =>
    serve(desk(), request('reg.example.com/a', { serviceAccountToken: text, a: text })),
  ),
];

/** Asks a provider for an image. */
function asking(provider: CredentialProvider | ProviderSet): Promise<unknown> {
  const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
  return keyring.explain('r.test/a');
}

const ANSWERS: Texts = {
  'many members': (bytes) => `{${repeated('"a":1,', bytes)}"Username":"u","Secret":"p"}`,
  'a long secret': (bytes) => `{"Username":"u","Secret":"${repeated('a', bytes)}"}`,
  blanks: (bytes) => repeated(' ', bytes),
  lines: (bytes) => repeated('error: no\n', bytes),
  bearers: (bytes) => repeated('bearer ', bytes),
};

const providers: GrowthRow[] = [
  ...rows('dockerHelper', ANSWERS, (stdout) =>
    asking(dockerHelper('x', { system: fakeSystem({ run: () => ({ stdout }) }) })),
  ),
  ...rows('dockerHelper', ANSWERS, (stderr) => {
    const system = fakeSystem({ run: () => ({ exitCode: 1, stderr }) });
    return asking(dockerHelper('x', { system }));
  }),
  ...rows('environment', TEXTS, (text) => {
    const env = { DOCKER_USER: text, DOCKER_PASSWORD: text, DOCKER_REGISTRY_SERVER: text };
    return asking(environment({ system: fakeSystem({ env }) }));
  }),
  ...rows(
    'execPlugins',
    MANIFESTS,
    (text) => {
      const system = fakeSystem({ files: { '/c.yaml': text } });
      return asking(execPlugins({ config: '/c.yaml', binDir: '/bin', system }));
    },
    128 * 1024,
  ),
];

/** A server's headers have at most 16 KiB, its answers 1 MiB. */
const CHALLENGES: Texts = {
  'many challenges': (bytes) => repeated('Basic realm="r", ', bytes),
  'many parameters': (bytes) => `Bearer ${numbered(bytes, (index) => `a${index}="b"`)}`,
  blanks: (bytes) => `Bearer${repeated(' ', bytes)}x`,
  commas: (bytes) => repeated(',', bytes),
  'a quotation without end': (bytes) => `Bearer realm="${repeated(String.raw`\"`, bytes)}`,
  scopes: (bytes) => `Bearer realm="https://r.test/t",scope="${repeated('a:b:c ', bytes)}"`,
};

function answering(reply: object): FakeSystem {
  return fakeSystem({ http: () => reply });
}

const openKeyring = createKeyring({ dockerConfig: false, providers: [] });

const registries: GrowthRow[] = [
  ...rows('authorize', CHALLENGES, (challenge) => {
    const system = answering({ status: 401, headers: { 'WWW-Authenticate': challenge } });
    return authorize('r.test/a', openKeyring, { system, retries: 0 });
  }),
  ...rows('authorize', ANSWERS, (body) => {
    const registry = fakeRegistry();
    registry.inject(/auth\.test/, [{ status: 200, body: JSON.stringify({ token: body }) }]);
    return registry.authorize('r.test/team/app', registry.keyring('u:p'));
  }),
  ...rows('registryFetch', ANSWERS, (body) => {
    const system = answering({
      status: 404,
      body: JSON.stringify({ errors: [{ message: body }] }),
    });
    return registryFetch(openKeyring, { system, retries: 0 })('https://r.test/v2/a/tags/list');
  }),
  ...rows('listTags', ANSWERS, (body) => {
    const system = answering({ status: 200, body: JSON.stringify({ tags: body.split('"') }) });
    return listTags('r.test/a', openKeyring, { system, retries: 0 });
  }),
  ...rows('withCredentials', ANSWERS, (reason) =>
    withCredentials('r.test/a', openKeyring, async () => refused(reason)),
  ),
  ...rows('refused', ANSWERS, refused),
  ...rows('Authorization', TEXTS, (text) => {
    const none = { credential: undefined, expiresAt: undefined };
    const made = new Authorization({
      header: text,
      scheme: 'basic',
      registry: text,
      url: text,
      ...none,
    });
    return [String(made), JSON.stringify(made)];
  }),
  {
    of: 'verifyImages',
    input: 'many images that are none',
    prepare: (bytes) => {
      const images = manyOf(bytes, (index) => `u:p@r.test/A${index}`);
      return () => verifyImages(images, openKeyring, { system: answering({}) });
    },
    maxBytes: 128 * 1024,
  },
];

const attempt = (text: string): errors.RefusedCandidate => ({ candidate: text, message: text });

const ofErrors: GrowthRow[] = Object.entries({
  ConfigError: (text: string) => new errors.ConfigError({ path: text, reason: text, entry: text }),
  PullSecretError: (text: string) => new errors.PullSecretError({ name: text, reason: text }),
  ManifestError: (reason: string) =>
    new errors.ManifestError({ reason, position: { line: 1, column: 1 } }),
  MissingPackageError: (text: string) => new errors.MissingPackageError(text),
  PluginConfigError: (text: string) => new errors.PluginConfigError({ path: text, reason: text }),
  PluginProtocolError: (text: string) => new errors.PluginProtocolError(text, text),
  ProviderError: (text: string) => new errors.ProviderError(text, text, text),
  RegistryAuthError: (text: string) =>
    new errors.RegistryAuthError({ registry: text, image: text, attempts: [attempt(text)] }),
  RegistryUnavailableError: (text: string) =>
    new errors.RegistryUnavailableError({ registry: text, reason: text }),
  TimeoutError: (text: string) => new errors.TimeoutError(text, 1),
  UnsafeRealmError: (text: string) => new errors.UnsafeRealmError(text, text, text),
}).flatMap(([of, make]) => rows(of, { 'a long text': (bytes) => repeated('a@', bytes) }, make));

function manyOf<T>(bytes: number, make: (index: number) => T): T[] {
  return Array.from({ length: Math.ceil(bytes / 40) }, (_, index) => make(index));
}

/** All of them. */
export const OTHER_ROWS: readonly GrowthRow[] = [
  ...manifests,
  ...secretWriters,
  ...serving,
  ...providers,
  ...registries,
  ...ofErrors,
];
