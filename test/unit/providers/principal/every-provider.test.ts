// Each provider says whose its answers are, and says otherwise where anything differs that decides it.

import { describe, expect, test } from '@jest/globals';
import * as main from '../../../../src/index.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { isOther, MAKERS, plugin, principalOf, type Make } from './makers.ts';

const { acr, dockerHelper, ecr, environment } = main;

/** What the main entry exports beside the providers, whose names are nouns. */
const VERB = /^(?:create|is|keyring|matches|parse|to|write)[A-Z]/;

describe('Every provider', () => {
  test('says whose its answers are', async () => {
    const factories = Object.entries(main).filter(
      ([name, one]) => typeof one === 'function' && /^[a-z]/.test(name) && !VERB.test(name),
    );
    expect(factories.map(([name]) => name).toSorted()).toEqual(Object.keys(MAKERS).toSorted());
    const made = await Promise.all(Object.values(MAKERS).map(async (make) => make(fakeSystem())));
    const missing = made.filter((one) => !('cachePrincipal' in one));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test.each<[string, Make]>([
    ['a helper of Docker', (system) => dockerHelper('pass', { system })],
    ['variables that hold a password', (system) => environment({ system })],
    [
      'a credential object of the caller’s',
      (system) => acr({ system, credential: { getToken: async () => null } }),
    ],
    [
      'a function of the caller’s that gives credentials',
      (system) =>
        ecr({ system, credential: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }) }),
    ],
  ])('says that nothing tells it of %s', async (_what, make) => {
    expect(await principalOf(make, fakeSystem())).toBeUndefined();
  });
});

describe('A variable that decides', () => {
  test.each<[Make, readonly string[]]>([
    [
      MAKERS.ecr,
      [
        'AWS_PROFILE',
        'AWS_ACCESS_KEY_ID',
        'AWS_SESSION_TOKEN',
        'AWS_ROLE_ARN',
        'AWS_CONTAINER_CREDENTIALS_FULL_URI',
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        'AWS_CONTAINER_AUTHORIZATION_TOKEN',
        'AWS_ENDPOINT_URL_STS',
        'AWS_OF_TOMORROW',
      ],
    ],
    [
      MAKERS.acr,
      [
        'AZURE_CLIENT_ID',
        'AZURE_CLIENT_SECRET',
        'AZURE_USERNAME',
        'AZURE_TENANT_ID',
        'MSI_ENDPOINT',
        'IDENTITY_ENDPOINT',
        'IMDS_ENDPOINT',
        'DEFAULT_IDENTITY_CLIENT_ID',
      ],
    ],
    [
      MAKERS.gcr,
      [
        'GOOGLE_APPLICATION_CREDENTIALS',
        'google_application_credentials',
        'GOOGLE_CLOUD_PROJECT',
        'CLOUDSDK_CORE_ACCOUNT',
        'GCE_METADATA_HOST',
        'METADATA_SERVER_DETECTION',
      ],
    ],
    [
      MAKERS.execPlugins,
      ['AWS_PROFILE', 'AZURE_CLIENT_ID', 'CLOUDSDK_CONFIG', 'DOCKER_CONFIG', 'VAULT_TOKEN', 'HOME'],
    ],
  ])('makes another principal (%#)', async (make, names) => {
    const others = names.map((name) => isOther(make, (system) => system.setVariable(name, '/x')));
    expect(await Promise.all(others)).toEqual(names.map(() => true));
  });

  test.each<[Make, readonly string[]]>([
    [MAKERS.ecr, ['VAULT_TOKEN', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_EXECUTION_ENV']],
    [MAKERS.acr, ['AWS_PROFILE']],
    [MAKERS.gcr, ['AZURE_CLIENT_ID']],
    [MAKERS.execPlugins, ['PWD', 'SSH_TTY', 'INVOCATION_ID', 'TERM', 'npm_command']],
  ])('is none that says nothing of it (%#)', async (make, names) => {
    const others = names.map((name) => isOther(make, (system) => system.setVariable(name, 'x')));
    expect(await Promise.all(others)).toEqual(names.map(() => false));
  });
});

describe('A plugin’s configuration', () => {
  test.each([
    { args: ['--identity=other'] },
    { args: [] },
    { env: [{ name: 'CLOUD_FILE', value: 'other' }] },
    { name: 'other' },
  ])('is part of whose its answers are: %j', async (more) => {
    const system = fakeSystem();
    const before = await principalOf(MAKERS.execPlugins, system);
    expect(await principalOf((world) => plugin(world, more), system)).not.toBe(before);
  });
});

test('Without a home directory there is still an answer', async () => {
  const homeless = Object.assign(fakeSystem(), { homeDirectory: () => '' });
  const windows = fakeSystem({ platform: 'win32' });
  const made = [homeless, windows].flatMap((system) =>
    [MAKERS.acr, MAKERS.ecr, MAKERS.gcr, MAKERS.execPlugins].map((make) =>
      principalOf(make, system),
    ),
  );
  for (const principal of await Promise.all(made)) expect(principal).toMatch(/^[\da-f]{64}$/);
});
