import { describe, expect, test } from '@jest/globals';

import { requiresCredentialVerification } from '../../../src/kubelet/credential-verification.ts';

const IMAGE = 'test.io/test/test-image:tag';
const DIGEST = 'sha256:38a8906435c4dd5f4258899d46621bfd8eea3ad6ff494ee3c2f17ef0321625bd';

function allowlisted(allowlist: string[], image: string, pulledByKubelet = false): boolean {
  return !requiresCredentialVerification({
    policy: 'NeverVerifyAllowlistedImages',
    allowlist,
    image,
    pulledByKubelet,
  });
}

describe('the policies without a list', () => {
  test.each([
    [undefined, false, false],
    [undefined, true, true],
    ['NeverVerifyPreloadedImages', false, false],
    ['NeverVerifyPreloadedImages', true, true],
    ['NeverVerify', false, false],
    ['NeverVerify', true, false],
    ['AlwaysVerify', false, true],
    ['AlwaysVerify', true, true],
  ] as const)(
    '%s, pulled by the kubelet: %s, verifies: %s',
    (policy, pulledByKubelet, expected) => {
      const question = { policy, image: IMAGE, pulledByKubelet };
      expect(requiresCredentialVerification(question)).toBe(expected);
    },
  );

  test('refuse a list, as the kubelet does at its start', () => {
    const question = { image: IMAGE, allowlist: ['a'], pulledByKubelet: true };
    expect(() => requiresCredentialVerification(question)).toThrow(
      new TypeError(
        'the allowlist can be set only with the policy NeverVerifyAllowlistedImages, not with NeverVerifyPreloadedImages',
      ),
    );
  });

  test('are four', () => {
    const policy = 'Sometimes' as 'NeverVerify';
    expect(() =>
      requiresCredentialVerification({ policy, image: IMAGE, pulledByKubelet: true }),
    ).toThrow(new TypeError('unknown image pull credential verification policy: Sometimes'));
  });
});

// The rows of Kubernetes v1.37.2, pkg/kubelet/images/pullmanager/image_pull_policies_test.go, and some more.
describe('an allowlist', () => {
  test.each([
    [IMAGE, ['test.io/test/image1', 'test.io/test/image2'], false],
    [IMAGE, ['test.io/test/image1', 'test.io/test/test-image'], true],
    [IMAGE, ['test.io/test/image1', 'different.repo/test/*'], false],
    [IMAGE, ['test.io/test/image1', 'test.io/test/*'], true],
    [IMAGE, ['test.io/*'], true],
    ['ubuntu', ['docker.io/library/ubuntu'], false],
    ['ubuntu', ['docker.io/library/*'], false],
    ['ubuntu', ['ubuntu'], true],
    ['ubuntu:tagged', ['ubuntu'], true],
    [`ubuntu@${DIGEST}`, ['ubuntu'], true],
    [`ubuntu:v1@${DIGEST}`, ['ubuntu'], true],
    ['localhost:5000/myimage:v1', ['localhost:5000/myimage'], true],
    ['test.io/testing/a', ['test.io/test/*'], false],
    ['test.io/UPPER/a:b', ['test.io/*'], true],
    ['test.io/UPPER/a:b', ['test.io/a'], false],
    ['anything', [], false],
  ])('opens %s with %j: %s', (image, patterns, expected) => {
    expect(allowlisted(patterns, image)).toBe(expected);
    expect(allowlisted(patterns, image, true)).toBe(expected);
  });

  test.each([
    ['image.repo/pokus*/imagename', 'not a valid wildcard pattern, only patterns ending with'],
    ['image.repo/pokus*', 'not a valid wildcard pattern, only patterns ending with'],
    ['image.repo/*/imagename', 'not a valid wildcard pattern, only patterns ending with'],
    ['image.repo/*/*', 'not a valid wildcard pattern, only patterns ending with'],
    ['*', 'not a valid wildcard pattern, only patterns ending with'],
    ['/*', 'at least registry hostname is required'],
    ['', 'the supplied pattern is too short: '],
    ['image.repo/', 'failed to parse as an image name: '],
    ['image.repo/UPPER', 'failed to parse as an image name: the repository name must be lower'],
    ['test.io/test/image1:tagged', 'neither tag nor digest is accepted in an image reference: '],
    [`test.io/test/image1@${DIGEST}`, 'neither tag nor digest is accepted in an image reference'],
    ['test.io/test/image1 ', 'leading/trailing spaces are not allowed: '],
    ['\u0085test.io/a', 'leading/trailing spaces are not allowed: '],
    ['test.io/a\u3000', 'leading/trailing spaces are not allowed: '],
    // A byte order mark is a space for JavaScript and none for Go.
    ['test.io/a\uFEFF', 'failed to parse as an image name: '],
  ])('refuses the pattern %j: %s', (pattern, reason) => {
    expect(() => allowlisted(['good.io/*', pattern], IMAGE)).toThrow(TypeError);
    expect(() => allowlisted([pattern], IMAGE)).toThrow(`invalid allowlist pattern: ${reason}`);
  });
});
