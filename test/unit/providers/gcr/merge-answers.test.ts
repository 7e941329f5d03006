import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/create-keyring/create-keyring.ts';
import { registryKey } from '../../../../src/keyring/registry-key.ts';
import { mergeAnswers, type Part } from '../../../../src/providers/gcr/merge-answers.ts';

const options = { tokenKeys: () => ['gcr.io'], isPartial: false };

function entries(...keys: readonly string[]): Part {
  return {
    kind: 'entries',
    entries: keys.map((key, index) => [key, { username: key, password: String(index) }]),
  };
}

function token(expiresAtMs: number | undefined): Part {
  const universe = 'googleapis.com';
  return { kind: 'token', token: { username: '_token', token: 't', expiresAtMs, universe } };
}

describe('One answer of several sources', () => {
  test('keeps several credentials of one key, which the keyring tries in their order', () => {
    const keys = ['gcr.io', 'gcr.io', 'https://gcr.io', 'gcr.io'];
    const { auth } = mergeAnswers([entries(...keys)], options);
    expect(Object.entries(auth).map(([key, { password }]) => [key, password])).toEqual([
      ['gcr.io', '0'],
      ['https://gcr.io', '1'],
      ['http://gcr.io', '2'],
      ['gcr.io/', '3'],
    ]);
    expect(Object.keys(auth).map((key) => registryKey(key)?.key)).toEqual([
      'gcr.io',
      'gcr.io',
      'gcr.io',
      'gcr.io',
    ]);
  });

  test('is tried in the order of its sources by a keyring', async () => {
    const answer = mergeAnswers([entries('gcr.io'), token(5e12)], options);
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [{ name: 'x', matchImages: ['gcr.io'], provide: () => Promise.resolve(answer) }],
    });
    const credentials = await keyring.lookup('gcr.io/acme/app');
    expect(credentials.map(({ username, password }) => `${username} ${password}`)).toEqual([
      'gcr.io 0',
      '_token t',
    ]);
    await keyring.close();
  });

  test('has no room for a fifth, or for a fourth of a key with a path', () => {
    const keys = ['gcr.io', 'gcr.io', 'gcr.io', 'gcr.io', 'gcr.io'];
    expect(Object.keys(mergeAnswers([entries(...keys)], options).auth)).toHaveLength(4);
    const paths = ['q.io/a', 'q.io/a', 'q.io/a', 'q.io/a'];
    expect(Object.keys(mergeAnswers([entries(...paths)], options).auth)).toHaveLength(3);
  });

  test.each<[string, readonly Part[], boolean, number | undefined, number | undefined]>([
    ['to the end of the earliest token', [token(9e5), token(3e5)], false, 3e5, undefined],
    ["a minute with the attributes' credentials", [entries('a'), token(9e5)], false, 9e5, 60_000],
    ['a minute when the attributes could not be read', [token(9e5)], true, 9e5, 60_000],
    [
      'not at all with a token that ends nobody knows when',
      [token(9e5), token(undefined)],
      true,
      9e5,
      0,
    ],
    ['a minute without a token', [entries('a')], false, undefined, 60_000],
  ])('is kept %s', (_what, parts, isPartial, expiresAtMs, expectedMs) => {
    const { expiresAt, cacheDurationMs } = mergeAnswers(parts, { ...options, isPartial });
    expect(expiresAt?.getTime()).toBe(expiresAtMs);
    expect(cacheDurationMs).toBe(expectedMs);
  });
});
