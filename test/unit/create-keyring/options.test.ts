import { describe, expect, test } from '@jest/globals';
import { createKeyring, type DockerKeyring } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { providerOf } from '../fakes/keyring-inputs.ts';

const create = createKeyring as (options: unknown) => DockerKeyring;

describe('a wrong option is a TypeError that names it', () => {
  const provider = providerOf('vault', {});

  test.each<[unknown, RegExp]>([
    [null, /createKeyring/],
    ['text', /createKeyring/],
    [[], /createKeyring/],
    [{ pullSecret: [] }, /pullSecret/],
    [{ __proto__: null, toString: 1 }, /toString/],
    [{ pullSecrets: {} }, /pullSecrets must be an array/],
    [{ pullSecrets: [5] }, /pullSecrets must be an array/],
    [{ pullSecrets: null }, /pullSecrets/],
    [{ dockerConfig: 'yes' }, /dockerConfig must be true, false, or/],
    [{ dockerConfig: null }, /dockerConfig/],
    [{ dockerConfig: { path: '/a' } }, /dockerConfig has no member "path"/],
    [{ dockerConfig: { files: '/a' } }, /dockerConfig must have arrays of strings/],
    [{ dockerConfig: { searchPaths: [1] } }, /dockerConfig must have arrays of strings/],
    [{ dockerConfig: { helpers: 1 } }, /dockerConfig must have true or false as helpers/],
    [{ providers: provider }, /providers must be an array/],
    [{ providers: [provider, {}] }, /providers \[1\] must have a name/],
    [{ providers: [null] }, /providers \[0\] must have/],
    [{ providers: [{ ...provider, name: 1 }] }, /providers \[0\] must have/],
    [{ providers: [{ ...provider, matchImages: '*' }] }, /providers \[0\] must have/],
    [{ providers: [{ ...provider, provide: 1 }] }, /providers \[0\] must have/],
    [{ providers: [provider, provider] }, /providers \[1\] has the name "vault" of an earlier one/],
    [{ semantics: 'docker' }, /semantics must be 'kubelet' or 'extended'/],
    [{ semantics: null }, /semantics/],
    [{ pathMatching: 'glob' }, /pathMatching must be 'prefix' or 'segment'/],
    [{ malformedPullSecrets: 'ignore' }, /malformedPullSecrets must be 'reject' or 'skip'/],
    [{ onProblem: 'throw' }, /onProblem must be a function/],
    [{ onProviderError: 'skip' }, /onProviderError must be 'throw'/],
    [{ system: 5 }, /system must be a System/],
  ])('%p', (options, message) => {
    expect(() => create(options)).toThrow(TypeError);
    expect(() => create(options)).toThrow(message);
  });
});

describe('a right option is taken', () => {
  test.each([
    [undefined],
    [{}],
    [{ pullSecrets: undefined, dockerConfig: undefined, system: undefined }],
    [{ dockerConfig: { searchPaths: [], files: [], helpers: false } }],
    [{ dockerConfig: { helpers: true } }],
    [{ semantics: 'kubelet', pathMatching: 'segment', malformedPullSecrets: 'skip' }],
    [{ onProblem: () => {}, onProviderError: 'throw' }],
    [{ onProblem: () => {}, providers: [providerOf('a', {}), providerOf('b', {})] }],
    [{ pullSecrets: ['kind: Secret', {}, { items: [] }] }],
  ])('%p', (options) => {
    expect(create(options)).toHaveProperty('lookup');
  });

  test('and nothing is read before the first lookup', async () => {
    const system = fakeSystem();
    const keyring = createKeyring({ system });
    keyring.withPullSecrets([]);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(system.touches).toEqual([]);
  });
});
