import { describe, expect, test } from '@jest/globals';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import type { GcrOptions } from '../../../../src/providers/gcr/gcr-options.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';

const KEY = { type: 'service_account', client_email: 'a@b.iam', private_key: 'PEM' };

describe('gcr()', () => {
  test('is for the registries of Google, and for the hosts that are listed', () => {
    expect(gcr().name).toBe('gcr');
    expect(gcr({ hosts: ['Mirror.Example.com:5000'] }).matchImages).toEqual([
      'container.cloud.google.com',
      'gcr.io',
      '*.gcr.io',
      '*.pkg.dev',
      'docker.*.rep.pkg.dev',
      'docker.*.goog',
      'mirror.example.com:5000',
    ]);
    expect(gcr({ matchImages: ['gcr.io/acme'] }).matchImages).toEqual(['gcr.io/acme']);
  });

  test('does nothing before it is asked', () => {
    const system = fakeSystem({ env: { GCE_METADATA_HOST: '127.0.0.1:1' } });
    gcr({ system, keyFile: '/key.json' });
    expect([system.requests, system.touches]).toEqual([[], []]);
  });

  test('takes every option that is right', () => {
    const options: readonly GcrOptions[] = [
      {},
      { matchImages: undefined },
      { sources: 'auto', impersonate: 'a@b.iam', scope: ['https://x'] },
      { scope: 'https://x' },
      { sources: ['metadata', 'google-dockercfg'] },
      { key: KEY },
      { key: JSON.stringify(KEY) },
      { keyFile: '/key.json', hosts: ['127.0.0.1:5000'] },
      { serviceAccount: { projectId: 'p', identityProvider: 'https://issuer' } },
    ];
    for (const one of options) expect(() => gcr(one)).not.toThrow();
  });

  test.each([
    [7, 'the options must be an object'],
    [{ souce: 'auto' }, 'there is no option "souce"; there are matchImages, hosts, sources'],
    [{ matchImages: 'gcr.io' }, 'matchImages must be an array of strings'],
    [{ hosts: ['https://mirror.example.com'] }, 'hosts must be an array of hosts, without scheme'],
    [{ hosts: ['*.example.com'] }, 'hosts must be an array of hosts'],
    [{ hosts: 'mirror' }, 'hosts must be'],
    [{ sources: 'metadata' }, "sources must be 'auto' or an array of 'google-dockercfg'"],
    [{ sources: [] }, "sources must be 'auto'"],
    [{ sources: ['gcloud'] }, "sources must be 'auto'"],
    [{ keyFile: '' }, 'keyFile must be the path of a file'],
    [{ key: '{' }, 'key must be the JSON of a service-account key'],
    [{ key: 7 }, 'key must be the JSON of a service-account key'],
    [{ key: { ...KEY, type: 'authorized_user' } }, 'its "type" must be "service_account"'],
    [{ key: { ...KEY, private_key: '' } }, 'key must be a whole key: it has no "private_key"'],
    [{ key: { ...KEY, client_email: 1 } }, 'key must be a whole key: it has no "client_email"'],
    [{ key: KEY, keyFile: '/key.json' }, 'key and keyFile exclude each other'],
    [{ keyFile: '/key.json', sources: 'auto' }, 'keyFile and sources exclude each other'],
    [{ key: KEY, impersonate: 'a@b.iam' }, 'key and impersonate exclude each other'],
    [{ impersonate: 'puller' }, 'impersonate must be the email of a service account'],
    [{ impersonate: 7 }, 'impersonate must be the email of a service account'],
    [{ scope: [] }, 'scope must be a scope, or an array of scopes, one at least'],
    [{ scope: '' }, 'scope must be'],
    [{ scope: ['https://x', ''] }, 'scope must be'],
    [{ serviceAccount: true }, 'serviceAccount must be { projectId, identityProvider }'],
    [{ serviceAccount: { projectId: 'p' } }, 'serviceAccount must be'],
    [
      { serviceAccount: { projectId: 'p', identityProvider: 'i', audience: 'a' } },
      'serviceAccount must be',
    ],
    [{ system: 7 }, 'system must be a System'],
  ])('refuses %j', (options, message) => {
    const make = (): unknown => gcr(options as GcrOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test('says what a pod must bring when it works with service accounts', () => {
    const serviceAccount = { projectId: 'lab-project', identityProvider: 'https://issuer' };
    expect(gcr().tokenAttributes).toBeUndefined();
    expect(gcr({ serviceAccount }).tokenAttributes).toEqual({
      serviceAccountTokenAudience: 'lab-project.svc.id.goog',
      cacheType: 'ServiceAccount',
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: ['iam.gke.io/enable-wi-image-pull'],
    });
  });

  test('shares one answer among the registries that may have a token, and among the others', () => {
    const system = fakeSystem();
    const provider = gcr({ system, hosts: ['mirror.example.com'] });
    const scopes = ['gcr.io/a/b', 'eu.gcr.io/c', 'us-docker.pkg.dev/d/e', 'mirror.example.com/f'];
    expect(new Set(scopes.map((image) => provider.cacheScope?.(image))).size).toBe(1);
    expect(provider.cacheScope?.('quay.io/a/b')).not.toBe(provider.cacheScope?.('gcr.io/a/b'));
    expect(provider.cacheScope?.('quay.io/a/b')).toBe(
      provider.cacheScope?.('docker.io/library/nginx'),
    );
  });

  test('has another scope for all that decides who it is, and shows no key in it', () => {
    const image = 'gcr.io/a/b';
    const worlds: readonly (readonly [GcrOptions, Record<string, string>])[] = [
      [{}, {}],
      [{ sources: ['metadata'] }, {}],
      [{ hosts: ['mirror.example.com'] }, {}],
      [{ impersonate: 'a@b.iam' }, {}],
      [{ scope: ['https://x'] }, {}],
      [{ keyFile: '/key.json' }, {}],
      [{ key: { ...KEY, private_key: 'canary' } }, {}],
      [{ serviceAccount: { projectId: 'p', identityProvider: 'i' } }, {}],
      [{}, { GOOGLE_APPLICATION_CREDENTIALS: '/adc.json' }],
      [{}, { GCE_METADATA_HOST: 'localhost:1' }],
    ];
    const scopes = worlds.map(([options, env]) =>
      gcr({ ...options, system: fakeSystem({ env }) }).cacheScope?.(image),
    );
    expect(new Set(scopes).size).toBe(worlds.length);
    expect(scopes.join(' ')).toMatch(/^(token [0-9a-f]{32} ?)+$/);
  });
});
