import { describe, expect, test } from '@jest/globals';
import { explain, PATH } from '../fakes/explain.ts';
import { configOf, providerOf } from '../fakes/keyring-inputs.ts';

function withConfig(users: Readonly<Record<string, string>>): { files: Record<string, string> } {
  return { files: { [PATH]: configOf(users) } };
}

describe('an entry', () => {
  test('of a source with few entries is listed even if it is for another registry', async () => {
    const { sources } = await explain('r.test/a', withConfig({ 'r.test': 'u', 'other.test': 'u' }));
    expect(sources[0]).toMatchObject({
      entries: [
        { key: 'r.test', outcome: 'matched' },
        { key: 'other.test', outcome: 'host-differs', message: 'another registry', findings: [] },
      ],
      otherEntries: 0,
    });
  });

  test.each([
    ['R.Test', /^the host is not in lower case/],
    ['r.test.', /^the entry never matches an image: its host ends with a dot;/],
    ['HTTPS://r.test', /^the entry never matches an image: only https:/],
    ['//r.test', /./],
    ['https://https://r.test', /^the entry never matches an image/],
    ['r.test:80/b', /^the entry has port 80.*; the image's path \/a does not begin with \/b$/],
    ['r.test/*', /^the entry never matches an image: paths hold no globs/],
  ])(
    'that is meant for the registry is shown whatever is wrong with it: %s',
    async (key, message) => {
      const others = Object.fromEntries(
        Array.from({ length: 20 }, (_, at) => [`o${at}.test`, 'u']),
      );
      const { sources } = await explain('r.test/a', withConfig({ ...others, [key]: 'u' }));
      expect(sources[0]?.entries.map((entry) => entry.message)).toEqual([
        expect.stringMatching(message),
      ]);
    },
  );

  test.each(['https://index.docker.io/v1', 'registry-1.docker.io', 'hub.docker.com'])(
    'that looks like Docker Hub’s is shown for its images: %s',
    async (key) => {
      const { sources } = await explain('nginx', withConfig({ [key]: 'u' }));
      expect(sources[0]?.entries).toMatchObject([{ findings: [{ code: 'key-hub-alias' }] }]);
      expect(sources[0]?.entries[0]?.message).not.toBe('another registry');
    },
  );

  test('in the answer has its findings', async () => {
    const { sources } = await explain('r.test/a', {
      files: {
        [PATH]: JSON.stringify({ auths: { 'r.test': { username: 'u', password: 'canary\n' } } }),
      },
    });
    expect(sources[0]?.entries).toMatchObject([
      { outcome: 'matched', findings: [{ code: 'password-line-break' }] },
    ]);
  });

  test('with an address is compared with the image’s without case and port', async () => {
    const { sources } = await explain('[fd00::1]:5000/a', withConfig({ '[FD00::1]:5001': 'u' }));
    expect(sources[0]?.entries[0]?.message).toContain(
      'the entry has port 5001, the image port 5000',
    );
  });

  test('of a provider is no document’s, and has no findings', async () => {
    const provider = providerOf('mine', { 'R.test': 'u' });
    const { sources } = await explain('r.test/a', { providers: [provider] });
    expect(sources.find(({ layer }) => layer === 'providers')?.entries).toEqual([
      {
        key: 'R.test',
        outcome: 'host-differs',
        message: 'the host is written otherwise',
        findings: [],
      },
    ]);
  });
});
