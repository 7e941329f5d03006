import { describe, expect, test } from '@jest/globals';

import type { PullQuestion, PullVerification } from '../../../src/kubelet/pull-policy.ts';
import { decidePull, defaultPullPolicy } from '../../../src/kubelet/pull-policy.ts';

function sentence(question: PullQuestion): string {
  return decidePull(question).message;
}

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('the default policy', () => {
  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['localhost:5000/nginx', 'Always'],
    [`nginx:latest@${DIGEST}`, 'Always'],
    ['nginx:1.29', 'IfNotPresent'],
    ['nginx:LATEST', 'IfNotPresent'],
    [`nginx@${DIGEST}`, 'IfNotPresent'],
    [`nginx:1@${DIGEST}`, 'IfNotPresent'],
    ['', 'IfNotPresent'],
    ['Not A Name', 'IfNotPresent'],
    ['UPPER:latest', 'IfNotPresent'],
  ])('of %j is %s', (image, expected) => {
    expect(defaultPullPolicy(image)).toBe(expected);
  });

  test('is asked of a string', () => {
    expect(() => defaultPullPolicy(5 as unknown as string)).toThrow(TypeError);
  });
});

describe('a pull', () => {
  test.each<[PullQuestion, object]>([
    [
      { image: 'nginx', present: true },
      { action: 'pull', policy: 'Always', policyFrom: 'default', reason: 'policy-always' },
    ],
    [
      { image: 'nginx:1', present: false },
      { action: 'pull', policy: 'IfNotPresent', policyFrom: 'default', reason: 'not-present' },
    ],
    [
      { image: 'nginx:1', present: true },
      { action: 'use-present', reason: 'verification-not-required' },
    ],
    [
      { image: 'nginx:1', present: true, policy: 'Always' },
      { action: 'pull', policy: 'Always', policyFrom: 'container', reason: 'policy-always' },
    ],
    [
      { image: 'nginx', present: true, policy: 'IfNotPresent' },
      { action: 'use-present', policy: 'IfNotPresent', policyFrom: 'container' },
    ],
    [
      { image: 'nginx', present: true, policy: 'Never' },
      { action: 'use-present', policy: 'Never', reason: 'verification-not-required' },
    ],
    [
      { image: 'nginx', present: false, policy: 'Never' },
      { action: 'fail', error: 'ErrImageNeverPull', policy: 'Never', reason: 'not-present' },
    ],
    [
      { image: 'nginx:1', present: true, policy: 'Never', alwaysPullImages: true },
      { action: 'pull', policy: 'Always', policyFrom: 'always-pull-images' },
    ],
    [
      { image: 'Bad Name', present: true, policy: 'Never' },
      { action: 'fail', error: 'InvalidImageName', policy: 'Never', reason: 'invalid-image-name' },
    ],
  ])('for %j is %j', (question, expected) => {
    expect(decidePull(question)).toMatchObject(expected);
  });

  test('speaks with the kubelet’s sentences', () => {
    expect(sentence({ image: 'nginx:1', present: true })).toBe(
      'Container image "nginx:1" already present on machine and can be accessed by the pod',
    );
    expect(sentence({ image: 'nginx:1', present: false })).toBe('Pulling image "nginx:1"');
    expect(sentence({ image: 'nginx', present: false, policy: 'Never' })).toBe(
      'Container image "nginx" is not present with pull policy of Never',
    );
    expect(sentence({ image: 'a//b', present: false })).toBe(
      'Failed to apply default image tag "a//b": couldn\'t parse image name "a//b": the repository name has an empty component',
    );
  });

  test('does not repeat a password that stands in an image name', () => {
    const answer = decidePull({ image: 'user:canary@r.test/a', present: false });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  test('has no error where it does not fail', () => {
    expect(decidePull({ image: 'nginx', present: false })).not.toHaveProperty('error');
  });

  test('has one of three policies', () => {
    const policy = 'Sometimes' as 'Always';
    expect(() => decidePull({ image: 'nginx', present: true, policy })).toThrow(
      new TypeError('imagePullPolicy must be one of Always, IfNotPresent, Never'),
    );
  });
});

const secret = { uid: 'u1', namespace: 'team-a', name: 'regcred', credentialHash: 'h1' };
const account = { uid: 'u2', namespace: 'team-a', name: 'puller' };
const manySecrets = Array.from({ length: 100 }, (_, index) => ({
  ...secret,
  name: index === 99 ? secret.name : `s${index}`,
}));

// After Kubernetes v1.37.2, TestFileBasedImagePullManager_MustAttemptImagePull.
describe('an image that is present and whose use is verified', () => {
  test.each<[string, PullVerification, string]>([
    ['pulled by the kubelet, no record', { pulledByKubelet: true }, 'no-pull-record'],
    ['preloaded, every image verified', { policy: 'AlwaysVerify' }, 'no-pull-record'],
    [
      'open to all',
      { record: { nodePodsAccessible: true, kubernetesSecrets: [secret] } },
      'image-open-to-every-pod',
    ],
    ['an empty record', { record: {} }, 'record-without-credentials'],
    ['no pod secrets', { record: { kubernetesSecrets: [secret] } }, 'credentials-not-in-record'],
    [
      'the exact secret',
      { record: { kubernetesSecrets: [secret] }, podSecrets: [secret] },
      'same-credential',
    ],
    [
      'another secret with the same credential',
      { record: { kubernetesSecrets: [secret] }, podSecrets: [{ ...secret, namespace: 'b' }] },
      'same-credential',
    ],
    [
      'the same secret with a new credential',
      {
        record: { kubernetesSecrets: [secret] },
        podSecrets: [{ ...secret, credentialHash: 'h2' }],
      },
      'same-secret',
    ],
    [
      'the same secret with a new credential in a record that is full',
      {
        record: { kubernetesSecrets: manySecrets },
        podSecrets: [{ ...secret, credentialHash: 'h2' }],
      },
      'credentials-not-in-record',
    ],
    [
      'the same credential in a record that is full',
      { record: { kubernetesSecrets: manySecrets }, podSecrets: [{ ...secret, uid: 'u9' }] },
      'same-credential',
    ],
    [
      'another secret without a hash',
      {
        record: { kubernetesSecrets: [{ ...secret, credentialHash: '' }] },
        podSecrets: [{ ...secret, uid: 'u9', credentialHash: '' }],
      },
      'credentials-not-in-record',
    ],
    [
      'another secret of the same name',
      {
        record: { kubernetesSecrets: [secret] },
        podSecrets: [{ ...secret, uid: 'u9', credentialHash: 'h2' }],
      },
      'credentials-not-in-record',
    ],
    [
      'the service account',
      { record: { kubernetesServiceAccounts: [account] }, podServiceAccount: { ...account } },
      'same-service-account',
    ],
    [
      'another service account',
      {
        record: { kubernetesServiceAccounts: [account] },
        podServiceAccount: { ...account, namespace: 'b' },
      },
      'credentials-not-in-record',
    ],
    [
      'a record, but a node that never verifies',
      { policy: 'NeverVerify', record: {} },
      'verification-not-required',
    ],
    [
      'a record, said not to be the kubelet’s',
      { pulledByKubelet: false, record: {} },
      'verification-not-required',
    ],
    [
      'an allowlisted name',
      { policy: 'NeverVerifyAllowlistedImages', allowlist: ['r.test/*'], record: {} },
      'verification-not-required',
    ],
  ])('%s', (_case, verification, reason) => {
    const question = { image: 'r.test/app:1', present: true, verification };
    const isRefused = /no-pull-record|without|not-in-record/.test(reason);
    const answer = decidePull(question);
    expect(answer).toMatchObject({ reason, action: isRefused ? 'pull' : 'use-present' });
    expect(answer.explanation).toMatch(/^The image is on the node, .+\.$/);

    const never = decidePull({ ...question, policy: 'Never' });
    expect(never.action).toBe(isRefused ? 'fail' : 'use-present');
    expect(never.error).toBe(isRefused ? 'ErrImageNeverPull' : undefined);
  });

  test('sounds like one that is absent where the policy is Never', () => {
    const question = { image: 'r.test/app:1', policy: 'Never' } as const;
    const verification = { policy: 'AlwaysVerify' } as const;
    const refused = decidePull({ ...question, present: true, verification });
    expect(refused.message).toBe(decidePull({ ...question, present: false }).message);
  });

  test('needs a valid configuration even where it is not asked', () => {
    const verification = { allowlist: ['a'] };
    expect(() => decidePull({ image: 'nginx', present: false, verification })).toThrow(TypeError);
  });
});
