// Nobody gets what another principal got, whatever keeps the answers: files of tokens, or a store of a fleet.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type CredentialProvider,
  type KeyringOptions,
} from '../../../../src/index.ts';
import { execPlugins } from '../../../../src/providers/index.ts';
import { openTokenFileCache } from '../../../../src/shared-cache/token-file/open-token-file-cache.ts';
import { servePlugin } from '../../../../src/serve/plugin/serve-exec-plugin.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';
import { run } from '../../serve/run-helper.ts';
import { chunks, request } from '../../serve/serving.ts';

const HOUR_MS = 3_600_000;
const IMAGE = 'reg.example.com/app';
const KEY = Buffer.alloc(32, 7).toString('base64');
const AZURE = '/etc/kubernetes/azure.json';
const CONFIG = '/etc/plugins.yaml';

/** A world with one plugin, which gives another token each time that it is run. */
function pluginWorld(): FakeSystem {
  let runs = 0;
  const system = fakeSystem({
    run: () => {
      runs += 1;
      return { stdout: answer(`token ${runs}`) };
    },
  });
  system.put(CONFIG, configuration(AZURE));
  system.put(AZURE, '{"userAssignedIdentityID":"one"}');
  return system;
}

function answer(password: string): string {
  return JSON.stringify({
    kind: 'CredentialProviderResponse',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    cacheKeyType: 'Registry',
    cacheDuration: '12h',
    auth: { 'reg.example.com': { username: 'u', password } },
  });
}

function configuration(arg: string): string {
  return `apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: cloud
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    matchImages: [reg.example.com]
    defaultCacheDuration: 12h
    args: [${arg}]
`;
}

type Look = (system: FakeSystem) => Promise<string | undefined>;

async function lookWith(options: KeyringOptions, system: FakeSystem): Promise<string | undefined> {
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [execPlugins({ config: CONFIG, binDir: '/bin', system })],
    ...options,
  });
  const [[credential]] = await Promise.all([keyring.lookup(IMAGE), passTime(system)]);
  await keyring.close();
  return credential?.password;
}

/** A fleet's store makes its members wait a moment for each other. */
async function passTime(system: FakeSystem): Promise<void> {
  await inOrder(Array.from({ length: 40 }), async () => {
    await settle();
    system.advance(50);
  });
}

const store = (): Look => {
  const shared = { sharedCache: { store: new Map<string, string>(), keys: [KEY] } };
  return (system) => lookWith(shared, system);
};

const files: Look = async (system) =>
  lookWith({ sharedCache: await openTokenFileCache({ directory: '/cache', system }) }, system);

/** As `docker-credential-keyring` with `exec:CONFIG,BINDIR`. */
const helper: Look = async (system) => {
  const { stdout } = await run('get', 'reg.example.com', { system });
  return (JSON.parse(stdout) as { readonly Secret: string }).Secret;
};

/** As `docker-keyring plugin`. */
const plugin: Look = async (system) => {
  const sharedCache = await openTokenFileCache({ directory: '/cache', system });
  let text = '';
  const served = execPlugins({ config: CONFIG, binDir: '/bin', system });
  await servePlugin([{ served }], {
    stdin: chunks(request(IMAGE)),
    stdout: { write: (some) => void (text += some) },
    stderr: { write: () => {} },
    system,
    sharedCache,
  });
  const { auth } = JSON.parse(text) as { auth: Record<string, { password: string }> };
  return auth['reg.example.com']?.password;
};

