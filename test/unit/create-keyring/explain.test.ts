import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../src/index.ts';
import { explain, PATH } from '../fakes/explain.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { auth, configOf, providerOf, secretOf, secretWith } from '../fakes/keyring-inputs.ts';

function withConfig(users: Readonly<Record<string, string>>): { files: Record<string, string> } {
  return { files: { [PATH]: configOf(users) } };
}

describe('what was added to the image', () => {
  const NO_TAG = 'it has neither tag nor digest, so the tag is latest';
  const OFFICIAL = 'a name of one component on Docker Hub is an official image: library/';
  const HUB = 'the name has no registry, so it is one of Docker Hub: docker.io';
  const digest = `sha256:${'a'.repeat(64)}`;

  test.each<[string, string[]]>([
    ['nginx', [HUB, OFFICIAL, NO_TAG]],
    ['nginx:1', [HUB, OFFICIAL]],
    ['library/nginx:1', [HUB]],
    ['docker.io/nginx:1', [OFFICIAL]],
    ['index.docker.io/a/b:1', ['index.docker.io is an older name of docker.io']],
    ['localhost:5000/a', [NO_TAG]],
    [`r.test/a@${digest}`, []],
    [`r.test/a:1@${digest}`, []],
  ])('%s', async (image, sentences) => {
    const { normalization, reference } = await explain(image);
    const last = `credentials are looked up for ${reference.name}, whatever the tag or digest`;
    expect(normalization).toEqual([...sentences, last]);
  });
});

describe('an entry', () => {
  const FILES_OF = {
    'r.test': 'matched',
    'r.test:80': 'port-differs',
    'r.test/b': 'path-differs',
    '*.r.test': 'label-count-differs',
    'sub.r.test': 'label-count-differs',
    test: 'label-count-differs',
    '%zz': 'unparsable',
    'r.test/%25zz': 'unparsable',
  };

  test('is explained by what became of it, and what has nothing to do with it is counted', async () => {
    const users = { ...FILES_OF, 'r.test:81': 'port-differs', 'other.test': 'x', 'o.example': 'x' };
    const { sources } = await explain('r.test/a', withConfig(users));
    const [{ entries, otherEntries } = { entries: [], otherEntries: 0 }] = sources;
    expect(entries[0]?.outcome).toBe('matched');
    expect(Object.fromEntries(entries.map(({ key, outcome }) => [key, outcome]))).toEqual({
      ...FILES_OF,
      'r.test:81': 'port-differs',
      'r.test/%25zz': 'unparsable',
    });
    expect(otherEntries).toBe(2);
  });

  test.each<[string, string, string]>([
    ['r.test', 'r.test/a', 'host and port match'],
    ['r.test/a', 'r.test/a', "host and port match, and the path is a prefix of the image's"],
    [
      'r.test:80',
      'r.test/a',
      'the entry has port 80, the image no port; ports are compared as text',
    ],
    [
      'r.test',
      'r.test:80/a',
      'the entry has no port, the image port 80; ports are compared as text',
    ],
    [
      '*.test',
      'a.r.test/a',
      "the entry's host has 2 labels, the image's 3; a * stands for one label or part of it",
    ],
    ['r.test/b', 'r.test/a', "the image's path /a does not begin with /b"],
  ])('%s for %s: %s', async (key, image, message) => {
    const { sources } = await explain(image, withConfig({ [key]: 'u' }));
    expect(sources[0]?.entries.map((entry) => entry.message)).toEqual([message]);
  });

  test('whose path ends within a segment does not match where segments count', async () => {
    const inputs = withConfig({ 'r.test/foo': 'u' });
    const { sources, credentials } = await explain('r.test/foobar', {
      ...inputs,
      pathMatching: 'segment',
    });
    expect(credentials).toEqual([]);
    expect(sources[0]?.entries).toEqual([
      {
        key: 'r.test/foo',
        outcome: 'segment-differs',
        message:
          "the path /foo ends within a segment of the image's, and pathMatching is 'segment'",
        findings: [],
      },
    ]);
  });

  test('is listed among fifty; those in the answer come first', async () => {
    const users: Record<string, string> = {};
    for (let port = 1; port <= 80; port += 1) users[`r.test:${port}`] = 'u';
    users['r.test'] = 'u';
    const { sources } = await explain('r.test/a', withConfig(users));
    expect(sources[0]?.entries).toHaveLength(50);
    expect(sources[0]?.entries[0]?.outcome).toBe('matched');
    expect(sources[0]?.otherEntries).toBe(31);
  });

  test('has nothing to do with an image whose host Go cannot parse', async () => {
    const { sources } = await explain('[A]/a', withConfig({ 'r.test': 'u', '[A]': 'u' }));
    expect(sources[0]).toMatchObject({
      entries: [{ outcome: 'unparsable' }, { message: 'another registry' }],
      status: 'no-match',
    });
  });
});

