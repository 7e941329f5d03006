import { describe, expect, test } from '@jest/globals';
import { worstStatus } from '../../../src/doctor/check.ts';
import { diagnoseImages } from '../../../src/doctor/diagnose-images.ts';
import { diagnoseMachine } from '../../../src/doctor/diagnose-machine.ts';
import type { CredentialProvider, KeyringOptions } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const ENTRY = { auth: 'YTpi' };
const GOOD = JSON.stringify({
  auths: { 'a.test': ENTRY, 'a.test/two': ENTRY, 'bad.test': ENTRY },
});
const broken: CredentialProvider = {
  name: 'vault',
  matchImages: ['bad.test', 'worse.test'],
  provide: async () => {
    throw new Error('sealed');
  },
};

async function look(
  images: readonly string[],
  options: KeyringOptions = {},
): Promise<readonly string[]> {
  const system = fakeSystem({ files: { '/c.json': GOOD } });
  const dockerConfig = { files: ['/c.json'] };
  const keyring = { system, dockerConfig, providers: [broken], ...options };
  const { images: found } = await diagnoseMachine(keyring, images);
  return found.map(({ image, status, message }) => `${status} ${image}: ${message}`);
}

async function fail(): Promise<never> {
  throw new RangeError('no');
}

describe('Images', () => {
  test('are resolved, each with what stands in its way', async () => {
    const images = [
      'a.test/x:1',
      'a.test/two/x',
      'other.test/x',
      'bad.test/x',
      'worse.test/x',
      'A.test/X',
    ];
    expect(await look(images)).toEqual([
      'ok a.test/x:1: 1 credential',
      'ok a.test/two/x: 2 credentials',
      'warning other.test/x: no credentials: it is pulled anonymously',
      'warning bad.test/x: 1 credential, and not every source could be asked',
      'failure worse.test/x: no credentials, and not every source could be asked',
      expect.stringMatching(/^failure A\.test\/X: not an image reference: /),
    ]);
  });

  test('fail for a kubelet over a malformed secret', async () => {
    const type = 'kubernetes.io/dockerconfigjson';
    const pullSecrets = [{ metadata: { name: 's' }, type, data: { '.dockerconfigjson': '!' } }];
    expect(await look(['a.test/x'], { pullSecrets })).toEqual([
      'failure a.test/x: 1 credential, and a kubelet fails the pull, because a pull secret is malformed',
    ]);
  });

  test('are not resolved after an error of another kind', async () => {
    await expect(diagnoseImages({ explain: fail }, ['x'], {})).rejects.toThrow(RangeError);
  });
});

describe('A machine', () => {
  test('of no cloud has nothing wrong with it', async () => {
    const env = { AZURE_TOKEN_CREDENTIALS: 'environmentcredential' };
    const system = fakeSystem({ env });
    const { checks, images } = await diagnoseMachine({ system }, []);
    expect(images).toEqual([]);
    expect(new Set(checks.map(({ provider }) => provider))).toEqual(
      new Set([undefined, 'ecr', 'gcr', 'acr']),
    );
    expect(checks.filter(({ status }) => status !== 'ok' && status !== 'info')).toEqual([]);
  });

  test('is by default the one that this runs on', async () => {
    const options = { dockerConfig: false, providers: [] } as const;
    const { checks } = await diagnoseMachine(options, []);
    expect(checks.at(-1)).toMatchObject({ area: 'docker-config', subject: 'files' });
  });
});

test.each([
  [[], 'ok'],
  [['info'], 'ok'],
  [['ok', 'warning', 'info'], 'warning'],
  [['warning', 'failure', 'ok'], 'failure'],
] as const)('The worst of %j is %s', (statuses, worst) => {
  expect(worstStatus(statuses.map((status) => ({ status })))).toBe(worst);
});
