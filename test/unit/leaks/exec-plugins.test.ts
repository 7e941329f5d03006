// What a plugin is told and what it says is secret: none of it gets into an error, an explanation or an event.

import { describe, expect, test } from '@jest/globals';
import { execPlugins } from '../../../src/index.ts';
import type { PodContext } from '../../../src/index.ts';
import { fakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { observeKeyring } from './observe.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;
const POD: PodContext = { namespace: 'ns', name: 'pod', uid: 'u', serviceAccountName: 'sa' };

function configOf(change: (text: string) => string = (text) => text): string {
  return change(`apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: plugin
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    matchImages: [r.test]
    defaultCacheDuration: 1m
    args: ['--token', '${identityToken}']
    env:
      - name: PLUGIN_TOKEN
        value: ${registryToken}
    tokenAttributes:
      serviceAccountTokenAudience: r.test
      cacheType: ServiceAccount
      requireServiceAccount: false
`);
}

async function leaksOf(config: string, run?: FakeWorld['run']): Promise<readonly string[]> {
  const files = { '/c.yaml': config };
  const system = fakeSystem(run === undefined ? { files } : { files, run });
  const set = execPlugins({ config: '/c.yaml', binDir: '/bin', system });
  const options = {
    system,
    dockerConfig: false,
    providers: [set],
    getServiceAccountToken: async () => ({ token: userToken, uid: 'u' }),
  };
  const said = await observeKeyring(options, ['r.test/a', 'r.test/b'], { pod: POD });
  return said.flatMap(secretsIn);
}

const ENTRY = { username: USER, password };
const response = (change: object): string =>
  JSON.stringify({
    kind: 'CredentialProviderResponse',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    cacheKeyType: 'Image',
    auth: { 'r.test': ENTRY },
    ...change,
  });

describe('no secret gets out of a plugin', () => {
  test.each<[string, NonNullable<FakeWorld['run']>]>([
    ['that answers', () => ({ stdout: response({}) })],
    ['that answers with more than it may', () => ({ stdout: response({ secret: password }) })],
    ['that answers for another version', () => ({ stdout: response({ apiVersion: password }) })],
    ['that answers with a wrong type', () => ({ stdout: response({ auth: password }) })],
    ['that answers with no JSON', () => ({ stdout: `${password} ${response({})}` })],
    [
      'that answers and complains',
      () => ({ stdout: response({ cacheKeyType: 'x' }), stderr: `got ${password}` }),
    ],
    [
      'that tells what it was told',
      () => ({
        exitCode: 1,
        stderr: `PLUGIN_TOKEN=${registryToken}, request {"serviceAccountToken":"${userToken}"}`,
      }),
    ],
    [
      'that cannot be started',
      () => {
        const error = new Error(`spawn plugin --token ${identityToken}`);
        throw Object.assign(error, { code: 'E2BIG', spawnargs: ['--token', identityToken] });
      },
    ],
    [
      'that hands the token back',
      () => ({ stdout: response({ auth: { r: { password: userToken } } }) }),
    ],
  ])('%s', async (_name, run) => {
    expect(await leaksOf(configOf(), run)).toEqual([]);
  });
});

/** Names of fields, kinds and versions are quoted, as the kubelet does: values are what may be secret. */
describe('no secret gets out of the values of a configuration', () => {
  test.each<[string, (text: string) => string]>([
    ['with a field that is none', (text) => text.replace('value:', 'secret:')],
    ['with a wrong type', (text) => text.replace(registryToken, `[${registryToken}]`)],
    ['that breaks off', (text) => text.replace(registryToken, `"${registryToken}`)],
    ['with an anchor', (text) => text.replace(registryToken, `*${registryToken}`)],
    ['with a doubled field', (text) => text.replace('kind:', `kind: ${password}\nkind:`)],
    ['that is no YAML', () => `${password}: [`],
  ])('%s', async (_name, change) => {
    expect(await leaksOf(configOf(change))).toEqual([]);
  });
});
