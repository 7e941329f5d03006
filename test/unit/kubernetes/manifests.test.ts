import { describe, expect, test } from '@jest/globals';

import { isKeyringError } from '../../../src/errors.ts';
import { ManifestError } from '../../../src/errors.ts';
import { parseManifests, parsePullSecrets } from '../../../src/kubernetes/manifests.ts';

async function failure(text: string, path?: string): Promise<ManifestError> {
  const error: unknown = await parseManifests(text, { path }).catch((reason: unknown) => reason);
  if (error instanceof ManifestError) return error;
  throw new Error('expected a ManifestError', { cause: error });
}

describe('parseManifests', () => {
  test.each<[string, unknown[]]>([
    ['', []],
    ['# nothing\n---\n---\n', []],
    ['kind: A\n---\nkind: B\n', [{ kind: 'A' }, { kind: 'B' }]],
    ['\uFEFFkind: A', [{ kind: 'A' }]],
    ['{"kind":"A"}', [{ kind: 'A' }]],
    [' {"kind":\t"A"}\n', [{ kind: 'A' }]],
    ['{kind: A}', [{ kind: 'A' }]],
    ['{"kind":"A"}\n---\n{"kind":"B"}', [{ kind: 'A' }, { kind: 'B' }]],
    ['a: &x [1]\nb: *x', [{ a: [1], b: [1] }]],
    [
      'kind: List\nitems: [{kind: A}, {kind: List, items: [{kind: B}]}]',
      [{ kind: 'A' }, { kind: 'B' }],
    ],
    [
      'kind: SecretList\napiVersion: v1\nitems: [{type: t}, {kind: A}]',
      [
        { kind: 'Secret', apiVersion: 'v1', type: 't' },
        { kind: 'A', apiVersion: 'v1' },
      ],
    ],
    ['kind: SecretList', [{ kind: 'SecretList' }]],
    ['items: []', [{ items: [] }]],
  ])('reads %j', async (text, expected) => {
    await expect(parseManifests(text)).resolves.toEqual(expected);
  });

  test.each(['__proto__: {a: 1}', '{"__proto__": {"a": 1}}'])(
    'takes __proto__ for a key like any other in %j',
    async (text) => {
      const [object] = await parseManifests(text);
      expect(Object.keys(object ?? {})).toEqual(['__proto__']);
      expect(object).not.toHaveProperty('a');
    },
  );

  test.each([
    ['a: 1\nb: c: canary', 2, 4, 'not YAML: a nested mapping must begin on a line of its own'],
    ['a: 1\na: canary', 2, 1, 'not YAML: a key occurs twice in one mapping'],
    ['a:\n\tb: canary', 2, 1, 'not YAML: tabs cannot indent'],
    ['a: "\\q canary"', 1, 5, 'not YAML: a quoted string has an unknown escape'],
    [
      'a: "canary',
      1,
      11,
      'not YAML: a character is missing, such as a closing quote, brace or bracket',
    ],
    ['a: !<canary x', 1, 4, 'not YAML: the syntax is wrong here'],
    ['{"a": "canary" "b"}', 1, 16, 'not YAML: something unexpected stands here'],
    ['kind: A\n---\ncanary', 3, 1, 'not a Kubernetes object'],
    ['\n- canary', 2, 1, 'not a Kubernetes object'],
    [
      'kind: A\n---\nkind: List\nitems: [canary]',
      3,
      1,
      'an item of a list is not a Kubernetes object',
    ],
    ['a: *canary', 1, 1, 'not YAML: an alias without an anchor, or more than 100 aliases'],
  ])('refuses %j', async (text, line, column, reason) => {
    const error = await failure(text, 'secrets.yaml');
    expect(error).toMatchObject({
      name: 'ManifestError',
      code: 'ERR_KEYRING_MANIFEST_INVALID',
      path: 'secrets.yaml',
      position: { line, column },
      reason,
      message: `secrets.yaml:${line}:${column}: ${reason}`,
    });
    expect(isKeyringError(error)).toBe(true);
    expect(String(error.stack)).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });

  test('names a text without a path', async () => {
    expect((await failure('- 1')).message).toBe('manifest:1:1: not a Kubernetes object');
  });

  test('is not overwhelmed by aliases', async () => {
    let text = 'a: &a [x, x, x, x, x, x, x, x, x]\n';
    for (const [previous, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
      text += `${name}: &${name} [${Array.from({ length: 9 }, () => `*${previous}`).join()}]\n`;
    }
    expect((await failure(text)).reason).toContain('aliases');
  });

  test('is not overwhelmed by nesting', async () => {
    const flow = await failure('['.repeat(100_000));
    expect(flow.reason).toBe('nests deeper than 200 levels');
    expect(flow.position).toEqual({ line: 1, column: 201 });
    const lines = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`);
    expect((await failure(lines.join(''))).reason).toBe('nests deeper than 200 levels');
    await expect(parseManifests(`a: ${'['.repeat(190)}${']'.repeat(190)}`)).resolves.toHaveLength(
      1,
    );
  });

  test('refuses a text that is too long', async () => {
    const error = await failure(`a: ${'x'.repeat(10 * 1024 * 1024)}`);
    expect(error.reason).toBe('longer than 10485760 characters');
  });
});

describe('parsePullSecrets', () => {
  test('passes over objects of other kinds', async () => {
    const text = 'kind: Pod\n---\nkind: Secret\ntype: a\n---\nkind: SecretList\nitems: [{type: b}]';
    await expect(parsePullSecrets(text)).resolves.toMatchObject([{ type: 'a' }, { type: 'b' }]);
  });
});
