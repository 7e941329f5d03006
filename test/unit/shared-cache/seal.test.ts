import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../src/shared-cache/seal.ts';

const KEY = new Uint8Array(32).fill(1);
const NEW_KEY = new Uint8Array(32).fill(2);
const TEXT = 'hunter2: a text that is nobody’s business';

describe('What is sealed', () => {
  test('opens with the same key, kind and scope', () => {
    const value = createSealer([KEY]).seal('answer', 'ecr', TEXT);
    const base64 = Buffer.from(KEY).toString('base64');
    expect(createSealer([base64]).open('answer', 'ecr', value)).toBe(TEXT);
  });

  test('shows nothing of the text, and looks different each time', () => {
    const sealer = createSealer([KEY]);
    const values = [1, 2].map(() => sealer.seal('answer', 'ecr', TEXT));
    expect(values[0]).not.toBe(values[1]);
    for (const value of values) {
      expect(value).toMatch(/^docker-keyring:1\.[\w-]{12}\.[\w-]+$/);
      const bytes = Buffer.from(value.split('.')[2] ?? '', 'base64url');
      expect(bytes.length).toBe(12 + Buffer.byteLength(TEXT) + 16);
      expect(bytes.toString('latin1')).not.toContain('hunter2');
    }
  });

  test('opens nowhere but where it was sealed', () => {
    const sealer = createSealer([KEY]);
    const value = sealer.seal('answer', 'ecr', TEXT);
    expect(sealer.open('answer', 'gcr', value)).toBeUndefined();
    expect(sealer.open('unshared', 'ecr', value)).toBeUndefined();
    expect(createSealer([NEW_KEY]).open('answer', 'ecr', value)).toBeUndefined();
  });

  test('does not open under the id of another key', () => {
    const sealer = createSealer([KEY, NEW_KEY]);
    const [format, , body] = sealer.seal('answer', 'ecr', TEXT).split('.');
    const [, id] = createSealer([NEW_KEY]).seal('answer', 'ecr', TEXT).split('.');
    expect(sealer.open('answer', 'ecr', `${format}.${id}.${body}`)).toBeUndefined();
  });

  test('does not open when any one byte of it was changed', () => {
    const sealer = createSealer([KEY]);
    const [format, id, body = ''] = sealer.seal('answer', 'ecr', TEXT).split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (const index of bytes.keys()) {
      const changed = Uint8Array.from(bytes, (byte, at) => (at === index ? byte ^ 1 : byte));
      const value = `${format}.${id}.${Buffer.from(changed).toString('base64url')}`;
      expect(sealer.open('answer', 'ecr', value)).toBeUndefined();
    }
  });

  test('does not open when it was cut anywhere', () => {
    const sealer = createSealer([KEY]);
    const value = sealer.seal('answer', 'ecr', TEXT);
    for (let length = 0; length < value.length; length += 1) {
      expect(sealer.open('answer', 'ecr', value.slice(0, length))).toBeUndefined();
    }
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { value: 'docker-keyring:1.a.b' }],
    ['bytes', new Uint8Array(60)],
    ['another text', '{"auth":{}}'],
    ['an older format', `docker-keyring:0.AAAAAAAAAAAA.${'A'.repeat(80)}`],
    ['more parts', `docker-keyring:1.AAAAAAAAAAAA.${'A'.repeat(80)}.A`],
    ['more than any answer', `docker-keyring:1.AAAAAAAAAAAA.${'A'.repeat(2 ** 20)}`],
  ])('is not %s', (_what, value) => {
    expect(createSealer([KEY]).open('answer', 'ecr', value)).toBeUndefined();
  });
});

describe('Rotation', () => {
  test('the first key encrypts, and all of them decrypt', () => {
    const old = createSealer([KEY]).seal('answer', 'ecr', TEXT);
    const rotating = createSealer([NEW_KEY, KEY]);
    expect(rotating.open('answer', 'ecr', old)).toBe(TEXT);
    const renewed = rotating.seal('answer', 'ecr', TEXT);
    expect(createSealer([NEW_KEY]).open('answer', 'ecr', renewed)).toBe(TEXT);
    expect(createSealer([KEY]).open('answer', 'ecr', renewed)).toBeUndefined();
  });

  test('each key has a name of its own for an entry, the current one first', () => {
    const [oldName] = createSealer([KEY]).names('answer', 'ecr');
    const [newName] = createSealer([NEW_KEY]).names('answer', 'ecr');
    expect(createSealer([NEW_KEY, KEY]).names('answer', 'ecr')).toEqual([newName, oldName]);
    expect(oldName).not.toBe(newName);
  });
});

test('A name tells neither the scope nor, without the key, whether it is a scope that one has guessed', () => {
  const sealer = createSealer([KEY]);
  const [name] = sealer.names('answer', 'ecr/123456789012');
  expect(name).toMatch(/^docker-keyring:1:answer:[\w-]{43}$/);
  expect(sealer.names('answer', 'ecr/123456789012')).toEqual([name]);
  expect(sealer.names('answer', 'ecr/123456789013')).not.toEqual([name]);
  expect(sealer.names('unshared', 'ecr/123456789012')[0].slice(-43)).not.toBe(name.slice(-43));
  expect(createSealer([NEW_KEY]).names('answer', 'ecr/123456789012')).not.toEqual([name]);
});

test('A key that its owner overwrites afterwards is still the key', () => {
  const bytes = Uint8Array.from(KEY);
  const sealer = createSealer([bytes]);
  bytes.fill(0);
  const value = sealer.seal('answer', 'ecr', TEXT);
  expect(createSealer([KEY]).open('answer', 'ecr', value)).toBe(TEXT);
});

test('An entry of format 1 is found and opened by every later version of this package', () => {
  const sealer = createSealer([KEY]);
  const name = 'docker-keyring:1:answer:zanhjxwkFV-0ON6x10OTBwNEcnZ_XWXzFvBbOIBijR8';
  const value =
    'docker-keyring:1.jekQI-wfiI8d.Z0AqaqcpdGuUKfZH5EypV-PHWXhw12rb4f3W_vP9sIXS3WhN6NezpGIu5ISfyDjn4c0';
  expect(sealer.names('answer', 'ecr')).toEqual([name]);
  expect(sealer.open('answer', 'ecr', value)).toBe('as it was in version 1');
});
