// Providers that work with tokens of a pod's service account (Kubernetes v1.37.2 plugin.go, provide).

import { describe, expect, test } from '@jest/globals';
import { POD, serviceAccountWorld } from '../fakes/service-account-world.ts';

describe('a provider in service-account mode', () => {
  test('is given a token for its audience and the annotations that it wants', async () => {
    const annotations = { 'x/required': 'r', 'x/optional': 'o', 'x/other': 'secret business' };
    const { keyring, requests, tokenRequests } = serviceAccountWorld(
      {
        requireServiceAccount: true,
        requiredServiceAccountAnnotationKeys: ['x/required'],
        optionalServiceAccountAnnotationKeys: ['x/optional', 'x/absent'],
      },
      { annotations },
    );
    const found = await keyring.lookup('r.test/a:1', { pod: POD });
    expect(tokenRequests).toMatchObject([
      {
        namespace: 'ns',
        serviceAccountName: 'sa',
        pod: { name: 'pod', uid: 'pod-uid' },
        audience: 'registry.test',
      },
    ]);
    expect(requests).toMatchObject([
      {
        image: 'r.test/a',
        serviceAccountToken: 'sa-token',
        serviceAccountAnnotations: { 'x/optional': 'o', 'x/required': 'r' },
      },
    ]);
    expect(Object.keys(requests[0]?.serviceAccountAnnotations ?? {})).toHaveLength(2);
    expect(found.map(({ source }) => source)).toEqual([
      {
        kind: 'service-account',
        namespace: 'ns',
        name: 'sa',
        uid: 'sa-uid',
        provider: 'by-account',
      },
    ]);
  });

  test('is asked without a token where there is no service account and it wants none', async () => {
    const { keyring, requests, tokenRequests } = serviceAccountWorld();
    const staticPod = { ...POD, serviceAccountName: '' };
    const [credential] = await keyring.lookup('r.test/a', { pod: staticPod });
    await keyring.lookup('r.test/a');
    expect(tokenRequests).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(requests[0]).not.toHaveProperty('serviceAccountToken');
    expect(credential?.source).toEqual({ kind: 'provider', provider: 'by-account' });
  });

  test('is left out where there is no service account and it requires one', async () => {
    const { passwords, message, requests } = serviceAccountWorld({ requireServiceAccount: true });
    expect(await passwords()).toEqual([]);
    expect(await message()).toBe(
      'not asked: it is for pods with a service account only, and none was given',
    );
    expect(requests).toEqual([]);
  });

  test('is left out where a required annotation is missing', async () => {
    const { passwords, message, requests } = serviceAccountWorld(
      { requireServiceAccount: true, requiredServiceAccountAnnotationKeys: ['x/required'] },
      { annotations: {} },
    );
    expect(await passwords(POD)).toEqual([]);
    expect(await message(POD)).toBe(
      'not asked: the service account ns/sa has no annotation x/required',
    );
    expect(requests).toEqual([]);
  });
});

describe('an answer is kept for', () => {
  test('the service account: another token does not matter, another account does', async () => {
    let tokens = 0;
    const { passwords, requests } = serviceAccountWorld({}, ({ serviceAccountName }) => {
      tokens += 1;
      return { token: `sa-token-${tokens}`, uid: `uid-of-${serviceAccountName}` };
    });
    expect(await passwords(POD)).toEqual(['password-1']);
    expect(await passwords({ ...POD, name: 'other-pod', uid: 'other' })).toEqual(['password-1']);
    expect(await passwords({ ...POD, serviceAccountName: 'other' })).toEqual(['password-2']);
    expect(await passwords({ ...POD, namespace: 'other' })).toEqual(['password-3']);
    expect(requests).toHaveLength(3);
  });

  test('nobody else: not for a new account of the same name, nor for other annotations', async () => {
    const answers = [
      { uid: '1' },
      { uid: '2' },
      { uid: '2', annotations: { 'x/role': 'a' } },
      { uid: '2', annotations: { 'x/role': 'b' } },
      { uid: '1' },
    ];
    let asked = 0;
    const { passwords } = serviceAccountWorld(
      { optionalServiceAccountAnnotationKeys: ['x/role'] },
      () => {
        asked += 1;
        return answers[asked - 1];
      },
    );
    expect([
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
    ]).toEqual([['password-1'], ['password-2'], ['password-3'], ['password-4'], ['password-1']]);
  });

  test('the one token, where the provider says so', async () => {
    const tokens = ['one', 'two', 'one'];
    let asked = 0;
    const { passwords } = serviceAccountWorld({ cacheType: 'Token' }, () => {
      asked += 1;
      return { token: tokens[asked - 1] };
    });
    expect([await passwords(POD), await passwords(POD), await passwords(POD)]).toEqual([
      ['password-1'],
      ['password-2'],
      ['password-1'],
    ]);
  });

  test('never for a lookup without a pod, nor the other way round', async () => {
    const { passwords } = serviceAccountWorld();
    expect([await passwords(POD), await passwords(), await passwords(POD)]).toEqual([
      ['password-1'],
      ['password-2'],
      ['password-1'],
    ]);
  });
});
