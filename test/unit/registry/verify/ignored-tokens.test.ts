import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import type { PullSecret } from '../../../../src/kubernetes/index.ts';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

/** A pod with these secrets, and a service account without any. */
function pod(...secrets: readonly string[]): object[] {
  return [serviceAccount('default'), deployment('web', [IMAGE], { secrets })];
}

/** A Secret whose entry has a token beside an account. */
function withToken(name: string, token: string, account: object): PullSecret {
  const auths = { 'r.test': { ...account, [token.replace(' ', '')]: 'canary' } };
  const document = Buffer.from(JSON.stringify({ auths })).toString('base64');
  return { ...pullSecret(name), data: { '.dockerconfigjson': document } };
}

describe('A pull secret', () => {
  test('may have an ignored token beside its password', async () => {
    const secret = withToken('a', 'identity token', { username: 'u', password: 'p' });
    const image = await fakeCluster().verifyOne([...pod('a'), secret]);
    expect(image).toMatchObject({ status: 'pullable', accepted: { message: 'accepted' } });
  });

  test.each<[string, object]>([
    ['identity token', { username: '00000000-0000-0000-0000-000000000000', password: '' }],
    ['identity token', {}],
    ['registry token', {}],
  ])('may have an %s, which a kubelet ignores: beside %o', async (token, account) => {
    const world = fakeCluster();
    const secret = withToken('a', token, account);
    const image = await world.verifyOne([...pod('a'), secret]);
    expect(image).toMatchObject({
      status: 'refused',
      hint: `give a user name with a password or an access token: a kubelet ignores the ${token} of the entry r.test`,
      candidates: [
        { outcome: 'refused', message: expect.stringMatching(`; a kubelet ignores its ${token}$`) },
      ],
    });
    // With the secrets of a keyring, for an image that is named by itself.
    const { system } = world;
    const own = createKeyring({
      system,
      pullSecrets: [secret],
      dockerConfig: false,
      providers: [],
    });
    expect(await world.verifyOne([IMAGE], {}, own)).toMatchObject({ status: 'refused' });
    expect(world.asked().filter((line) => line.startsWith('POST'))).toEqual([]);
  });
});
