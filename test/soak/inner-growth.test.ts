// As growth.test.ts, for what stands behind exported functions, with inputs that are hard for it in particular.

import { describe, expect, test } from '@jest/globals';

import { inertText } from '../../src/cli/render/inert.ts';
import { parseManifests } from '../../src/kubernetes/manifest/manifests.ts';
import { readPullSecretLayer } from '../../src/kubernetes/secret/pull-secret-layer.ts';
import { validatePullSecret } from '../../src/kubernetes/secret/validate-pull-secret.ts';
import { parsePluginConfig } from '../../src/providers/exec/config/plugin-config.ts';
import { createKeyring } from '../../src/index.ts';
import { verifyImages } from '../../src/registry/index.ts';
import { createSecretMemory } from '../../src/util/redaction/secret-memory.ts';
import { measureGrowth, QUADRATIC_RATIO } from './growth/measure.ts';

/** Of lines, members or pieces, whichever an input is made of. */
const MAX_SIZE = 64 * 1024;
const TIMEOUT_MS = 300_000;

/** @param prepare - Makes an input of a size, outside of the measured time. */
async function growthOf(prepare: (size: number) => () => unknown): Promise<number> {
  const row = { of: 'an inner function', input: 'its own', prepare, maxBytes: MAX_SIZE };
  const { ratio } = await measureGrowth(row);
  return ratio;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

/** Refused or not. */
async function readBoth(text: string): Promise<void> {
  await parseManifests(text).catch(() => {});
  await parsePluginConfig(text, 'plugins.yaml').catch(() => {});
}

function reading(make: (size: number) => string): (size: number) => () => unknown {
  return (size) => {
    const text = make(size);
    return () => readBoth(text);
  };
}

describe('YAML grows by its size:', () => {
  test.each<[string, (size: number) => string]>([
    ['keys', (size) => lines(size, (index) => `k${index}: v`)],
    ['keys in flow style', (size) => `{${lines(size, (index) => `k${index}: v,`)}}`],
    ['one key again and again', (size) => lines(size, () => 'a: 1')],
    ['one key of JSON again and again', (size) => `{"a":1${',"a":1'.repeat(size)}}`],
    ['JSON documents', (size) => '{"a":1}\n'.repeat(size)],
    ['documents', (size) => 'a: 1\n---\n'.repeat(size)],
    ['anchors and aliases', (size) => lines(size, (index) => `k${index}: &a${index} v`)],
    ['merges', (size) => `a: &a {b: c}\n${lines(size, (index) => `k${index}: {<<: *a}`)}`],
    ['keys that are null', (size) => lines(size, () => '? ')],
    ['values that JSON has not', (size) => lines(size, (index) => `k${index}: .nan`)],
    ['lists', (size) => '- '.repeat(400) + '\n- x'.repeat(size)],
  ])(
    '%s',
    async (_what, make) => {
      expect(await growthOf(reading(make))).toBeLessThan(QUADRATIC_RATIO);
    },
    TIMEOUT_MS,
  );

  const STARTS = ['', 'a: ', 'a: "', "a: '", 'a: |\n ', 'a: >\n  ', 'a: [', '# '];
  const PIECES = [
    '\u2028',
    '\u0085',
    '\n',
    '\r\n',
    ' ',
    '\t',
    'x',
    '-',
    "''",
    '\\\n',
    '&a ',
    '!',
    '%',
  ];

  test.each(PIECES.map((piece) => [JSON.stringify(piece), piece]))(
    'of %s everywhere',
    async (_shown, piece) => {
      const readAll = (size: number) => {
        const texts = STARTS.map((start) => start + piece.repeat(size));
        return () => Promise.all(texts.map(readBoth));
      };
      expect(await growthOf(readAll)).toBeLessThan(QUADRATIC_RATIO);
    },
    TIMEOUT_MS,
  );
});

describe('a plugin configuration grows by its size:', () => {
  const HEAD = 'kind: CredentialProviderConfig\napiVersion: kubelet.config.k8s.io/v1\nproviders:\n';

  test.each<[string, (size: number) => string]>([
    ['providers with wrong types', (size) => HEAD + lines(size, () => '- {name: [], args: {}}')],
    ['providers with wrong names', (size) => HEAD + lines(size, (index) => `- name: a/${index}`)],
    ['unknown fields', (size) => HEAD + lines(size, (index) => `- {x${index}: 1}`)],
    ['patterns', (size) => `${HEAD}- matchImages:\n${lines(size, () => '  - "a b"')}`],
  ])(
    '%s',
    async (_what, make) => {
      expect(await growthOf(reading(make))).toBeLessThan(QUADRATIC_RATIO);
    },
    TIMEOUT_MS,
  );
});

const TYPE = 'kubernetes.io/dockerconfigjson';

function record<T>(size: number, entry: (index: number) => [string, T]): Record<string, T> {
  return Object.fromEntries(Array.from({ length: size }, (_, index) => entry(index)));
}

function withAuths(auths: object): object {
  const stringData = { '.dockerconfigjson': JSON.stringify({ auths }) };
  return { metadata: { name: 'x' }, type: TYPE, stringData };
}

describe('judging a Secret grows by its size:', () => {
  const entry = { auth: 'dTpw' };
  test.each<[string, (size: number) => object]>([
    ['entries', (size) => withAuths(record(size, (index) => [`r${index}.test`, entry]))],
    [
      'entries that are one key',
      (size) => withAuths(record(size * 8, (index) => [`r?${index}`, {}])),
    ],
    ['keys of data', (size) => ({ data: record(size, (index) => [`a ${index}`, '']) })],
    ['values of data', (size) => ({ data: record(size, (index) => [`a${index}`, '!']) })],
    ['a value', (size) => ({ data: { a: '='.repeat(size) } })],
    ['bytes', (size) => ({ data: { a: Array.from({ length: size }, () => 300) } })],
    ['unknown fields', (size) => record(size, (index) => [`f${index}`, 1])],
    ['labels', (size) => ({ metadata: { labels: record(size, (index) => [`l ${index}`, ' ']) } })],
    [
      'owners',
      (size) => ({
        metadata: {
          ownerReferences: Array.from({ length: size }, (_, uid) => ({
            uid: `${uid}`,
            controller: true,
          })),
        },
      }),
    ],
    ['a long name', (size) => ({ metadata: { name: 'a-.'.repeat(size) } })],
    [
      'a long label',
      (size) => ({ metadata: { labels: { ['a'.repeat(size)]: '-a'.repeat(size) } } }),
    ],
  ])(
    '%s',
    async (_what, make) => {
      const judge = (size: number) => {
        const secret = make(size);
        return () => validatePullSecret(secret);
      };
      expect(await growthOf(judge)).toBeLessThan(QUADRATIC_RATIO);
    },
    TIMEOUT_MS,
  );
});

function readSecrets(size: number): () => unknown {
  const secrets = Array.from({ length: size }, (_, index) =>
    withAuths({ [`r${index}.test`]: { auth: 'dTpw' } }),
  );
  return () => readPullSecretLayer(secrets, { tokens: false, malformed: 'reject', onProblem });
}

function onProblem(problem: Error): never {
  throw problem;
}

test(
  'pull secrets are read by their number',
  async () => {
    expect(await growthOf(readSecrets)).toBeLessThan(QUADRATIC_RATIO);
  },
  TIMEOUT_MS,
);

test.each(['\r', '\u2028', ' ', '\u001b[', '##a', '::'])(
  'text that is printed is made inert by its size: %j again and again',
  async (piece) => {
    const makeInert = (size: number) => {
      const text = `x${piece.repeat(size)}x`;
      return () => inertText(text);
    };
    expect(await growthOf(makeInert)).toBeLessThan(QUADRATIC_RATIO);
  },
  TIMEOUT_MS,
);

describe('The search for secrets grows by the size of a text of', () => {
  test.each<[string, string]>([
    ['blanks', ' '],
    ['line ends', '\n'],
    ['a scheme and blanks', 'basic '],
    ['the beginning of what V8 says', 'Unexpected token '],
    ['user names', 'a:'],
    ['hosts', 'a@'],
    ['the beginnings of URLs', '://'],
    ['flags', '--password '],
    ['quoted names', '"token":'],
    ['quotes', '"token":"\\'],
    ['names', 'token-'],
    ['parameters', '&token'],
    ['the beginnings of JWTs', 'eyJaaaaaaaa.'],
  ])(
    '%s',
    async (_what, piece) => {
      const { isIn } = createSecretMemory();
      const prepare = (size: number) => {
        const text = piece.repeat(size);
        return () => isIn(text);
      };
      expect(await growthOf(prepare)).toBeLessThan(QUADRATIC_RATIO);
    },
    TIMEOUT_MS,
  );
});

function verifying(size: number): () => unknown {
  const names = Array.from({ length: size }, (_, index) => `s${index}`);
  const secrets = names.map((name) => ({
    kind: 'Secret',
    metadata: { namespace: 'default', name },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': '{"auths":{}}' },
  }));
  const containers = names.map((name) => ({
    name,
    image: `r.test/${name}`,
    imagePullPolicy: 'Never',
  }));
  const imagePullSecrets = names.map((name) => ({ name }));
  const pod = { kind: 'Pod', metadata: { name: 'p' }, spec: { containers, imagePullSecrets } };
  const keyring = createKeyring({ dockerConfig: false, providers: [] });
  return () => verifyImages([pod, ...secrets], keyring);
}

test(
  'a pod is verified by the number of its images and its pull secrets together',
  async () => {
    expect(await growthOf(verifying)).toBeLessThan(QUADRATIC_RATIO);
  },
  TIMEOUT_MS,
);
