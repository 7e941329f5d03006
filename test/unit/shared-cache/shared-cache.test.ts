import { describe, expect, test } from '@jest/globals';
import { storeKeysProblem } from '../../../src/shared-cache/shared-cache.ts';

const BYTES = Buffer.from('a key of exactly thirty-two byte', 'utf8');

describe('Keys of the shared store', () => {
  test.each([
    ['bytes', [Uint8Array.from(BYTES)]],
    ['a Buffer', [BYTES]],
    ['base64', [BYTES.toString('base64')]],
    ['base64url without padding', [BYTES.toString('base64url')]],
    ['several, for rotation', [BYTES, BYTES.toString('base64')]],
  ])('may be %s', (_what, keys) => {
    expect(storeKeysProblem(keys)).toBeUndefined();
  });

  test.each([
    ['undefined', undefined],
    ['one key in place of an array', BYTES.toString('base64')],
    ['an empty array', []],
  ])('may not be %s', (_what, keys) => {
    expect(storeKeysProblem(keys)).toBe('must be an array of at least one key');
  });

  test.each([
    ['a passphrase', 'correct horse battery staple'],
    ['hexadecimal', BYTES.toString('hex')],
    ['too few bytes', BYTES.subarray(1)],
    ['too many bytes', Buffer.concat([BYTES, BYTES])],
    ['base64 of fewer bytes', BYTES.subarray(2).toString('base64')],
    ['base64 with a line break', `${BYTES.toString('base64')}\n`],
    ['an array of numbers', [...BYTES]],
    ['wider numbers', new Uint16Array(32)],
    ['a number', 32],
    ['null', null],
  ])('of %s are refused, by index and without being quoted', (_what, key) => {
    expect(storeKeysProblem([BYTES, key])).toBe(
      '[1] must be 32 random bytes: a Uint8Array, or their base64 text',
    );
  });
});
