import { describe, expect, test } from '@jest/globals';

import type { PodLike, PullSecret } from '../../../src/kubernetes/pull-secret.ts';
import type { ResolvePullSecretsInput } from '../../../src/kubernetes/resolve-pull-secrets.ts';
import { resolvePullSecrets } from '../../../src/kubernetes/resolve-pull-secrets.ts';

const a: PullSecret = { metadata: { namespace: 'team-a', name: 'a' } };
const b: PullSecret = { metadata: { namespace: 'team-a', name: 'b' } };
const otherA: PullSecret = { metadata: { namespace: 'team-b', name: 'a' } };
const secrets = [otherA, b, a];
const puller = {
  metadata: { namespace: 'team-a', name: 'puller' },
  imagePullSecrets: [{ name: 'b' }],
};

function pod(list: unknown, rest: object = {}): PodLike {
  const spec = { imagePullSecrets: list, serviceAccountName: 'puller', ...rest };
  return { metadata: { namespace: 'team-a', name: 'p' }, spec } as PodLike;
}

describe('resolvePullSecrets', () => {
  test('takes the pod’s own list, in its order and with its repetitions', () => {
    const list = [{ name: 'b' }, { name: 'a' }, { name: 'b' }];
    expect(resolvePullSecrets({ pod: pod(list), serviceAccount: puller, secrets })).toEqual({
      secrets: [b, a, b],
      from: 'pod',
      namespace: 'team-a',
      missing: [],
      skipped: [],
      findings: [],
    });
  });

  test.each([[undefined], [null], [[]]])('takes the service account’s for %j', (list) => {
    const resolved = resolvePullSecrets({ pod: pod(list), serviceAccount: puller, secrets });
    expect(resolved).toMatchObject({ secrets: [b], from: 'service-account', findings: [] });
  });

  test('does not take it for a list of nothing but empty names', () => {
    for (const list of [[{}], [{ name: '' }], [{ name: null }], [null]]) {
      const resolved = resolvePullSecrets({ pod: pod(list), serviceAccount: puller, secrets });
      expect(resolved).toMatchObject({
        secrets: [],
        from: 'pod',
        missing: [],
        skipped: [{ reason: 'empty-name', namespace: 'team-a', name: '' }],
      });
    }
  });

  test('reports what is missing, and what is in another namespace', () => {
    const list = [{ name: 'gone' }, { name: 'a' }];
    const resolved = resolvePullSecrets({ pod: pod(list), secrets: [otherA] });
    expect(resolved).toMatchObject({
      secrets: [],
      missing: [
        { namespace: 'team-a', name: 'gone' },
        { namespace: 'team-a', name: 'a' },
      ],
      skipped: [{ reason: 'other-namespace', namespace: 'team-b', name: 'a' }],
    });
    expect(resolved.skipped[0]?.message).toBe(
      'A secret of this name is in the namespace "team-b"; a pod in "team-a" cannot use it.',
    );
  });

  test('counts objects without a namespace as the pod’s', () => {
    const loose: PullSecret = { metadata: { name: 'a' } };
    const nameless: PullSecret = { kind: 'Secret' };
    const bare = { spec: { imagePullSecrets: [{ name: 'a' }] } };
    expect(resolvePullSecrets({ pod: bare, secrets: [nameless, loose, otherA] })).toMatchObject({
      secrets: [loose],
      namespace: 'default',
    });
    const serviceAccount = { imagePullSecrets: [{ name: 'a' }] };
    expect(resolvePullSecrets({ pod: pod([]), serviceAccount, secrets: [loose] })).toMatchObject({
      secrets: [loose],
      from: 'service-account',
      findings: [],
    });
  });

  test('takes the last of two secrets of one name', () => {
    const newer: PullSecret = { ...a, type: 'newer' };
    const resolved = resolvePullSecrets({ pod: pod([{ name: 'a' }]), secrets: [a, newer] });
    expect(resolved.secrets).toEqual([newer]);
    expect(resolved.findings).toMatchObject([{ code: 'duplicate-secret' }]);
  });

  test('finds that the service account is not given, where it matters', () => {
    expect(resolvePullSecrets({ pod: pod([]), secrets })).toMatchObject({
      secrets: [],
      from: 'none',
      findings: [
        {
          code: 'service-account-not-given',
          severity: 'warning',
          message:
            'the pod runs as "team-a/puller", which is not given: its pull secrets are not known',
        },
      ],
    });
    expect(resolvePullSecrets({ pod: pod([{ name: 'a' }]), secrets }).findings).toEqual([]);
  });

  test('does not take another service account’s list', () => {
    const elsewhere = { ...puller, metadata: { namespace: 'team-b', name: 'puller' } };
    const another = { ...puller, metadata: { namespace: 'team-a', name: 'default' } };
    for (const serviceAccount of [elsewhere, another]) {
      const resolved = resolvePullSecrets({ pod: pod([]), serviceAccount, secrets });
      expect(resolved).toMatchObject({
        from: 'none',
        findings: [{ code: 'other-service-account' }],
      });
    }
    const older = { spec: { serviceAccount: 'puller' }, metadata: { namespace: 'team-a' } };
    expect(resolvePullSecrets({ pod: older, serviceAccount: puller, secrets }).from).toBe(
      'service-account',
    );
    const unnamed = { metadata: { namespace: 'team-a' } };
    expect(resolvePullSecrets({ pod: unnamed, serviceAccount: another, secrets }).from).toBe(
      'service-account',
    );
  });

  test('leaves a mirror pod as it is', () => {
    const annotations = { 'kubernetes.io/config.mirror': '' };
    const mirror = { ...pod([]), metadata: { namespace: 'team-a', annotations } };
    expect(resolvePullSecrets({ pod: mirror, serviceAccount: puller, secrets })).toMatchObject({
      secrets: [],
      from: 'none',
      findings: [],
    });
    const nameless = { ...mirror, spec: { imagePullSecrets: [{ name: '' }] } };
    expect(resolvePullSecrets({ pod: nameless, secrets })).toMatchObject({
      secrets: [],
      missing: [],
      skipped: [{ reason: 'empty-name' }],
      findings: [],
    });
    const refused = { ...mirror, spec: { imagePullSecrets: [{ name: '' }, { name: 'a' }] } };
    expect(resolvePullSecrets({ pod: refused, secrets }).findings).toEqual([
      {
        code: 'mirror-pod-secrets',
        severity: 'error',
        rejectedBy: 'api-server',
        where: { field: 'spec.imagePullSecrets' },
        message: 'a mirror pod may not reference secrets',
      },
    ]);
  });

  test('finds fields that a reference does not have, without what is no name of a field', () => {
    const list = [
      { name: 'a', namespace: 'team-b', nam: undefined },
      { nam: 'a', 'u:p': 1 },
    ];
    const { findings } = resolvePullSecrets({ pod: pod(list), secrets });
    expect(findings.map(({ message, rejectedBy }) => [message, rejectedBy])).toEqual([
      ['unknown field "spec.imagePullSecrets[0].namespace"', 'api-server'],
      ['unknown field "spec.imagePullSecrets[1].nam"', 'api-server'],
      ['unknown field "spec.imagePullSecrets[1].…"', 'api-server'],
    ]);
  });

  test('finds what a service account with a limit doesn’t allow, in the API server’s words', () => {
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
    const limited = { ...puller, metadata: { ...puller.metadata, annotations } };
    const list = [{ name: 'b' }, { name: 'a' }];
    const { findings } = resolvePullSecrets({ pod: pod(list), serviceAccount: limited, secrets });
    expect(findings).toMatchObject([
      {
        code: 'secret-not-allowed',
        rejectedBy: 'api-server',
        where: { field: 'spec.imagePullSecrets[1].name' },
        message:
          'imagePullSecrets[1].name="a" is not allowed because service account puller does not reference that imagePullSecret',
      },
    ]);
  });

  test.each<[unknown, string]>([
    [undefined, 'resolvePullSecrets: the options must be an object'],
    [{ pod: 'x', secrets }, 'resolvePullSecrets: pod must be a Pod object'],
    [{ pod: {}, secrets: {} }, 'resolvePullSecrets: secrets must be an array of Secret objects'],
    [
      { pod: {}, secrets: ['x'] },
      'A pull secret must be a Secret object, not a value of type string',
    ],
    [{ pod: pod('a'), secrets }, 'spec.imagePullSecrets must be a list of objects with a name'],
    [
      { pod: pod([{ name: 'a' }, 'b']), secrets },
      'spec.imagePullSecrets[1] must be an object with a name, such as {name: regcred}',
    ],
    [
      { pod: pod([{ name: 5 }]), secrets },
      'spec.imagePullSecrets[0] must be an object with a name, such as {name: regcred}',
    ],
    [
      { pod: pod([]), serviceAccount: { ...puller, imagePullSecrets: ['b'] }, secrets },
      'imagePullSecrets[0] must be an object with a name, such as {name: regcred}',
    ],
  ])('refuses %j', (input, message) => {
    expect(() => resolvePullSecrets(input as ResolvePullSecretsInput)).toThrow(
      new TypeError(message),
    );
  });
});
