// authorize against Debian's docker-registry: with passwords and with the tokens of a token server, by http and by TLS.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { createKeyring, type CredentialProvider } from '../../src/index.ts';
import { createPullSecret, type PullSecret } from '../../src/kubernetes/index.ts';
import { authorize, type Authorization } from '../../src/registry/index.ts';
import { ask, type Answer } from './registry/ask.ts';
import { startRegistry, type Registry } from './registry/start-registry.ts';
import {
  keyringOf,
  PASSWORDS,
  SECRET_WORD,
  secretFor,
  startRegistryWorld,
  type RegistryWorld,
  type Scheme,
  type Way,
} from './registry/world.ts';

const KINDS: readonly (readonly [Scheme, Way])[] = [
  ['basic', 'http'],
  ['basic', 'https'],
  ['bearer', 'http'],
  ['bearer', 'https'],
];
const WRONG = 'hunter2-of-yesterday';

let world: RegistryWorld;
let ca: string;

beforeAll(async () => {
  world = await startRegistryWorld();
  ({ ca } = world.authority);
}, 600_000);
afterAll(() => world.close());

/** What the registry says to who asks for a manifest with the header. */
function useAt({ url, header = '' }: Authorization, tag: string): Promise<Answer> {
  return ask(`${url}/manifests/${tag}`, { method: 'HEAD', ca, headers: { authorization: header } });
}

describe.each(KINDS)('a registry that wants %s auth by %s', (scheme, way) => {
  let registry: Registry;

  beforeAll(() => {
    registry = world.registries[scheme][way];
  });

  test('lets in whom it knows, by a header that works', async () => {
    const keyring = keyringOf(secretFor('regcred', registry, ['ada', PASSWORDS.ada]));
    const authorization = await authorize(`${registry.host}/team/app:1`, keyring, { ca });
    expect(authorization).toMatchObject({
      scheme,
      registry: registry.host,
      url: `${registry.url}/v2/team/app`,
      credential: { username: 'ada', source: { name: 'regcred' } },
    });
    expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
    expect(authorization.expiresAt === undefined).toBe(scheme === 'basic');
    expect(`${inspect(authorization)}${String(authorization)}`).not.toContain(SECRET_WORD);
    expect(inspect(authorization)).not.toContain(String(authorization.header?.split(' ')[1]));
  });

  test('lets in by the second of two pull secrets, when it refuses the first', async () => {
    const keyring = keyringOf(
      secretFor('old', registry, ['ada', WRONG]),
      secretFor('new', registry, ['ada', PASSWORDS.ada]),
    );
    const authorization = await authorize(`${registry.host}/team/app:1`, keyring, { ca });
    expect(authorization.credential).toMatchObject({ source: { name: 'new' } });
    expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
  });

  test('refuses all of them in an error that names each by its source and holds no secret', async () => {
    const keyring = keyringOf(
      secretFor('old', registry, ['ada', WRONG]),
      secretFor('nobody', registry, ['mallory', 'hunter2-of-mallory']),
    );
    const error = await authorize(`${registry.host}/team/app:1`, keyring, { ca }).catch(
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      registry: registry.host,
      image: `${registry.host}/team/app`,
      attempts: ['old', 'nobody'].map((name) => ({
        source: { kind: 'pull-secret', namespace: 'shop', name },
        key: registry.host,
        status: 401,
      })),
    });
    const shown = `${inspect(error, { depth: 9 })}${JSON.stringify(error)}`;
    for (const word of ['shop/old', 'shop/nobody', '401']) expect(shown).toContain(word);
    for (const [user, secret] of Object.entries({ ada: WRONG, mallory: 'hunter2-of-mallory' })) {
      expect(shown).not.toContain(Buffer.from(`${user}:${secret}`).toString('base64'));
    }
    expect(shown).not.toContain(SECRET_WORD);
  });

  test('takes a new password, which a provider gives when it is asked again', async () => {
    const image = `${registry.host}/team/app:1`;
    let password: string = PASSWORDS.bob;
    let calls = 0;
    const provider: CredentialProvider = {
      name: 'vault',
      matchImages: [registry.host],
      provide() {
        calls += 1;
        const auth = { [registry.host]: { username: 'bob', password } };
        return Promise.resolve({ auth, cacheKeyType: 'Registry', expiresAt: inAnHour() });
      },
    };
    const options = { dockerConfig: false, providers: [provider] } as const;
    const keyring = createKeyring(options);
    expect(await keyring.lookup(image)).toMatchObject([{ password: PASSWORDS.bob }]);
    password = 'hunter2-of-today';
    changePassword('bob', password);
    try {
      const authorization = await authorize(image, keyring, { ca });
      expect(authorization.credential).toMatchObject({ password });
      expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
      expect(calls).toBe(2);
      // From now on it is the first that is tried, and nobody is asked.
      expect(await keyring.lookup(image)).toMatchObject([{ password }]);
      expect(calls).toBe(2);
      const old = keyringOf(secretFor('old', registry, ['bob', PASSWORDS.bob]));
      await expect(authorize(image, old, { ca })).rejects.toMatchObject({
        code: 'ERR_KEYRING_REGISTRY_AUTH',
        attempts: [{ source: { name: 'old' }, status: 401 }],
      });
    } finally {
      changePassword('bob', PASSWORDS.bob);
    }
  });

  /** At the registry, or at its token server: it is there that passwords are looked at. */
  function changePassword(user: string, password: string): void {
    const keeper = scheme === 'basic' ? registry : world.tokens[way];
    keeper.setPassword(user, password);
  }
});

