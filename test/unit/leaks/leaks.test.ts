import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  parseImageReference,
  validatePullSecret,
  type CredentialProvider,
  type KeyringOptions,
} from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { auth, providerOf, secretWith } from '../fakes/keyring-inputs.ts';
import { seeded } from '../fakes/random.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { mutate } from './mutate.ts';
import { observeKeyring, shown } from './observe.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;
const IMAGES = [
  'r.test/a',
  'p.test/a/b',
  'nginx',
  't.test/a',
  `https://${USER}:${password}@r.test/a`,
];
const PATH = '/c.json';

const DOCUMENT = JSON.stringify(
  {
    auths: {
      'r.test': { auth: auth(USER, password), email: 'robot@example.com' },
      'p.test/a': { username: USER, password },
      'https://index.docker.io/v1/': { auth: auth(USER, password), identitytoken: identityToken },
      't.test': { registrytoken: registryToken, identitytoken: identityToken },
    },
    HttpHeaders: { 'X-Meta-Token': registryToken },
    credsStore: 'desktop',
  },
  null,
  1,
);

/** What leaked, with the input that made it leak. */
interface Leak {
  readonly input: unknown;
  readonly fragments: string[];
}

function leaksOf(input: unknown, texts: readonly string[]): Leak[] {
  const fragments = [...new Set([...new Set(texts)].flatMap(secretsIn))];
  return fragments.length === 0 ? [] : [{ input, fragments }];
}

async function leaksOfKeyring(input: unknown, options: KeyringOptions): Promise<Leak[]> {
  const defaults = { system: fakeSystem(), dockerConfig: false } as const;
  return leaksOf(input, await observeKeyring({ ...defaults, ...options }, IMAGES));
}

function fromFile(document: string, semantics: 'kubelet' | 'extended'): KeyringOptions {
  const system = fakeSystem({ files: { [PATH]: document } });
  return { system, semantics, dockerConfig: { files: [PATH] } };
}

function yamlOf(document: string): string {
  return `apiVersion: v1
kind: Secret
metadata: { namespace: ns, name: regcred }
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ${Buffer.from(document).toString('base64')}
stringData:
  .dockerconfigjson: '${document.replaceAll(/\n\s*/g, '')}'
`;
}

test('the search finds what it is to find', () => {
  const { username, ...entry } = { username: USER, auth: auth(USER, password) };
  expect(username).toBe('robot');
  for (const text of [
    password,
    `x${userToken.slice(3, 12)}y`,
    JSON.stringify(entry),
    Buffer.from(JSON.stringify(entry)).toString('base64'),
    Buffer.from(`xy${identityToken}`).toString('base64'),
  ]) {
    expect(secretsIn(text)).not.toEqual([]);
  }
  expect(secretsIn(`${USER}:[redacted] r.test ${auth(USER, 'other')}`)).toEqual([]);
});

test('the observer sees what there is to see', async () => {
  const texts = await observeKeyring({ ...fromFile(DOCUMENT, 'extended') }, IMAGES);
  const all = texts.join('\n');
  expect(all).toContain('[redacted]');
  expect(all).toContain('Invalid image reference');
  expect(all).toContain('docker-credential-desktop');
});

describe('no secret of a damaged document gets out', () => {
  test('from a file of the node', async () => {
    const random = seeded(41);
    const leaks: Leak[] = [];
    for (let round = 0; round < 500; round += 1) {
      const document = mutate(DOCUMENT, random);
      const semantics = random.pick(['kubelet', 'extended'] as const);
      leaks.push(...(await leaksOfKeyring(document, fromFile(document, semantics))));
    }
    expect(leaks).toEqual([]);
  });

  test('from a pull secret, rejected or passed over, and from what validation finds', async () => {
    const random = seeded(42);
    const leaks: Leak[] = [];
    for (let round = 0; round < 500; round += 1) {
      const document = mutate(DOCUMENT, random);
      const secret = secretWith('regcred', document);
      const malformedPullSecrets = random.pick(['reject', 'skip'] as const);
      leaks.push(
        ...(await leaksOfKeyring(document, { pullSecrets: [secret], malformedPullSecrets })),
        ...leaksOf(document, shown(validatePullSecret(secret))),
      );
    }
    expect(leaks).toEqual([]);
  });

  test('from a pull secret whose data are damaged', async () => {
    const random = seeded(43);
    const leaks: Leak[] = [];
    for (let round = 0; round < 500; round += 1) {
      const whole = JSON.stringify(secretWith('regcred', DOCUMENT).data);
      const data: unknown = parsedOr(mutate(whole, random));
      const secret = { ...secretWith('regcred', DOCUMENT), data } as ReturnType<typeof secretWith>;
      leaks.push(
        ...(await leaksOfKeyring(data, { pullSecrets: [secret] })),
        ...leaksOf(data, shown(validatePullSecret(secret))),
      );
    }
    expect(leaks).toEqual([]);
  });

  test('from manifests in YAML', async () => {
    const random = seeded(44);
    const leaks: Leak[] = [];
    for (let round = 0; round < 500; round += 1) {
      const text = mutate(yamlOf(DOCUMENT), random);
      leaks.push(...(await leaksOfKeyring(text, { pullSecrets: [text] })));
    }
    expect(leaks).toEqual([]);
  });

  function parsedOr(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch {
      return { '.dockerconfigjson': json };
    }
  }
});

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
  ];
  const VALUES = [{ auth: auth(USER, password) }, { auth: '!' }, { auth: 5 }, 5, {}];

  test.each(NAMES)('%s', async (name) => {
    const leaks: Leak[] = [];
    for (const value of VALUES) {
      const document = JSON.stringify({ auths: { [name]: value } });
      const secret = secretWith('regcred', document);
      const response = { [name]: 'u' };
      leaks.push(
        ...(await leaksOfKeyring(document, fromFile(document, 'extended'))),
        ...(await leaksOfKeyring(document, fromFile(document, 'kubelet'))),
        ...(await leaksOfKeyring(document, { pullSecrets: [secret] })),
        ...(await leaksOfKeyring(document, { providers: [providerOf('p', response)] })),
        ...leaksOf(document, shown(validatePullSecret(secret))),
      );
    }
    expect(leaks).toEqual([]);
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
  const failing: readonly CredentialProvider['provide'][] = [
    () => Promise.reject(new Error(password)),
    () => Promise.reject(Object.assign(new Error(password), { name: 'AuthError', code: password })),
    () => {
      throw new TypeError(password);
    },
  ];
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
  const all = [
    ...failing,
    ...answers.map((answer) => (() => answer) as CredentialProvider['provide']),
  ];

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
    expect(mistake).toThrow();
    expect(leaksOf(String(mistake), shown(thrownBy(mistake)))).toEqual([]);
  });

  function thrownBy(mistake: () => unknown): unknown {
    try {
      return mistake();
    } catch (error) {
      return error;
    }
  }
});
