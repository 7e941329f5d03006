// Credentials of the machine that were asked for a pod are the machine's, and explain says why.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type CredentialProvider,
  type DockerKeyring,
  type Explanation,
} from '../../../src/index.ts';
import { acr } from '../../../src/providers/acr/acr.ts';
import { gcr } from '../../../src/providers/gcr/gcr.ts';
import { ecr } from '../../../src/providers/ecr/ecr.ts';
import { formatStoredAnswer, parseStoredAnswer } from '../../../src/shared-cache/stored-answer.ts';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../src/testing/aws/fake-sts.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { ATTRIBUTES, POD } from '../fakes/service-account-world.ts';
import { isolateAwsEnvironment, setVariables } from './ecr/aws-environment.ts';
import { HOST, ROLE } from './ecr/requests.ts';

isolateAwsEnvironment();

const IRSA = 'eks.amazonaws.com/role-arn';
const OWN = 'eks.amazonaws.com/ecr-role-arn';

function keyringWith(
  provider: CredentialProvider,
  annotations: Readonly<Record<string, string>>,
): DockerKeyring {
  return createKeyring({
    system: fakeSystem(),
    dockerConfig: false,
    providers: [provider],
    getServiceAccountToken: async () => ({ token: 'pod-token', uid: 'sa-uid', annotations }),
  });
}

function warningsOf({ warnings }: Explanation): string[] {
  return warnings.flatMap(({ code, message }) =>
    code === 'service-account-token-unused' ? [message] : [],
  );
}

describe('Amazon ECR', () => {
  test.each([
    [
      'the annotation of IRSA',
      { [IRSA]: ROLE },
      `the service account has no annotation ${OWN}, and AWS_ECR_ROLE_ARN is not set; its annotation ${IRSA} is for IRSA, and counts for nothing here`,
    ],
    [
      'no annotation',
      {},
      `the service account has no annotation ${OWN}, and AWS_ECR_ROLE_ARN is not set`,
    ],
    ['an empty annotation', { [OWN]: '' }, `the service account's annotation ${OWN} is empty`],
  ])(
    'gives the node’s credentials under the node’s name for %s',
    async (_what, annotations, reason) => {
      await using fake = await startFakeEcr();
      setVariables(fake.env);
      const keyring = keyringWith(ecr({ serviceAccount: {} }), annotations);
      const [credential] = await keyring.lookup(`${HOST}/app`, { pod: POD });
      expect(credential?.source).toEqual({ kind: 'provider', provider: 'ecr' });
      const explanation = await keyring.explain(`${HOST}/app`, { pod: POD });
      expect(warningsOf(explanation)).toEqual([
        `provider ecr answered with this machine's own identity, and not as the service account ns/sa: ${reason}`,
      ]);
      await keyring.lookup(`${HOST}/app`);
      expect(warningsOf(await keyring.explain(`${HOST}/app`))).toEqual([]);
    },
  );

  test('gives the role’s credentials under the service account’s name', async () => {
    const credentials = [EXAMPLE_AWS_CREDENTIALS];
    const roles = { [ROLE]: { webIdentityTokens: ['pod-token'] } };
    await using sts = await startFakeSts({ credentials, roles });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env });
    const keyring = keyringWith(ecr({ serviceAccount: {} }), { [OWN]: ROLE, [IRSA]: 'other' });
    const [credential] = await keyring.lookup(`${HOST}/app`, { pod: POD });
    expect(credential?.source).toMatchObject({ kind: 'service-account', name: 'sa' });
    expect(warningsOf(await keyring.explain(`${HOST}/app`, { pod: POD }))).toEqual([]);
  });
});

test.each([
  [
    'acr',
    acr({
      system: fakeSystem(),
      identity: { kind: 'admin-user', registry: 'shop.azurecr.io', password: 'p' },
      serviceAccount: {},
    }),
    'shop.azurecr.io/app',
    'neither annotation kubernetes.azure.com/acr-client-id nor',
  ],
  [
    'gcr',
    gcr({
      system: fakeSystem(),
      key: { type: 'service_account', client_email: 'a@b.test', private_key: 'k' },
      serviceAccount: { projectId: 'p', identityProvider: 'i' },
    }),
    'gcr.io/acme/app',
    'no annotation iam.gke.io/enable-wi-image-pull: "true"',
  ],
])('%s says so, too', async (name, provider, image, reason) => {
  const keyring = keyringWith(provider, {});
  const [credential] = await keyring.lookup(image, { pod: POD });
  expect(credential?.source).toEqual({ kind: 'provider', provider: name });
  const [message] = warningsOf(await keyring.explain(image, { pod: POD }));
  expect(message).toContain(reason);
  await expect(keyring.lookup(image)).resolves.toHaveLength(1);
  expect(warningsOf(await keyring.explain(image))).toEqual([]);
});

function saying(serviceAccountTokenUnused: unknown): CredentialProvider {
  return {
    name: 'mine',
    matchImages: ['r.test'],
    tokenAttributes: ATTRIBUTES,
    async provide() {
      const auth = { 'r.test': { username: 'u', password: 'canary-password' } };
      return { auth, cacheKeyType: 'Registry', serviceAccountTokenUnused } as never;
    },
  };
}

test('What a provider of a user’s says is shown without its secrets, and must be a text', async () => {
  const explanation = await keyringWith(saying('not with canary-password'), {}).explain(
    'r.test/a',
    {
      pod: POD,
    },
  );
  expect(warningsOf(explanation)).toEqual([expect.stringContaining('not with [redacted]')]);
  const { sources } = await keyringWith(saying(1), {}).explain('r.test/a', { pod: POD });
  expect(sources.at(-1)?.problems).toEqual([
    expect.stringContaining('its answer is malformed: serviceAccountTokenUnused is not a string'),
  ]);
});

test('A store keeps it beside the answer', () => {
  const response = {
    auth: { 'r.test': { username: 'u', password: 'p' } },
    cacheKeyType: 'Registry',
    serviceAccountTokenUnused: 'no annotation',
  } as const;
  const text = formatStoredAnswer({ response, receivedAtMs: 1000, expiresAtMs: 9000 });
  expect(parseStoredAnswer(text, 2000)?.response).toEqual(response);
});