describe('a registry that wants tokens', () => {
  let registry: Registry;

  beforeAll(() => {
    registry = world.registries.bearer.https;
  });

  test('refuses who is known and has no right to the repository', async () => {
    const keyring = keyringOf(secretFor('eve', registry, ['eve', PASSWORDS.eve]));
    await expect(authorize(`${registry.host}/team/app:1`, keyring, { ca })).rejects.toMatchObject({
      attempts: [{ source: { name: 'eve' }, status: 401 }],
    });
  });

  test('takes an identity token, which is exchanged at its token server', async () => {
    const identitytoken = world.tokens.https.identityToken('ada');
    const keyring = keyringOf(tokenSecret({ identitytoken }));
    const authorization = await authorize(`${registry.host}/team/app:1`, keyring, { ca });
    expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
    expect(world.tokens.https.exchanges.at(-1)).toEqual({
      grant: 'refresh_token',
      user: 'ada',
      scope: 'repository:team/app:pull',
      status: 200,
    });
    const other = keyringOf(tokenSecret({ identitytoken: 'hunter2-of-nobody' }));
    await expect(authorize(`${registry.host}/team/app:1`, other, { ca })).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ source: { name: 'token' }, status: 401 }],
    });
  });

  test('takes a registry token as it is', async () => {
    const registrytoken = world.tokens.https.registryToken('ada', 'team/app');
    const before = world.tokens.https.exchanges.length;
    const keyring = keyringOf(tokenSecret({ registrytoken }));
    const authorization = await authorize(`${registry.host}/team/app:1`, keyring, { ca });
    expect(authorization.header).toBe(`Bearer ${registrytoken}`);
    await expect(authorize(`${registry.host}/team/other:1`, keyring, { ca })).rejects.toMatchObject(
      { code: 'ERR_KEYRING_REGISTRY_AUTH', attempts: [{ status: 401 }] },
    );
    expect(world.tokens.https.exchanges).toHaveLength(before);
  });

  function tokenSecret(entry: object): PullSecret {
    const dockerConfig = JSON.stringify({ auths: { [registry.host]: entry } });
    return createPullSecret({ name: 'token', namespace: 'shop', dockerConfig });
  }
});

describe('without credentials', () => {
  test('a public repository can be pulled, also where the registry wants tokens', async () => {
    const { host } = world.registries.bearer.https;
    const authorization = await authorize(`${host}/public/tool:1`, keyringOf(), { ca });
    expect(authorization).toMatchObject({ scheme: 'bearer', credential: undefined });
    expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
    expect(world.tokens.https.exchanges.at(-1)).toMatchObject({ grant: 'anonymous', status: 200 });
  });

  test('a private one cannot', async () => {
    const { host } = world.registries.bearer.https;
    await expect(authorize(`${host}/team/app:1`, keyringOf(), { ca })).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ candidate: 'no credentials', status: 401 }],
    });
  });

  test('it is tried last, where that is wanted and the credentials were refused', async () => {
    const registry = world.registries.bearer.https;
    const keyring = keyringOf(secretFor('old', registry, ['ada', WRONG]));
    const image = `${registry.host}/public/tool:1`;
    await expect(authorize(image, keyring, { ca })).rejects.toThrow('401');
    const { credential } = await authorize(image, keyring, { ca, anonymous: true });
    expect(credential).toBeUndefined();
  });

  test('a registry that lets everybody in is given none', async () => {
    const registry = await startRegistry({ directory: world.directory });
    try {
      const keyring = keyringOf(secretFor('regcred', registry, ['ada', PASSWORDS.ada]));
      const authorization = await authorize(`${registry.host}/team/app:1`, keyring);
      expect(authorization).toMatchObject({ scheme: 'none', header: undefined });
      expect(await useAt(authorization, '1')).toMatchObject({ status: 200 });
    } finally {
      await registry.close();
    }
  });
});

function inAnHour(): Date {
  return new Date(Date.now() + 60 * 60 * 1000);
}
