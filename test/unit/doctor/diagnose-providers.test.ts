import { describe, expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { diagnoseProviders } from '../../../src/doctor/diagnose-providers.ts';
import type { CredentialProvider, Diagnosis } from '../../../src/providers/contract.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';

const BAD: Diagnosis = { status: 'failure', subject: 'token', message: 'refused', hint: 'beg' };

function provider(
  name: string,
  diagnose?: CredentialProvider['diagnose'],
): CredentialProvider & { readonly asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  return {
    name,
    matchImages: [`${name}.test`, 'shared.test'],
    provide: async () => undefined,
    asked,
    ...(diagnose === undefined
      ? {}
      : {
          diagnose: async (request) => {
            asked.push(request.images);
            return diagnose(request);
          },
        }),
  };
}

interface Looking {
  readonly system?: FakeSystem;
  readonly images?: readonly string[];
  readonly isWanted?: boolean;
}

async function look(
  one: CredentialProvider,
  { system = fakeSystem(), images = [], isWanted = false }: Looking = {},
): Promise<readonly string[]> {
  const checks = await diagnoseProviders(system, { providers: [one], isWanted, images });
  return checks.map(({ status, subject, message, hint = '' }) =>
    `${status} ${subject}: ${message} ${hint}`.trim(),
  );
}

test('A machine without a home directory has no files there', async () => {
  const files = { '/.aws/config': 'x' };
  const homeless = Object.assign(fakeSystem({ files }), { homeDirectory: () => '' });
  const said = await look(provider('ecr'), { system: homeless });
  expect(said.join()).not.toContain('.aws');
});

describe('A provider', () => {
  test('is told for which images it is asked, each once and normalised', async () => {
    const one = provider('one', async () => []);
    const two = provider('two', async () => []);
    await diagnoseProviders(fakeSystem(), {
      providers: [one, two],
      isWanted: false,
      images: ['one.test/a:1', 'one.test/a:2', 'shared.test/b', 'NO IMAGE', 'other.test/c'],
    });
    expect(one.asked).toEqual([['one.test/a', 'shared.test/b']]);
    expect(two.asked).toEqual([['shared.test/b']]);
  });

  test('that is of no cloud counts as it is', async () => {
    expect(await look(provider('vault', async () => [BAD]))).toEqual([
      'failure token: refused beg',
    ]);
    expect(await look(provider('vault'))).toEqual([]);
  });

  test('is shown once with what it says twice', async () => {
    expect(await look(provider('vault', async () => [BAD, { ...BAD }]))).toHaveLength(1);
  });

  test('that throws is a failure without its message', async () => {
    const one = provider('vault', async () => {
      throw new Error('hunter2');
    });
    expect(await look(one)).toEqual(['failure provider: it could not look at this machine']);
  });

  test.each([
    ['vault', 30],
    ['ecr', 5],
  ])('%s that hangs is left after %i seconds', async (name, seconds) => {
    const system = fakeSystem();
    let signal: AbortSignal | undefined;
    const one = provider(name, (request) => {
      ({ signal } = request);
      return new Promise(() => {});
    });
    const looking = look(one, { system });
    await setImmediate();
    system.advance(seconds * 1000);
    expect((await looking).at(-1)).toContain(`it had no answer within ${seconds} seconds`);
    expect(signal?.aborted).toBe(true);
  });
});

function gcr(...found: readonly Diagnosis[]): CredentialProvider {
  return provider('gcr', async () => found);
}

describe('A provider of a cloud', () => {
  const NO_SIGN = 'info machine: no sign of Google Cloud';

  test('that is not that of this machine is no failure', async () => {
    const fine: Diagnosis = { status: 'ok', subject: 'cloud', message: 'elsewhere' };
    expect(await look(gcr(fine, BAD))).toEqual([
      NO_SIGN,
      'ok cloud: elsewhere',
      'info token: refused',
    ]);
  });

  test.each([
    ['it is wanted', { isWanted: true }],
    ['an image is of it', { images: ['gcr.test/x'] }],
  ])('is a failure where %s', async (_name, looking) => {
    expect(await look(gcr(BAD), looking)).toEqual([NO_SIGN, 'failure token: refused beg']);
  });

  test('counts as it is where it found an identity', async () => {
    const identity: Diagnosis = { status: 'ok', subject: 'identity', message: 'robot' };
    expect(await look(gcr(identity, BAD))).toEqual([
      NO_SIGN,
      'ok identity: robot',
      'failure token: refused beg',
    ]);
  });

  test.each([
    ['ecr', { env: { AWS_REGION: 'x', AWS_PROFILE: '' } }, 'AWS_REGION is set'],
    ['ecr', { files: { '/home/user/.aws/config': '' } }, 'there is ~/.aws/config'],
    ['ecr', { files: { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' } }, 'the firmware says so'],
    [
      'ecr',
      { files: { '/sys/class/dmi/id/bios_version': '4.11.amazon\n' } },
      'the firmware says so',
    ],
    ['gcr', { files: { '/sys/class/dmi/id/product_name': 'Google\n' } }, 'the firmware says so'],
    [
      'acr',
      { files: { '/etc/kubernetes/azure.json': '{}' } },
      'there is /etc/kubernetes/azure.json',
    ],
  ] as const)('is a warning where there are only signs of it: %s %j', async (name, world, sign) => {
    const fine: Diagnosis = { status: 'ok', subject: 'cloud', message: 'here' };
    const one = provider(name, async () => [fine, BAD]);
    const [machine, cloud, token] = await look(one, { system: fakeSystem(world) });
    expect(machine).toMatch(/^ok machine: signs of /);
    expect(machine?.split(': ').at(-1)).toBe(sign);
    expect([cloud, token]).toEqual(['ok cloud: here', 'warning token: refused beg']);
  });

  test('has no signs in files that cannot be read', async () => {
    const system = fakeSystem();
    for (const path of ['/etc/kubernetes/azure.json', '/sys/class/dmi/id/chassis_asset_tag']) {
      system.breakFile(path, new Error('EACCES'));
    }
    expect(
      await look(
        provider('acr', async () => []),
        { system },
      ),
    ).toEqual(['info machine: no sign of Azure']);
  });
});