describe.each<[string, () => Look]>([
  ['a store of a fleet', store],
  ['token files', () => files],
  ['docker-credential-keyring', () => helper],
  ['docker-keyring plugin', () => plugin],
])('With %s', (_where, open) => {
  test.each<[string, (system: FakeSystem) => void]>([
    ['azure.json names another identity', (s) => s.put(AZURE, '{"userAssignedIdentityID":"two"}')],
    ['the plugin has other arguments', (s) => s.put(CONFIG, configuration('--other'))],
    ['AWS_PROFILE is another one', (s) => s.setVariable('AWS_PROFILE', 'other')],
    ['the plugin is another program', (s) => s.put('/bin/cloud', 'other')],
    ['somebody else has logged in', (s) => s.put('/home/user/.aws/credentials', 'other')],
  ])('the old token is not answered where %s', async (_what, change) => {
    const system = pluginWorld();
    const helperConfig = { providers: [`exec:${CONFIG},/bin`] };
    system.put('/home/user/.config/docker-keyring/helper.json', JSON.stringify(helperConfig));
    const look = open();
    expect(await look(system)).toBe('token 1');
    expect(await look(system)).toBe('token 1');
    change(system);
    expect(await look(system)).toBe('token 2');
  });
});

function counted(more: Partial<CredentialProvider>): {
  provider: CredentialProvider;
  calls: () => number;
} {
  let calls = 0;
  const provider: CredentialProvider = {
    name: 'own',
    matchImages: ['reg.example.com'],
    defaultCacheDurationMs: HOUR_MS,
    async provide() {
      calls += 1;
      const entry = { username: 'u', password: `token ${calls}` };
      return { auth: { 'reg.example.com': entry }, cacheKeyType: 'Registry' };
    },
    ...more,
  };
  return { provider, calls: () => calls };
}

describe('A provider of one’s own', () => {
  const shared = { sharedCache: { store: new Map<string, string>(), keys: [KEY] } };

  test.each<[string, Partial<CredentialProvider>, number]>([
    ['that says nothing shares by its name', { name: 'quiet' }, 1],
    [
      'that says whose its answers are shares them',
      { name: 'a', cachePrincipal: async () => 'x' },
      1,
    ],
    [
      'that says that nothing tells shares none',
      { name: 'b', cachePrincipal: async () => undefined },
      2,
    ],
    [
      'that fails to say it shares none',
      { name: 'c', cachePrincipal: () => Promise.reject(new Error('no')) },
      2,
    ],
  ])('%s', async (_what, more, calls) => {
    const system = fakeSystem();
    const own = counted(more);
    const options = { ...shared, providers: [own.provider] };
    await lookWith(options, system);
    await lookWith(options, system);
    expect(own.calls()).toBe(calls);
  });

  test('that takes too long to say it is asked all the same', async () => {
    const system = fakeSystem();
    const own = counted({ name: 'd', cachePrincipal: () => new Promise(() => {}) });
    const keyring = createKeyring({
      system,
      dockerConfig: false,
      providers: [own.provider],
      ...shared,
    });
    const lookup = keyring.lookup(IMAGE);
    await settle();
    system.advance(10_000);
    expect((await lookup)[0]?.password).toBe('token 1');
  });

  test('ends with whoever asks, while it says it', async () => {
    const system = fakeSystem();
    const own = counted({ name: 'e', cachePrincipal: () => new Promise(() => {}) });
    const keyring = createKeyring({
      system,
      dockerConfig: false,
      providers: [own.provider],
      ...shared,
    });
    const controller = new AbortController();
    const lookup = keyring.lookup(IMAGE, { signal: controller.signal });
    await settle();
    controller.abort(new Error('enough'));
    await expect(lookup).rejects.toThrow('enough');
    await settle();
    expect(own.calls()).toBe(0);
  });

  test('in token files that says nothing depends on everything', async () => {
    const system = fakeSystem();
    const own = counted({ name: 'f' });
    const look = async (): Promise<unknown> => {
      const sharedCache = await openTokenFileCache({ directory: '/cache', system });
      return lookWith({ sharedCache, providers: [own.provider] }, system);
    };
    expect(await look()).toBe('token 1');
    expect(await look()).toBe('token 1');
    system.setVariable('VAULT_ADDR', 'https://other.example.com');
    expect(await look()).toBe('token 2');
  });
});
