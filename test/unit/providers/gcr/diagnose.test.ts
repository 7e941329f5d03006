import { describe, expect, test } from '@jest/globals';
import type { Diagnosis } from '../../../../src/providers/contract.ts';
import type { GcrOptions } from '../../../../src/providers/gcr/gcr-options.ts';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import {
  startFakeGceMetadata,
  type FakeGceMetadataOptions,
} from '../../../../src/testing/google/fake-gce-metadata.ts';
import type { Fault } from '../../../../src/testing/fault.ts';
import { GCE_FIRMWARE, googleSystem, METADATA, type GoogleWorld } from './world.ts';

const KEY = { type: 'service_account', client_email: 'a@b.iam', private_key: 'canary' };
const START_MS = Date.UTC(2026, 0, 1);

async function diagnose(
  options: GcrOptions,
  images: readonly string[] = [],
): Promise<readonly Diagnosis[]> {
  const { signal } = new AbortController();
  return (await gcr(options).diagnose?.({ images, signal })) ?? [];
}

interface Instance {
  readonly metadata?: FakeGceMetadataOptions;
  readonly skewMs?: number;
  readonly fault?: Fault;
  readonly at?: string;
  readonly options?: GcrOptions;
  readonly world?: GoogleWorld;
}

async function diagnoseInstance(given: Instance): Promise<Readonly<Record<string, Diagnosis>>> {
  const { metadata: settings, skewMs = 0, fault, at = '', options, world } = given;
  const now = (): number => START_MS + skewMs;
  await using metadata = await startFakeGceMetadata({ now, ...settings });
  if (fault !== undefined) metadata.inject(fault, { when: ({ path }) => path.endsWith(at) });
  const routes = { [METADATA]: metadata.url };
  const system = googleSystem({ routes, files: GCE_FIRMWARE, ...world });
  const all = await diagnose({ system, ...options });
  return Object.fromEntries(all.map((one) => [one.subject, one]));
}

