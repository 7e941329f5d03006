import { expect, test } from '@jest/globals';
import { makeDirectoryAtHome } from '../../../../src/shared-cache/file-lock/make-directory.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';

test('A directory is made where HOME is not set, and not below a home that is missing', async () => {
  const system = fakeSystem({ env: {} });
  await makeDirectoryAtHome({ ...system, homeDirectory: () => '' }, '/cache/docker-keyring');
  expect(await system.stat('/cache/docker-keyring')).toBeDefined();
  const homeless = { ...system, env: () => '/nonexistent' };
  await expect(makeDirectoryAtHome(homeless, '/nonexistent/.cache/x')).rejects.toThrow(
    'the home directory /nonexistent does not exist',
  );
});
