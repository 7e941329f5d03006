import { describe, expect, test } from '@jest/globals';

import { isKeyringError } from '../../../../src/errors.ts';
import { ManifestError } from '../../../../src/errors.ts';
import { parseManifests } from '../../../../src/kubernetes/manifest/manifests.ts';

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
    // As for kubectl, YAML is 1.1 and becomes JSON.
    ['a: yes\nb: on\nc: y\nd: No\ne: OFF', [{ a: true, b: true, c: true, d: false, e: false }]],
    ['a: 0b1\nb: 1_000\nc: 010\nd: 0x1F\ne: 1:30', [{ a: 1, b: 1000, c: 8, d: 31, e: '1:30' }]],
    ['a: 2001-01-01\nb: !!binary aGk=\nc: "yes"', [{ a: '2001-01-01', b: 'hi', c: 'yes' }]],
    ['a: &x b\n*x : c', [{ a: 'b', b: 'c' }]],
    [
      '1e39: 1\n-1e39: 2\n.inf: 3\n1e-7: 4\n-0.0: 5',
      [{ '.inf': 3, '-.inf': 2, '1e-07': 4, '-0': 5 }],
    ],
    ['yes: 1\n0x10: 2\n1.5: 3\n1e6: 4', [{ true: 1, 16: 2, '1.5': 3, '1e+06': 4 }]],
    ['a: 1\na: 2', [{ a: 2 }]],
    ['{"a": 1, "a": 2}', [{ a: 2 }]],
    ['{"a":1}{"b":2}', [{ a: 1 }, { b: 2 }]],
    ['{"a":1}\nb: 2', [{ a: 1 }, { b: 2 }]],
    ['a: 1\n--- # next\nb: 2\n...\nc: not read', [{ a: 1 }, { b: 2 }]],
    ['a: |\r\n  x\r\n', [{ a: 'x\n' }]],
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

  test.each<[string, number, number, string]>([
    [
      'a: 1\nb: c: canary',
      2,
      4,
      'not YAML: a mapping is not allowed here; is a colon inside of a text without quotes?',
    ],
    ['a:\n\tb: canary', 2, 1, 'not YAML: a tab must not be used for indentation'],
    ['a: "\\q canary"', 1, 5, 'not YAML: unknown escape sequence in a double-quoted text'],
    [
      'a: "canary',
      2,
      1,
      'not YAML: a character is missing, such as a colon, comma, quotation mark or bracket',
    ],
    ['a: !<canary x', 1, 4, 'not YAML: a tag is not defined'],
    ['a: !!int canary', 1, 4, 'not YAML: a value does not match its tag'],
    ['a: *canary', 1, 4, 'not YAML: unknown anchor'],
    [
      'kind: A\n--- canary',
      2,
      4,
      'not YAML: only a comment may follow a document separator (---) on its line',
    ],
    // What begins with a brace is JSON first, and where it is no YAML either, that counts.
    [
      '{"a": "canary" "b"}',
      1,
      16,
      'not JSON: a character that is invalid after object key:value pair',
    ],
    ['{"a": "canary"', 1, 15, 'the JSON ends too early'],
    [
      '{"a":1}\n{"b":2}\ncanary',
      3,
      1,
      'not JSON: a character that is invalid looking for beginning of value',
    ],
    [
      '{"a":1}\ncanary: [',
      2,
      1,
      'not JSON: a character that is invalid looking for beginning of value',
    ],
    [
      '{"a":1}\nb: 1\n---\nc: [',
      5,
      1,
      'not YAML: wrong indentation, or a bracket or brace that is not closed',
    ],
    ['{"a":1e999}', 1, 6, 'a number is too large'],
    ['a: -.inf', 1, 4, 'a number is too large'],
    ['a: [.nan]', 1, 5, 'not a number'],
    ['kind: A\n---\ncanary', 3, 1, 'not a Kubernetes object'],
    ['\n- canary', 2, 1, 'not a Kubernetes object'],
    [
      'kind: A\n---\nkind: List\nitems: [canary]',
      3,
      1,
      'an item of a list is not a Kubernetes object',
    ],
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
    expect((await failure(text)).reason).toBe('not YAML: its aliases stand for too much');
  });

  test('is not overwhelmed by nesting', async () => {
    const flow = await failure('['.repeat(100_000));
    expect(flow.reason).toBe('not YAML: it nests deeper than 500 levels');
    expect(flow.position).toEqual({ line: 1, column: 501 });
    const lines = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`);
    expect((await failure(lines.join(''))).reason).toBe(
      'not YAML: it nests deeper than 500 levels',
    );
    await expect(parseManifests(`a: ${'['.repeat(400)}${']'.repeat(400)}`)).resolves.toHaveLength(
      1,
    );
  });

  test('refuses a text that is too long', async () => {
    const error = await failure(`a: ${'x'.repeat(10 * 1024 * 1024)}`);
    expect(error.reason).toBe('larger than 10485760 bytes');
  });
});

test('bytes are read as they are: kubectl takes UTF-16, and refuses what is no UTF-8', async () => {
  const utf16 = Buffer.from('\uFEFFa: b\n', 'utf16le').swap16();
  await expect(parseManifests(utf16)).resolves.toEqual([{ a: 'b' }]);
  const error: unknown = await parseManifests(Buffer.from('a: \xff', 'latin1')).catch(String);
  expect(error).toContain('not YAML: not valid UTF-8');
});
