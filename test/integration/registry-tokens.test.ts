// Bearer tokens that end before their time, token servers that are down, and how many tokens a thousand images take.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  authorize,
  createRegistrySession,
  registryFetch,
  verifyImages,
} from '../../src/registry/index.ts';
import { inOrder } from '../unit/fakes/in-order.ts';
import { ask } from './registry/ask.ts';
import { forwardTo } from './registry/forwarded-port.ts';
import type { Registry } from './registry/start-registry.ts';
import type { TokenServer } from './registry/token-server.ts';
import {
  keyringOf,
  PASSWORDS,
  secretFor,
  startRegistryWorld,
  type RegistryWorld,
} from './registry/world.ts';

let world: RegistryWorld;
let ca: string;
let registry: Registry;
let tokens: TokenServer;

beforeAll(async () => {
  world = await startRegistryWorld();
  ({ ca } = world.authority);
  registry = world.registries.bearer.https;
  tokens = world.tokens.https;
}, 600_000);
afterAll(() => world.close());

describe('a token that ends before the time that its server has told', () => {
  afterEach(() => {
    tokens.acceptedForSeconds = 300;
  });

  test('is replaced, and a fetch shows nothing of it', async () => {
    tokens.acceptedForSeconds = 2;
    const session = createRegistrySession({ ca });
    const fetch = registryFetch(keyringForAda(), { session });
    const url = `${registry.url}/v2/team/app/manifests/1`;
    const before = tokens.exchanges.length;
    expect(await fetch(url)).toMatchObject({ status: 200 });
    expect(await fetch(url)).toMatchObject({ status: 200 });
    expect(tokens.exchanges).toHaveLength(before + 1);
    await untilNothingIsAccepted('ada', 'team/app');
    tokens.acceptedForSeconds = 300;
    expect(await fetch(url)).toMatchObject({ status: 200 });
    expect(tokens.exchanges).toHaveLength(before + 2);
  });

  test('is replaced before authorize gives a header, which is then one that works', async () => {
    tokens.acceptedForSeconds = 2;
    const session = createRegistrySession({ ca });
    const keyring = keyringForAda();
    const fetch = registryFetch(keyring, { session });
    await fetch(`${registry.url}/v2/team/app/tags/list`);
    await untilNothingIsAccepted('ada', 'team/app');
    tokens.acceptedForSeconds = 300;
    const before = tokens.exchanges.length;
    const { header = '', url } = await authorize(image(), keyring, { session });
    expect(tokens.exchanges).toHaveLength(before + 1);
    const answer = await ask(`${url}/tags/list`, { ca, headers: { authorization: header } });
    expect(answer.status).toBe(200);
  });

  test('is what authorize has given before, until it is told to ask anew', async () => {
    tokens.acceptedForSeconds = 2;
    const session = createRegistrySession({ ca });
    const keyring = keyringForAda();
    const old = await authorize(image(), keyring, { session });
    await untilNothingIsAccepted('ada', 'team/app');
    tokens.acceptedForSeconds = 300;
    const { header = '', url } = await authorize(image(), keyring, { session, fresh: true });
    expect(header).not.toBe(old.header);
    const answer = await ask(`${url}/tags/list`, { ca, headers: { authorization: header } });
    expect(answer.status).toBe(200);
    const kept = await authorize(image(), keyring, { session });
    expect(kept.header).toBe(header);
  });

  test('is no credential that was refused: the first one is kept to', async () => {
    tokens.acceptedForSeconds = 2;
    const session = createRegistrySession({ ca });
    const keyring = keyringOf(
      secretFor('first', registry, ['ada', PASSWORDS.ada]),
      secretFor('second', registry, ['bob', PASSWORDS.bob]),
    );
    const fetch = registryFetch(keyring, { session });
    const url = `${registry.url}/v2/team/app/manifests/1`;
    await fetch(url, { method: 'HEAD' });
    await untilNothingIsAccepted('ada', 'team/app');
    tokens.acceptedForSeconds = 300;
    await fetch(url, { method: 'HEAD' });
    expect(tokens.exchanges.slice(-2)).toMatchObject([{ user: 'ada' }, { user: 'ada' }]);
  });
});

