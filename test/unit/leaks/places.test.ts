import { describe, expect, test } from '@jest/globals';
import { createKeyring, parseImageReference, type CredentialProvider } from '../../../src/index.ts';
import { validatePullSecret } from '../../../src/kubernetes/index.ts';
import { run } from '../cli/run.ts';
import { casesOf } from '../fakes/amount.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth, providerOf, secretWith } from '../fakes/keyring-inputs.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { shown } from './shown.ts';
import { fromFile, leaksOf, leaksOfKeyring } from './search.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;

describe('no secret gets out of the name of an entry', () => {
  const NAMES = [
    `https://${USER}:${password}@r.test`,
    `http://${USER}:${password}@r.test/v1/`,
    `HTTPS://${USER}:${password}@r.test`,
    `oci://${USER}:${password}@r.test/a`,
    `${USER}:${password}@r.test/a`,
    `${registryToken}@r.test`,
    `https://${USER}:${password}/x@r.test`,
    `https://${USER}:${password}@x@r.test`,
    `https://https://${USER}:${password}@r.test`,
    `r.test?token=${registryToken}`,
    `r.test/a?${registryToken}#${password}`,
    `r.test#${password}`,
    `%zz:${USER}@r.test#${password}`,
    `https://${USER}:${password}@[::1]:80`,
    `https://${USER}:${password}@%zz`,
    `${USER}:1/${password}@r.test`,
    `*:1/${password}@r.test`,
    `r.*:1/${password}@r.test`,
    `r.test/${password}@x`,
    `r.test/a;token=${registryToken}`,
    `r.test;token=${registryToken}`,
    `*;token=${registryToken}`,
    `${USER}:${password}%40r.test`,
    `r.test/a%3Ftoken=${registryToken}`,
  ];
  const VALUES = [{ auth: auth(USER, password) }, { auth: '!' }, { auth: 5 }, 5, {}];

  test.each(casesOf(NAMES, 4))('%s', async (name) => {
    const leaks = await inOrder(VALUES, async (value) => {
      const document = JSON.stringify({ auths: { [name]: value } });
      const secret = secretWith('regcred', document);
      const response = { [name]: 'u' };
      return [
        ...(await leaksOfKeyring(document, fromFile(document, 'extended'))),
        ...(await leaksOfKeyring(document, fromFile(document, 'kubelet'))),
        ...(await leaksOfKeyring(document, { pullSecrets: [secret] })),
        ...(await leaksOfKeyring(document, { providers: [providerOf('p', response)] })),
        ...leaksOf(document, shown(validatePullSecret(secret))),
        ...leaksOf(document, await printedBy(document)),
      ];
    });
    expect(leaks.flat()).toEqual([]);
  });
});

describe('no secret gets out of a user name that is a token', () => {
  const ENTRIES = [
    { auth: auth(userToken, userToken) },
    { username: userToken, password: userToken },
    { username: userToken, identitytoken: userToken },
    { username: userToken, registrytoken: userToken },
  ];

  test.each(ENTRIES)('%j', async (entry) => {
    const document = JSON.stringify({ auths: { 'r.test': entry } });
    const pullSecrets = [secretWith('regcred', document)];
    expect([
      ...(await leaksOfKeyring(document, fromFile(document, 'extended'))),
      ...(await leaksOfKeyring(document, { pullSecrets })),
    ]).toEqual([]);
  });
});

describe('no secret gets out of a provider', () => {
  const entry = { username: USER, password };
  const answers: readonly unknown[] = [
    password,
    [password],
    { auth: password },
    { auth: { [`https://${USER}:${password}@r.test`]: password } },
    { auth: { 'r.test': { username: password } } },
    { auth: { 'r.test': { ...entry, identityToken: [registryToken] } } },
    { auth: { 'r.test': { ...entry, registryToken: 5 } } },
    { auth: { 'r.test': entry }, cacheKeyType: password },
    { auth: { 'r.test': entry }, cacheKeyType: 'Image', expiresAt: password },
    { auth: { 'r.test': { ...entry, identityToken, registryToken } }, cacheKeyType: 'Image' },
    { auth: { 'r.test': { ...entry, secret: password, rawKey: password } }, cacheKeyType: 'Image' },
  ];
  const all = answers.map((answer) => (() => answer) as CredentialProvider['provide']);

  test.each(all.map((provide, index) => [index, provide] as const))(
    'case %i',
    async (_index, provide) => {
      const providers = [providerOf('p', provide)];
      expect([
        ...(await leaksOfKeyring(provide, { providers })),
        ...(await leaksOfKeyring(provide, { providers, onProviderError: 'throw' })),
      ]).toEqual([]);
    },
  );
});

describe('no secret that a provider gave away gets out of what it says later', () => {
  test.each([
    () => Promise.reject(new Error(password)),
    () => {
      const error = new Error(`refused ${password}`, { cause: new Error(identityToken) });
      return Promise.reject(Object.assign(error, { name: 'AuthError', code: registryToken }));
    },
    () => {
      throw new TypeError(Buffer.from(`${USER}:${password}`).toString('base64'));
    },
    () => Promise.reject(new AggregateError([new Error(password)], registryToken)),
  ])('case %#', async (fail) => {
    const entry = { username: USER, password, identityToken, registryToken };
    const answers: CredentialProvider['provide'][] = [
      async () => ({ auth: { 'r.test': entry }, cacheKeyType: 'Image' }),
      fail,
    ];
    const provider = providerOf('p', (request) => {
      const [answer = fail] = answers.splice(0, 1);
      return answer(request);
    });
    const told: unknown[] = [];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [provider],
      onProblem: (error) => told.push(error),
    });
    expect(await keyring.lookup('r.test/a')).toHaveLength(1);
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    expect(told).toHaveLength(1);
    const texts = [told[0], await keyring.explain('r.test/a')].flatMap(shown);
    expect(texts.flatMap(secretsIn)).toEqual([]);
  });
});

describe('no secret gets out of what a caller gives by mistake', () => {
  test.each([
    () => createKeyring({ pullSecrets: password as never }),
    () => createKeyring({ pullSecrets: [5, password] as never }),
    () => createKeyring({ semantics: password as never }),
    () => createKeyring({ dockerConfig: password as never }),
    () => createKeyring(password as never),
    () => parseImageReference(`${USER}:${password}@r.test/a`),
    () => parseImageReference(`https://${USER}:${password}@r.test/a:1`),
    () => parseImageReference(`https://${registryToken}@r.test/a`),
  ])('case %#', (mistake) => {
    const thrown = thrownBy(mistake);
    expect(thrown).toBeInstanceOf(Error);
    expect(leaksOf(String(mistake), shown(thrown))).toEqual([]);
  });
});

/** What the command line says of a file. */
async function printedBy(document: string): Promise<string[]> {
  const files = { '/c.json': document };
  const commands = ['config', 'config -o text', 'explain r.test/a', 'doctor r.test/a'];
  const results = await inOrder(commands, (command) =>
    run(`${command} --docker-config /c.json`, { files }),
  );
  return results.flatMap(({ stdout, stderr }) => [stdout, stderr]);
}

function thrownBy(mistake: () => unknown): unknown {
  try {
    mistake();
    return undefined;
  } catch (error) {
    return error;
  }
}