describe('the Docker Hub fallback', () => {
  test('is explained where it serves', async () => {
    const inputs = withConfig({ 'https://index.docker.io/v1/': 'u' });
    const { sources, warnings, credentials } = await explain('nginx', inputs);
    expect(sources[0]?.entries).toMatchObject([
      { key: 'index.docker.io', outcome: 'docker-hub-fallback' },
    ]);
    expect(credentials).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test('is explained, with a warning, where another entry hides it', async () => {
    const inputs = withConfig({ 'index.docker.io': 'u', 'docker.io': 'v' });
    const { sources, warnings } = await explain('nginx', inputs);
    expect(sources[0]?.entries.map(({ outcome }) => outcome)).toEqual([
      'matched',
      'docker-hub-fallback-not-needed',
    ]);
    expect(warnings).toMatchObject([{ code: 'docker-io-hides-index' }]);
  });
});

describe('the answer', () => {
  test('is that of a lookup, in its order, and survives JSON', async () => {
    const options = {
      system: fakeSystem(withConfig({ '*.test': 'glob', 'r.test': 'node', 'r.test/a': 'path' })),
      dockerConfig: { files: [PATH] },
      pullSecrets: [secretOf('one', { 'r.test': 'secret' })],
      providers: [providerOf('vault', { 'r.test': 'provider' })],
    };
    const keyring = createKeyring(options);
    const found = await keyring.lookup('r.test/a');
    const explanation = await keyring.explain('r.test/a');
    expect(
      explanation.credentials.map(({ key, username, source }) => ({ key, username, source })),
    ).toEqual(found.map(({ key, username, source }) => ({ key, username, source })));
    expect(explanation.credentials.map(({ position, layer }) => [position, layer])).toEqual([
      [1, 'pull-secrets'],
      [2, 'node'],
      [3, 'node'],
      [4, 'node'],
      [5, 'providers'],
    ]);
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    expect(structuredClone(explanation)).toEqual(explanation);
    expect(explanation).toMatchObject({
      image: 'r.test/a',
      semantics: 'extended',
      pathMatching: 'prefix',
    });
  });

  test('says of what kind each credential is, and warns of empty ones', async () => {
    const document = JSON.stringify({
      auths: {
        'r.test/a/b/c': { registrytoken: 'canary', auth: auth('u') },
        'r.test/a/b': { identitytoken: 'canary' },
        'r.test/a': {},
        'r.test': { auth: auth('canary', 'canary') },
      },
    });
    const { credentials, warnings } = await explain('r.test/a/b/c', {
      files: { [PATH]: document },
    });
    expect(credentials.map(({ kind, username }) => [kind, username])).toEqual([
      ['registry-token', 'u'],
      ['identity-token', ''],
      ['empty', ''],
      ['password', '[redacted]'],
    ]);
    expect(warnings).toMatchObject([
      {
        code: 'empty-credential',
        message:
          'credential 3 (r.test/a) has neither user name nor password, and is tried all the same',
      },
    ]);
  });

  test('says when a credential ends', async () => {
    const provider = providerOf('vault', async () => ({
      auth: { 'r.test': { username: 'u', password: 'p' } },
      cacheKeyType: 'Image',
      expiresAt: new Date('2026-01-02T03:04:05Z'),
    }));
    const { credentials } = await explain('r.test/a', { providers: [provider] });
    expect(credentials[0]?.expiresAt).toBe('2026-01-02T03:04:05.000Z');
  });

  test('comes with a warning where a path ends within a segment', async () => {
    const { warnings } = await explain('r.test/foobar', {
      ...withConfig({ 'r.test/foo': 'u', 'r.test/foobar': 'u', 'r.test': 'u' }),
    });
    expect(warnings).toEqual([
      {
        code: 'path-ends-within-segment',
        message:
          'r.test/foo matches although it ends within a segment: the kubelet compares paths as plain text',
        hint: "write r.test/foo/ to cover only what is below it, or use pathMatching 'segment' here",
      },
    ]);
  });

  test('has no second layer where it is switched off', async () => {
    const { sources, warnings } = await explain('r.test/a', { dockerConfig: false });
    expect([sources, warnings]).toEqual([[], []]);
  });

  test('of a key that no image can have says no part of it', async () => {
    const auths = { 'r.*:1/canary@x': { username: 'u', password: 'p' } };
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [],
      pullSecrets: [secretWith('s', JSON.stringify({ auths }))],
    });
    const { sources } = await keyring.explain('r.test/a');
    expect(sources[0]?.entries).toEqual([
      {
        key: '[redacted]@x',
        outcome: 'port-differs',
        message: 'the entry can never match: its name has characters that no image name has',
        findings: [expect.objectContaining({ code: 'key-path' })],
      },
    ]);
  });
});
