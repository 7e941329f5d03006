import { expect, test } from '@jest/globals';

import * as kubernetes from '../../../src/kubernetes/index.ts';

test('the subpath docker-keyring/kubernetes gives what it documents', () => {
  expect(Object.keys(kubernetes).toSorted()).toEqual([
    'KeyringError',
    'ManifestError',
    'createPullSecret',
    'createPullSecrets',
    'formatPullSecret',
    'formatPullSecrets',
    'parseManifests',
    'podTemplates',
    'resolvePullSecrets',
    'validatePullSecret',
  ]);
});
