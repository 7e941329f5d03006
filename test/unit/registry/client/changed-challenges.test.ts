// A registry that asks for something else than it did: its answer says what, and is believed at once.

import { describe, expect, test } from '@jest/globals';
import { registryFetch } from '../../../../src/registry/index.ts';
import { fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const MANIFEST = 'https://r.test/v2/team/app/manifests/1';
const BASIC = 'Basic realm="r"';

/** Challenges, by what they ask for. */
const CHALLENGES = {
  basic: BASIC,
  bearer: 'Bearer realm="https://auth.test/token",service="svc"',
  otherRealm: 'Bearer realm="https://other.test/token",service="svc"',
  otherService: 'Bearer realm="https://auth.test/token",service="other"',
} as const;

type Kind = keyof typeof CHALLENGES;

/** A registry that asks for what it is told to, and believes only who brings it. */
function changingRegistry(): { readonly world: FakeRegistry; readonly ask: (kind: Kind) => void } {
  let now: Kind = 'basic';
  const world = fakeRegistry();
  world.inject(
    /\/token /,
    [
      ({ url }) => {
        const { host, searchParams } = new URL(url);
        return { body: { token: `${host}-${searchParams.get('service')}` } };
      },
    ],
    true,
  );
  world.inject(
    / r\.test/,
    [
      ({ headers = {} }) => {
        const wanted: Record<Kind, string> = {
          basic: `Basic ${btoa('u:p')}`,
          bearer: 'Bearer auth.test-svc',
          otherRealm: 'Bearer other.test-svc',
          otherService: 'Bearer auth.test-other',
        };
        if (headers['authorization'] === wanted[now]) return { address: 'public' };
        const challenge = { 'www-authenticate': CHALLENGES[now] };
        return { status: 401, headers: challenge, address: 'public' };
      },
    ],
    true,
  );
  return { world, ask: (kind) => void (now = kind) };
}

const PAIRS: readonly (readonly [Kind, Kind])[] = [
  ['bearer', 'basic'],
  ['basic', 'bearer'],
  ['bearer', 'otherRealm'],
  ['bearer', 'otherService'],
  ['otherService', 'bearer'],
];

describe.each(PAIRS)('A registry that asked for %s, and asks for %s', (before, after) => {
  test('lets a fetch in', async () => {
    const { world, ask } = changingRegistry();
    const fetch = registryFetch(world.keyring('u:p'), { system: world.system, retries: 0 });
    ask(before);
    expect((await fetch(MANIFEST)).status).toBe(200);
    ask(after);
    expect((await fetch(MANIFEST)).status).toBe(200);
    world.asked();
    expect((await fetch(MANIFEST)).status).toBe(200);
    // What it asks for now is known.
    expect(world.asked()).toHaveLength(1);
  });

  test('lets in who authorizes anew', async () => {
    const { world, ask } = changingRegistry();
    const keyring = world.keyring('u:p');
    ask(before);
    const { scheme } = await world.authorize(IMAGE, keyring);
    ask(after);
    const fresh = await world.authorize(IMAGE, keyring, { fresh: true });
    expect([scheme, fresh.scheme]).toEqual([before, after].map(schemeOf));
  });
});

function schemeOf(kind: Kind): string {
  return kind === 'basic' ? 'basic' : 'bearer';
}

test('What one repository asks for is not what another does', async () => {
  const world = fakeRegistry({ challenge: BASIC, repositories: { a: ['u'], b: ['u'] } });
  const { bearer } = CHALLENGES;
  const token = /HEAD r\.test\/v2\/a\/.* token-1/;
  world.inject(
    /HEAD r\.test\/v2\/a\//,
    [{ status: 401, headers: { 'www-authenticate': bearer } }],
    true,
  );
  world.inject(token, [{}], true);
  const keyring = world.keyring('u:p');
  const schemes = [
    await world.authorize('r.test/a:1', keyring),
    await world.authorize('r.test/b:1', keyring),
  ].map(({ scheme }) => scheme);
  expect(schemes).toEqual(['bearer', 'basic']);
});

test('A registry that asks for something else each time is a refusal in the end', async () => {
  const world = fakeRegistry();
  let asked = 0;
  world.inject(
    /HEAD/,
    [
      () => {
        asked += 1;
        const realm = `https://auth.test/token?${asked}`;
        return { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } };
      },
    ],
    true,
  );
  expect(await rejection(world.authorize(IMAGE, world.keyring('u:p')))).toMatchObject({
    code: 'ERR_KEYRING_REGISTRY_AUTH',
  });
  expect(asked).toBe(3);
});

test('A challenge that nobody can meet does not take the place of the one that is known', async () => {
  const world = fakeRegistry();
  world.inject(/HEAD/, [{ status: 401, headers: { 'www-authenticate': 'Negotiate' } }], true);
  const keyring = world.keyring('u:p');
  await rejection(world.authorize(IMAGE, keyring));
  world.inject(/HEAD/, [{}], true);
  const { scheme } = await world.authorize(IMAGE, keyring, { fresh: true });
  expect(scheme).toBe('bearer');
});