describe('What gcr() finds', () => {
  test('on Google Cloud: who the machine is, what its token is good for, and its clock', async () => {
    const attributes = { 'google-dockercfg': '{"quay.io": {"username": "u", "password": "p"}}' };
    const found = await diagnoseInstance({ metadata: { attributes }, skewMs: -30_000 });
    expect(Object.values(found)).toEqual([
      {
        status: 'ok',
        subject: 'cloud',
        message: 'this machine is on Google Cloud: /sys/class/dmi/id/product_name says so',
      },
      {
        status: 'ok',
        subject: 'credentials-file',
        message: 'there are no Application Default Credentials',
      },
      { status: 'ok', subject: 'google-dockercfg', message: 'entries: 1' },
      {
        status: 'ok',
        subject: 'google-dockercfg-url',
        message: 'the instance has no such attribute',
      },
      { status: 'ok', subject: 'identity', message: 'node@lab-project.iam.gserviceaccount.com' },
      {
        status: 'ok',
        subject: 'scopes',
        message: 'https://www.googleapis.com/auth/devstorage.read_only',
      },
      { status: 'ok', subject: 'metadata', message: 'a token that expires in 60 minutes' },
      {
        status: 'ok',
        subject: 'clock',
        message: "this machine's clock is 30 seconds ahead of Google's",
      },
    ]);
  });

  test('off Google Cloud without anything: what to do', async () => {
    const found = await diagnose({ system: googleSystem() }, ['quay.io/a/b', 'gcr.io/a/b']);
    expect(found).toMatchObject([
      {
        status: 'warning',
        subject: 'images',
        message: "quay.io/a/b is not in a registry of Google's: no token is given to it",
      },
      {
        status: 'ok',
        subject: 'cloud',
        message:
          'this machine is not on Google Cloud: no metadata server answers at http://metadata.google.internal.',
      },
      { status: 'ok', subject: 'credentials-file' },
      { status: 'warning', subject: 'sources', hint: expect.stringContaining('gcloud auth') },
    ]);
  });

  test('of a clock that is wrong, or that cannot be compared', async () => {
    const slow = await diagnoseInstance({ skewMs: 600_000 });
    expect(slow['clock']).toEqual({
      status: 'warning',
      subject: 'clock',
      message: "this machine's clock is 600 seconds behind Google's",
      hint: 'let a time service set the clock',
    });
    const headers = { 'metadata-flavor': 'Google', date: 'soon' };
    const fault = { kind: 'reply', reply: { headers, body: 'a\nb' } } as const;
    const odd = await diagnoseInstance({ fault, at: '/email' });
    expect(odd['clock']?.message).toBe('the metadata server sends no date to compare with');
    expect(odd['identity']?.message).toBe('the service account has a name that is no email');
  });

  test('of scopes that do not suffice, or are no scopes', async () => {
    const narrow = await diagnoseInstance({ metadata: { scopes: ['https://x/logging'] } });
    expect([narrow['scopes'], narrow['metadata']]).toMatchObject([
      {
        status: 'failure',
        message: expect.stringContaining('has the access scopes https://x/logging'),
      },
      { status: 'failure', message: expect.stringContaining('has the access scopes') },
    ]);
    const headers = { 'metadata-flavor': 'Google' };
    const fault = { kind: 'reply', reply: { headers, body: '{}' } } as const;
    const odd = await diagnoseInstance({ fault, at: '/scopes' });
    expect(odd['scopes']).toMatchObject({ status: 'warning' });
  });

  test('of an instance without a service account', async () => {
    const found = await diagnoseInstance({ metadata: { email: null } });
    for (const subject of ['identity', 'scopes', 'metadata', 'clock']) {
      expect(found[subject]).toMatchObject({
        status: 'failure',
        message: expect.stringContaining('no default service account'),
      });
    }
  });

  test('of a credentials file: what kind it is, and nothing that is in it', async () => {
    const files = { '/adc.json': JSON.stringify({ ...KEY, type: 'authorized_user' }) };
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/adc.json' };
    const found = await diagnose({ system: googleSystem({ env, files }) });
    expect(found.map(({ subject, status }) => [subject, status])).toEqual([
      ['cloud', 'ok'],
      ['credentials-file', 'ok'],
      ['application-default', 'failure'],
    ]);
    expect(found[1]?.message).toBe(
      '/adc.json (by GOOGLE_APPLICATION_CREDENTIALS) is of type authorized_user',
    );
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  test('of a key', async () => {
    expect(await diagnose({ key: KEY })).toEqual([
      { status: 'ok', subject: 'key', message: 'the given key is the key of a service account' },
    ]);
    const files = { '/key.json': 'canary' };
    const system = googleSystem({ files });
    expect(await diagnose({ system, keyFile: '/key.json' })).toEqual([
      {
        status: 'failure',
        subject: 'key',
        message: '/key.json must be the JSON of a service-account key',
      },
    ]);
    system.put('/key.json', JSON.stringify(KEY));
    expect(await diagnose({ system, keyFile: '/key.json' })).toMatchObject([
      { status: 'ok', message: '/key.json is the key of a service account' },
    ]);
  });

  test('of service accounts that may ask for tokens of their own', async () => {
    const serviceAccount = { projectId: 'p', identityProvider: 'https://issuer' };
    const [first] = await diagnose({ serviceAccount, key: KEY });
    expect(first).toMatchObject({
      subject: 'workload-identity',
      message: expect.stringContaining('iam.gke.io/enable-wi-image-pull'),
    });
  });

  test('of an environment that is wrong', async () => {
    const system = googleSystem({ env: { METADATA_SERVER_DETECTION: 'maybe' } });
    const found = await diagnose({ system });
    expect(found.map(({ subject, status }) => [subject, status])).toEqual([
      ['cloud', 'failure'],
      ['credentials-file', 'ok'],
      ['sources', 'failure'],
    ]);
  });

  test('says no more of an error that is not its own', async () => {
    const system = Object.assign(googleSystem(), {
      stat: () => Promise.reject(new Error('canary')),
    });
    const found = await diagnose({ system });
    expect(found.map(({ message }) => message)).toContain('it could not be looked at');
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  test('is told to nobody when the caller gives up', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const work = gcr({ system: googleSystem() }).diagnose?.({ images: [], signal });
    await expect(work).rejects.toThrow('enough');
  });
});
