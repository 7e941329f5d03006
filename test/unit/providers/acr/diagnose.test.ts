import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import { APPLICATION, IMAGE, SERVICE_PRINCIPAL, throughFakes } from './azure-world.ts';

let entra: FakeEntra;
let registry: FakeAcr;
let nowMs = Date.now();

beforeAll(async () => {
  await import('@azure/identity');
  entra = await startFakeEntra({ applications: [APPLICATION] });
  registry = await startFakeAcr({ trusts: [entra], now: () => nowMs });
}, 60_000);

afterAll(async () => {
  await Promise.all([entra.close(), registry.close()]);
});

function world(more: FakeWorld = {}): FakeSystem {
  const routes = { 'login.microsoftonline.com': entra, 'labreg.azurecr.io': registry };
  return fakeSystem({ http: throughFakes(routes), ...more });
}

const answerBadly = (): { status: number } => ({ status: 400 });

async function findings(
  options: AcrOptions,
  images: readonly string[] = [],
  system: FakeSystem = { ...world(), now: Date.now },
): Promise<unknown> {
  const { signal } = new AbortController();
  const found = await acr({ system, ...options }).diagnose?.({ images, signal });
  return found?.map(({ status, subject, message }) => `${status} ${subject}: ${message}`);
}

describe('diagnose', () => {
  test('tells whose identity it is, its token, the clock and the exchange', async () => {
    nowMs = Date.now();
    const images = [IMAGE, 'labreg.azurecr.io/other', 'example.com/none'];
    await expect(findings({ identity: SERVICE_PRINCIPAL }, images)).resolves.toEqual([
      'ok configuration: the identity is given as option; the cloud is AzureCloud',
      'ok metadata: there is no metadata service of Azure here',
      expect.stringMatching(/^ok identity: the service principal /),
      expect.stringMatching(/^ok token: .* good for (59|60) minutes$/),
      expect.stringMatching(/^ok clock: this machine’s clock is \d s /),
      'ok exchange: labreg.azurecr.io exchanges the token for one of its own',
    ]);
  });

  test.each([
    [-600_000, 'ahead of'],
    [600_000, 'behind'],
  ])('warns of a clock that is off by %i ms', async (offsetMs, direction) => {
    nowMs = Date.now() + offsetMs;
    await expect(findings({ identity: SERVICE_PRINCIPAL }, [IMAGE])).resolves.toContainEqual(
      expect.stringMatching(`^warning clock: this machine’s clock is (599|600|601) s ${direction}`),
    );
  });

  test('fails for a token that has ended by this machine’s clock', async () => {
    const late = { ...world(), now: () => Date.now() + 7_200_000 };
    await expect(findings({ identity: SERVICE_PRINCIPAL }, [], late)).resolves.toContainEqual(
      expect.stringMatching(/^failure token: .* expired (60|61) minutes ago/),
    );
  });

  test('tells what fails, and goes on where it can', async () => {
    const images = ['labreg.azurecr.cn/app', 'gone.azurecr.io/app'];
    await expect(findings({ identity: SERVICE_PRINCIPAL }, images)).resolves.toEqual(
      expect.arrayContaining([
        expect.stringContaining(
          'failure exchange: labreg.azurecr.cn is a registry of another cloud',
        ),
        'failure exchange: there is no registry gone.azurecr.io: its name does not resolve',
      ]),
    );
    registry.inject(
      { kind: 'reply', reply: { status: 403 } },
      { when: ({ method }) => method === 'POST' },
    );
    await expect(findings({ identity: SERVICE_PRINCIPAL }, [IMAGE])).resolves.toEqual(
      expect.arrayContaining([
        expect.stringContaining('failure exchange: labreg.azurecr.io forbids'),
      ]),
    );
    registry.clearFaults();
    const wrong = { ...SERVICE_PRINCIPAL, clientSecret: 'wrong' };
    await expect(findings({ identity: wrong })).resolves.toContainEqual(
      expect.stringContaining('AADSTS7000215'),
    );
    await expect(findings({ configFile: '/none' })).resolves.toEqual([
      'failure identity: the configuration file /none is missing',
    ]);
    const odd = {
      ...world(),
      env: () => {
        throw new RangeError('secret');
      },
    };
    await expect(findings({}, [], odd)).resolves.toEqual(['failure identity: it threw RangeError']);
  });

  test('tells of configuration files, of none, and of the metadata service', async () => {
    const identity = JSON.stringify({ aadClientId: 'c', aadClientSecret: 's' });
    const files = { '/etc/kubernetes/azure.json': identity };
    await expect(findings({}, [], world({ files, http: answerBadly }))).resolves.toEqual([
      'ok configuration: /etc/kubernetes/azure.json counts; the cloud is AzureCloud',
      'ok metadata: managed identities can be asked for',
      'ok identity: a user name and password, as service-principal-password: nothing is asked before the registry itself',
    ]);
    const env = { AZURE_TOKEN_CREDENTIALS: 'prod' };
    await expect(findings({}, [], world({ env }))).resolves.toContain(
      'ok configuration: there is no /etc/kubernetes/azure.json; the cloud is AzureCloud',
    );
  });

  test('says nothing of the clock of a registry that does not tell it, and maps mirrors', async () => {
    const credential = {
      getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    const challenge = 'Bearer realm="https://labreg.azurecr.io/t",service="s"';
    const http: FakeWorld['http'] = ({ method }) =>
      method === 'POST'
        ? { body: { refresh_token: 'r' } }
        : { status: 401, headers: { 'www-authenticate': challenge } };
    const options = { credential, registryMirrors: { 'mcr.example.com': 'labreg.azurecr.io' } };
    const found = await findings(options, ['mcr.example.com/a'], world({ http }));
    expect(found).not.toContainEqual(expect.stringContaining('clock'));
    expect(found).toContain(
      'ok exchange: labreg.azurecr.io exchanges the token for one of its own',
    );
  });

  test('rejects when the caller gives up', async () => {
    const reason = new Error('given up');
    const signal = AbortSignal.abort(reason);
    const request = { images: [IMAGE], signal };
    const [token, file] = [{ identity: SERVICE_PRINCIPAL }, { configFile: '/none' }].map(
      (options) => acr({ ...options, system: world() }),
    );
    await expect(token?.diagnose?.(request)).rejects.toBe(reason);
    await expect(file?.diagnose?.(request)).rejects.toBe(reason);
    const controller = new AbortController();
    const http: FakeWorld['http'] = (asked) => {
      if (asked.url.endsWith('/v2/')) controller.abort(reason);
      return { status: 401 };
    };
    const credential = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: 1 }) };
    const provider = acr({ credential, system: world({ http }) });
    await expect(provider.diagnose?.({ images: [IMAGE], signal: controller.signal })).rejects.toBe(
      reason,
    );
  });
});