describe('a token server', () => {
  const OUTAGES: readonly (readonly [string, () => unknown])[] = [
    ['is not there', () => tokens.port.shut()],
    ['answers 503', () => tokens.inject({ kind: 'status', status: 503 })],
    ['has too much to do', () => tokens.inject({ kind: 'status', status: 429 })],
    ['does not answer', () => tokens.inject({ kind: 'hang' })],
  ];

  afterEach(() => tokens.clearFaults());

  test.each(OUTAGES)(
    'that %s refuses nobody, and is asked when it is back',
    async (_what, fail) => {
      const session = createRegistrySession({ ca, retries: 1, timeoutMs: 500 });
      const keyring = keyringOf(
        secretFor('first', registry, ['ada', PASSWORDS.ada]),
        secretFor('second', registry, ['bob', PASSWORDS.bob]),
      );
      const fetch = registryFetch(keyring, { session });
      const manifest = `${registry.url}/v2/team/app/manifests/1`;
      await fail();
      try {
        const unavailable = {
          code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
          registry: registry.host,
          message: expect.stringContaining('its token server'),
        };
        await expect(authorize(image(), keyring, { session })).rejects.toMatchObject(unavailable);
        await expect(fetch(manifest)).rejects.toMatchObject(unavailable);
        const report = await verifyImages([image()], keyring, { session });
        expect(report).toMatchObject({ ok: false, images: [{ status: 'unreachable' }] });
        expect(report.images[0]?.candidates.map(({ outcome }) => outcome)).toEqual(['failed']);
      } finally {
        tokens.clearFaults();
        if (fail === OUTAGES[0]?.[1]) await tokens.port.open();
      }
      await until(() =>
        authorize(image(), keyring, { session }).then(
          ({ credential }) => credential?.username === 'ada',
          () => false,
        ),
      );
      expect(await fetch(manifest)).toMatchObject({ status: 200 });
      const { ok } = await verifyImages([image()], keyring, { session });
      expect(ok).toBe(true);
    },
  );

  test('that does not answer keeps nobody waiting who gives up', async () => {
    tokens.inject({ kind: 'hang' });
    const before = tokens.requests.length;
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const authorizing = authorize(image(), keyringForAda(), { ca, signal });
    await Promise.all([
      expect(authorizing).rejects.toThrow('enough'),
      until(() => Promise.resolve(tokens.requests.length > before)).then(() =>
        giveUp.abort(new Error('enough')),
      ),
    ]);
  });

  test('that fails once is asked again within the same call', async () => {
    const session = createRegistrySession({ ca });
    tokens.inject({ kind: 'status', status: 503 }, { times: 1 });
    const { credential } = await authorize(image(), keyringForAda(), { session });
    expect(credential).toMatchObject({ username: 'ada' });
  });
});

describe('a thousand images', () => {
  const REPOSITORIES = ['team/app', 'bulk/one', 'bulk/two', 'bulk/three', 'bulk/four'];
  const PORTS = 20;
  const TAGS = 10;

  beforeAll(() => {
    const storage = join(world.directory, 'storage/docker/registry/v2/repositories');
    for (const repository of REPOSITORIES.slice(1)) {
      cpSync(join(storage, 'team/app'), join(storage, repository), { recursive: true });
    }
    for (const repository of REPOSITORIES) {
      const tagged = join(storage, repository, '_manifests/tags');
      for (let tag = 0; tag < TAGS; tag += 1) {
        cpSync(join(tagged, '1'), join(tagged, `t${tag}`), { recursive: true });
      }
    }
  });

  test.each([
    ['which is accepted', ['ada']],
    ['the first of which is refused', ['eve', 'ada']],
  ] as const)(
    'of twenty registries take one token for each repository and credential, %s',
    async (_what, users) => {
      const ports = await inOrder(Array.from({ length: PORTS }), () => forwardTo(registry.port));
      try {
        const hosts = ports.map(({ port }) => `localhost:${port}`);
        const keyring = keyringOf(
          ...users.flatMap((user) =>
            hosts.map((host) => secretFor(`${user}-${host}`, { host }, [user, PASSWORDS[user]])),
          ),
        );
        const images = hosts.flatMap((host) =>
          REPOSITORIES.flatMap((repository) =>
            Array.from({ length: TAGS }, (_, tag) => `${host}/${repository}:t${tag}`),
          ),
        );
        expect(images).toHaveLength(1000);
        const before = tokens.exchanges.length;
        const { ok, registries } = await verifyImages(images, keyring, { ca });
        expect(ok).toBe(true);
        expect(registries).toHaveLength(PORTS);
        const exchanged = tokens.exchanges.slice(before).map(({ user }) => user);
        for (const user of users) {
          const own = exchanged.filter((one) => one === user);
          expect([user, own.length]).toEqual([user, PORTS * REPOSITORIES.length]);
        }
        expect(exchanged).toHaveLength(users.length * PORTS * REPOSITORIES.length);
      } finally {
        await Promise.all(ports.map((port) => port.shut()));
      }
    },
  );

  test('take none when they are authorized again in the same session', async () => {
    const session = createRegistrySession({ ca });
    const keyring = keyringForAda();
    const images = REPOSITORIES.flatMap((repository) =>
      Array.from({ length: 200 }, (_, index) => `${registry.host}/${repository}:t${index % TAGS}`),
    );
    expect(images).toHaveLength(1000);
    const before = tokens.exchanges.length;
    await Promise.all(images.map((one) => authorize(one, keyring, { session })));
    expect(tokens.exchanges).toHaveLength(before + REPOSITORIES.length);
    await registry.requests();
    const again = await Promise.all(images.map((one) => authorize(one, keyring, { session })));
    expect(again).toHaveLength(1000);
    expect(tokens.exchanges).toHaveLength(before + REPOSITORIES.length);
    expect(await registry.requests()).toEqual([]);
  });
});

function keyringForAda(): ReturnType<typeof keyringOf> {
  return keyringOf(secretFor('regcred', registry, ['ada', PASSWORDS.ada]));
}

function image(): string {
  return `${registry.host}/team/app:1`;
}

/** Until a token that is made now, and so no earlier one either, is accepted. */
async function untilNothingIsAccepted(user: string, repository: string): Promise<void> {
  const authorization = `Bearer ${tokens.registryToken(user, repository)}`;
  await until(async () => {
    const url = `${registry.url}/v2/${repository}/tags/list`;
    const { status } = await ask(url, { ca, headers: { authorization } });
    return status === 401;
  });
}

async function until(holds: () => Promise<boolean>, attempts = 200): Promise<void> {
  if (await holds()) return;
  if (attempts === 0) throw new Error('what was waited for does not come');
  await sleep(50);
  await until(holds, attempts - 1);
}
