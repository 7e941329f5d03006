import { describe, expect, test } from '@jest/globals';
import {
  createRegistrySession,
  verifyImages,
  type VerifyInput,
  type VerifyOptions,
} from '../../../../src/registry/index.ts';
import { rejection } from '../client/fake-registry.ts';
import { fakeCluster } from './fake-cluster.ts';

const { keyring } = fakeCluster();

describe('A TypeError is thrown', () => {
  test.each<[string, unknown]>([
    ['concurrency must be a number from 1 on', { concurrency: 0 }],
    ['concurrency must be a number from 1 on', { concurrency: 1.5 }],
    ['platforms must be an array of platforms, such as linux/arm64', { platforms: 'linux/arm64' }],
    ['platforms must be an array of platforms, such as linux/arm64', { platforms: ['arm64'] }],
    ['expiresWithinMs must be a number of milliseconds from 0 on', { expiresWithinMs: -1 }],
    ['namespace must be a text', { namespace: '' }],
    ['anonymous must be true or false', { anonymous: 1 }],
    ['onProgress must be a function', { onProgress: true }],
    ['retries must be a number from 0 on', { retries: -1 }],
    ['session must come from createRegistrySession()', { session: {} }],
    ['the options must be an object', null],
  ])('that says: %s', async (message, options) => {
    const work = verifyImages([], keyring, options as VerifyOptions);
    expect(await rejection(work)).toEqual(new TypeError(`verifyImages: ${message}`));
  });

  test('for an option that does not exist, with those that do', async () => {
    const error = await rejection(verifyImages([], keyring, { pod: {} } as VerifyOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/there is no option "pod"; there are .*concurrency.*onProgress/);
  });

  test.each([['nginx'], [[5]], [[null]], [[['nginx']]]])(
    'for %j, which is no list of images and objects',
    async (images) => {
      const error = await rejection(verifyImages(images as readonly VerifyInput[], keyring));
      const message = 'verifyImages: images must be an array of texts and Kubernetes objects';
      expect(error).toEqual(new TypeError(message));
    },
  );

  const lookup = keyring.lookup.bind(keyring);
  const withPullSecrets = keyring.withPullSecrets.bind(keyring);
  test.each([[undefined], [{ lookup }], [{ withPullSecrets }]])(
    'for a keyring that is none (%#)',
    async (other) => {
      const error = await rejection(verifyImages([], other as typeof keyring));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/the keyring must have lookup\(\)/);
    },
  );
});

test('Options that are undefined count as not given', async () => {
  const world = fakeCluster({ 'r.test': { isPublic: true } });
  const report = await world.verify(['r.test/app:1'], {
    concurrency: undefined,
    platforms: undefined,
    expiresWithinMs: undefined,
    namespace: undefined,
    anonymous: undefined,
    signal: undefined,
    onProgress: undefined,
  });
  expect(report.ok).toBe(true);
});

test('No images are fine', async () => {
  const report = await verifyImages([], keyring);
  expect(report).toEqual({ ok: true, images: [], warnings: [], registries: [] });
});

test('A session keeps tokens between calls, and each report counts its own requests', async () => {
  const world = fakeCluster({ 'r.test': { isPublic: true } });
  const { system } = world;
  const session = createRegistrySession({ system });
  const first = await verifyImages(['r.test/app:1'], world.keyring, { session });
  const second = await verifyImages(['r.test/app:2'], world.keyring, { session });
  expect(first.registries).toEqual([{ registry: 'r.test', images: 1, requests: 3 }]);
  expect(second.registries).toEqual([{ registry: 'r.test', images: 1, requests: 1 }]);
});
