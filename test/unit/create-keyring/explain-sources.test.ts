import { describe, expect, test } from '@jest/globals';
import { explain, PATH } from '../fakes/explain.ts';
import { configOf, providerOf, secretOf, secretWith } from '../fakes/keyring-inputs.ts';

describe('a file of the node', () => {
  test.each<[string | undefined, string, string]>([
    [undefined, 'missing', 'there is no such file'],
    ['{', 'malformed', 'it cannot be used, and nothing of it counts'],
    ['{}', 'no-match', 'it holds 0 entries, and none matches'],
    [configOf({ 'x.example': 'u' }), 'no-match', 'it holds 1 entry, and none matches'],
    [configOf({ 'r.test': 'u' }), 'used', 'it holds 1 entry, 1 of them in the answer'],
    [
      configOf({ 'r.test': 'u', '*.test': 'u', x: 'u' }),
      'used',
      'it holds 3 entries, 2 of them in the answer',
    ],
  ])('that holds %p is %s: %s', async (content, status, message) => {
    const files = content === undefined ? {} : { [PATH]: content };
    const { sources } = await explain('r.test/a', { files });
    expect(sources).toMatchObject([
      { layer: 'node', source: { kind: 'docker-config', path: PATH }, status, message },
    ]);
  });

  test('is not consulted behind a valid one, for the kubelet', async () => {
    const files = { '/a.json': '{}', '/b.json': configOf({ 'r.test': 'u' }) };
    const { sources } = await explain('r.test/a', {
      files,
      semantics: 'kubelet',
      dockerConfig: { files: ['/a.json', '/b.json'] },
    });
    expect(sources.map(({ status, message }) => [status, message])).toEqual([
      ['no-match', 'it holds 0 entries, and none matches'],
      ['not-consulted', 'an earlier file is valid, and the kubelet reads only one'],
    ]);
  });

  test('may be a variable that is not set', async () => {
    const { sources } = await explain('r.test/a', { dockerConfig: true });
    expect(sources[0]).toMatchObject({
      source: { path: '$DOCKER_AUTH_CONFIG' },
      message: 'the variable is not set',
    });
  });

  test('may name helpers, which are not run where the options say so', async () => {
    const credHelpers = { 'gcr.io': 'gcloud', 'x.test': 'desktop' };
    const both = JSON.stringify({ credsStore: 'desktop', credHelpers });
    const dockerConfig = { files: [PATH], helpers: false };
    const { warnings } = await explain('r.test/a', { dockerConfig, files: { [PATH]: both } });
    expect(warnings).toMatchObject([
      {
        code: 'helpers-not-run',
        message: `${PATH} names docker-credential-desktop, docker-credential-gcloud, and no helper is run here`,
      },
    ]);
    const one = JSON.stringify({ credHelpers: { 'gcr.io': 'gcloud' } });
    const onlyHelpers = await explain('r.test/a', { dockerConfig, files: { [PATH]: one } });
    expect(onlyHelpers.warnings[0]?.message).toContain('names docker-credential-gcloud,');
  });
});

describe('a pull secret', () => {
  test('is explained by what became of it', async () => {
    const { sources } = await explain('r.test/a', {
      dockerConfig: false,
      malformedPullSecrets: 'skip',
      pullSecrets: [
        secretOf('used', { 'r.test': 'u' }),
        secretOf('other', { 'x.example': 'u' }),
        { type: 'Opaque' },
        secretWith('broken', '{'),
        secretWith('odd', '{"auths":{},"credsStore":5}'),
      ],
    });
    expect(
      sources.map(({ status, message, problems }) => [status, message, problems].flat()),
    ).toEqual([
      ['used', 'entries of it match'],
      ['no-match', 'no entry of it matches'],
      ['skipped', expect.stringContaining('ignored: its type is "Opaque"')],
      [
        'malformed',
        'skipped: it is malformed',
        'Pull secret ns/broken, data[.dockerconfigjson], line 1, column 2: the JSON ends too early',
      ],
      [
        'no-match',
        'no entry of it matches',
        'data[.dockerconfigjson], line 1, column 26: "credsStore" must be a string',
      ],
    ]);
  });
});

test('a provider is explained by what it did', async () => {
  const { sources } = await explain('r.test/a', {
    dockerConfig: false,
    providers: [
      providerOf('used', { 'r.test': 'u' }),
      providerOf('nothing', async () => undefined),
      providerOf('other', { 'r.test/b': 'u' }),
      providerOf('failed', () => Promise.reject(new Error('no answer'))),
      providerOf('skipped', {}, ['x.example', '*.y.example']),
    ],
  });
  expect(
    sources.map(({ status, message, problems }) => [status, message, problems].flat()),
  ).toEqual([
    ['used', 'asked now; it gave credentials'],
    ['no-match', 'asked now; it has nothing'],
    ['no-match', 'asked now; no key of its answer matches'],
    [
      'failed',
      'it failed, and contributes nothing; it is asked again in 6 s',
      'Provider "failed" failed for r.test/a: it threw Error: no answer',
    ],
    ['skipped', 'not asked: none of its matchImages matches (x.example, *.y.example)'],
  ]);
});
