// withCredentials around programs that pull by themselves: crane and skopeo, for docker-registry with passwords and tokens.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createKeyring, type Credential, type CredentialProvider } from '../../src/index.ts';
import { refused, withCredentials, type RefusedCredential } from '../../src/registry/index.ts';
import type { Ending } from './credential-helper/installed-helper.ts';
import type { Registry } from './registry/start-registry.ts';
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

type Client = 'crane' | 'skopeo';

const KINDS: readonly (readonly [Client, Scheme, Way])[] = [
  ['crane', 'basic', 'http'],
  ['crane', 'bearer', 'https'],
  ['skopeo', 'basic', 'https'],
  ['skopeo', 'bearer', 'http'],
];

let world: RegistryWorld;

beforeAll(async () => {
  world = await startRegistryWorld();
}, 600_000);
afterAll(() => world.close());

describe.each(KINDS)('%s at a registry that wants %s auth by %s', (client, scheme, way) => {
  let registry: Registry;
  let image: string;

  beforeAll(() => {
    registry = world.registries[scheme][way];
    image = `${registry.host}/team/app:1`;
  });

  test('pulls with the second of two pull secrets, once the first was refused', async () => {
    const keyring = keyringOf(
      secretFor('old', registry, ['ada', 'hunter2-of-yesterday']),
      secretFor('new', registry, ['ada', PASSWORDS.ada]),
    );
    const tried: (string | undefined)[] = [];
    const pulled = await withCredentials(image, keyring, (credential) => {
      tried.push(nameOf(credential));
      return pull(image, credential);
    });
    expect(pulled).toMatchObject({ exitCode: 0 });
    expect(tried).toEqual(['old', 'new']);
  });

  test('is refused in an error that names each secret and holds none', async () => {
    const keyring = keyringOf(
      secretFor('old', registry, ['ada', 'hunter2-of-yesterday']),
      secretFor('nobody', registry, ['mallory', 'hunter2-of-mallory']),
    );
    const error = await withCredentials(image, keyring, (credential) =>
      pull(image, credential),
    ).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [
        { source: { name: 'old' }, message: `${client} was refused` },
        { source: { name: 'nobody' }, message: `${client} was refused` },
      ],
    });
    expect(inspect(error, { depth: 9 })).not.toContain(SECRET_WORD);
  });

  test('is given what a provider has got anew after the old password was refused', async () => {
    let calls = 0;
    const provider: CredentialProvider = {
      name: 'vault',
      matchImages: [registry.host],
      provide() {
        calls += 1;
        const password = calls === 1 ? 'hunter2-of-yesterday' : PASSWORDS.bob;
        const auth = { [registry.host]: { username: 'bob', password } };
        return Promise.resolve({ auth, cacheKeyType: 'Registry' });
      },
      defaultCacheDurationMs: 60_000,
    };
    const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
    const pulled = await withCredentials(image, keyring, (credential) => pull(image, credential));
    expect(pulled).toMatchObject({ exitCode: 0 });
    expect(calls).toBe(2);
  });

  test('ends the loop with whatever else goes wrong', async () => {
    const keyring = keyringOf(
      secretFor('new', registry, ['ada', PASSWORDS.ada]),
      secretFor('other', registry, ['bob', PASSWORDS.bob]),
    );
    const missing = `${registry.host}/team/app:none`;
    let tries = 0;
    await expect(
      withCredentials(missing, keyring, (credential) => {
        tries += 1;
        return pull(missing, credential);
      }),
    ).rejects.toThrow(/manifest unknown/i);
    expect(tries).toBe(1);
  });

  async function pull(
    wanted: string,
    credential: Credential | undefined,
  ): Promise<Ending | RefusedCredential> {
    const login = credential && {
      host: registry.host,
      username: credential.username,
      password: credential.password,
    };
    const ending = await world.clients[client](argumentsFor(client, wanted, way), login);
    if (ending.exitCode === 0) return ending;
    if (/unauthorized|denied/i.test(ending.stderr)) return refused(`${client} was refused`);
    throw new Error(`${client} failed: ${ending.stderr}`);
  }
});

function argumentsFor(client: Client, image: string, way: Way): string[] {
  const target = mkdtempSync(join(world.directory, `${client}-`));
  if (client === 'crane') return ['pull', image, join(target, 'image.tar')];
  const options = ['--insecure-policy', `--src-tls-verify=${way === 'https'}`];
  return ['copy', ...options, `docker://${image}`, `dir:${target}`];
}

function nameOf(credential: Credential | undefined): string | undefined {
  const source = credential?.source;
  return source?.kind === 'pull-secret' ? source.name : undefined;
}
