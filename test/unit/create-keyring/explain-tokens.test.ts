import { describe, expect, test } from '@jest/globals';
import { explain, PATH } from '../fakes/explain.ts';
import { auth, secretWith } from '../fakes/keyring-inputs.ts';

describe('a token that a kubelet ignores', () => {
  const AZURE = '00000000-0000-0000-0000-000000000000';
  const hint =
    'give a user name with a password or an access token that the registry takes as it is';
  const code = 'identity-token-ignored';
  const pullSecrets = [
    secretWith(
      'acr',
      JSON.stringify({
        auths: {
          'r.test/a/b/c': { auth: auth(AZURE, ''), identitytoken: 'canary' },
          'r.test/a/b': { registrytoken: 'canary' },
          'r.test/a': { auth: auth('u'), identitytoken: 'canary' },
        },
      }),
    ),
  ];

  test.each(['extended', 'kubelet'] as const)(
    'is told of the entry and its credential, by the rules %s',
    async (semantics) => {
      const { sources, warnings } = await explain('r.test/a/b/c', { pullSecrets, semantics });
      const match = "host and port match, and the path is a prefix of the image's";
      expect(sources[0]?.entries.map(({ message }) => message)).toEqual([
        `${match}; a kubelet ignores its identity token`,
        `${match}; a kubelet ignores its registry token`,
        `${match}; a kubelet ignores its identity token`,
      ]);
      expect(warnings).toEqual([
        {
          code,
          message:
            'credential 1 (r.test/a/b/c) is an identity token, which a kubelet ignores: it tries the user name with an empty password',
          hint,
        },
        {
          code,
          message:
            'credential 2 (r.test/a/b) is a registry token, which a kubelet ignores: it tries no credentials',
          hint,
        },
      ]);
    },
  );

  test('is told of a file that is read by the rules of the kubelet', async () => {
    const files = {
      [PATH]: JSON.stringify({ auths: { 'r.test': { identitytoken: 'canary' } } }),
    };
    const { sources, warnings } = await explain('r.test/a', { files, semantics: 'kubelet' });
    expect(sources[0]?.entries[0]?.message).toBe(
      'host and port match; a kubelet ignores its identity token',
    );
    expect(warnings).toMatchObject([{ code }]);
    const extended = await explain('r.test/a', { files });
    expect(extended.sources[0]?.entries[0]?.message).toBe('host and port match');
    expect(extended.warnings).toEqual([]);
  });
});
