// Keyrings of several processes in front of one store, as far as one process can show it; test/integration/fleet.test.ts
// has real ones.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, type DockerKeyring, type KeyringOptions } from '../../../../src/index.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle, upstream, type Upstream, type UpstreamOptions } from '../../fakes/upstream.ts';

const HOUR = 3_600_000;
const KEY = Buffer.alloc(32, 7).toString('base64');

interface FleetWorld {
  readonly system: FakeSystem;
  readonly source: Upstream;
  readonly store: Map<string, string>;
  readonly member: (options?: KeyringOptions) => DockerKeyring;
  /** The password that a member's lookup gives, with the clock going on meanwhile. */
  readonly token: (member: DockerKeyring, image?: string) => Promise<string | undefined>;
}

function fleetWorld(options: UpstreamOptions): FleetWorld {
  const system = fakeSystem();
  const source = upstream(system, options);
  const store = new Map<string, string>();
  return {
    system,
    source,
    store,
    member: (keyringOptions = {}) =>
      createKeyring({
        system,
        dockerConfig: false,
        providers: [source],
        sharedCache: { store, keys: [KEY] },
        ...keyringOptions,
      }),
    async token(member, image = 'r.test/a') {
      const lookup = member.lookup(image);
      const [[credential]] = await Promise.all([lookup, passTime(system, 2000)]);
      return credential?.password;
    },
  };
}

function down(): never {
  throw new Error('down');
}

/** Lets the clock go on by steps, with whatever waits for it. */
async function passTime(system: FakeSystem, durationMs: number): Promise<void> {
  await inOrder(Array.from({ length: durationMs / 50 }), async () => {
    await settle();
    system.advance(50);
  });
  await settle();
}

describe('members of a fleet', () => {
  test('share what one of them was given, encrypted', async () => {
    const { member, token, source, store } = fleetWorld({ lifeMs: HOUR });
    expect([await token(member()), await token(member())]).toEqual(['token-1', 'token-1']);
    expect(source.requests).toHaveLength(1);
    expect([...store.entries()].join()).not.toMatch(/token-1|r\.test|upstream/);
  });

  test('refresh once for all, when it is due', async () => {
    const { system, member, token, source } = fleetWorld({ lifeMs: HOUR });
    const [one, two] = [member(), member()];
    await token(one);
    await token(two);
    system.advance(0.6 * HOUR);
    expect([await token(one), await token(two)]).toEqual(['token-1', 'token-1']);
    await passTime(system, 2000);
    expect([await token(one), await token(two)]).toEqual(['token-2', 'token-2']);
    expect(source.requests).toHaveLength(2);
  });

  test('share what is kept by its provider’s own duration', async () => {
    const { system, member, token, source } = fleetWorld({
      provider: { defaultCacheDurationMs: HOUR },
    });
    expect([await token(member()), await token(member())]).toEqual(['token-1', 'token-1']);
    system.advance(HOUR);
    expect(await token(member())).toBe('token-2');
    expect(source.requests).toHaveLength(2);
  });

  test('share nothing that must not be kept', async () => {
    const { member, token } = fleetWorld({});
    expect([await token(member()), await token(member())]).toEqual(['token-1', 'token-2']);
  });

  test('take nothing that they would not keep themselves', async () => {
    const { system, member, token } = fleetWorld({ provider: { defaultCacheDurationMs: HOUR } });
    await token(member());
    const strict = upstream(system);
    expect(await token(member({ providers: [strict] }))).toBe('token-1');
    expect(strict.requests).toHaveLength(1);
  });

  test('ask once for all when what they share is refused', async () => {
    const { system, member, token, source } = fleetWorld({ lifeMs: HOUR });
    const members = [member(), member(), member()];
    await inOrder(members, (one) => token(one));
    const refused = await (members[0] as DockerKeyring).lookup('r.test/a');
    const found = await inOrder(members, async (one) => {
      const lookup = one.lookup('r.test/a', { refused });
      const [[credential]] = await Promise.all([lookup, passTime(system, 2000)]);
      return credential?.password;
    });
    expect(found).toEqual(['token-2', 'token-2', 'token-2']);
    // Nobody who comes later has the old one.
    expect(await token(member())).toBe('token-2');
    expect(source.requests).toHaveLength(2);
  });

  test('leave at close', async () => {
    const { member, token } = fleetWorld({ lifeMs: HOUR });
    const one = member();
    await token(one);
    await one.close();
    await expect(one.lookup('r.test/a')).rejects.toThrow('closed');
  });

  test('share nothing with those who have another key', async () => {
    const { member, token, store } = fleetWorld({ lifeMs: HOUR });
    await token(member());
    const sharedCache = { store, keys: [Buffer.alloc(32, 8)] };
    expect(await token(member({ sharedCache }))).toBe('token-2');
  });

  test('do without a store that is down', async () => {
    const { member, token } = fleetWorld({ lifeMs: HOUR });
    const store = { get: down, set: down };
    expect(await token(member({ sharedCache: { store, keys: [KEY] } }))).toBe('token-1');
  });
});

describe('options', () => {
  test.each([
    [
      { sharedCache: new Map() },
      'createKeyring: sharedCache must have a store with get() and set()',
    ],
    [{ sharedCache: true }, 'createKeyring: sharedCache must be { store, keys }'],
    [
      { sharedCache: { store: new Map() } },
      'createKeyring: sharedCache needs keys, to encrypt what the store holds',
    ],
    [
      { sharedCache: { keys: [KEY] } },
      'createKeyring: sharedCache must have a store with get() and set()',
    ],
    [
      { sharedCache: { store: {}, keys: [KEY] } },
      'createKeyring: sharedCache must have a store with get() and set()',
    ],
    [
      { sharedCache: { store: new Map(), storeKeys: [KEY] } },
      'createKeyring: sharedCache has no member "storeKeys"',
    ],
    [{ keepFresh: 1 }, 'createKeyring: keepFresh must be true or false'],
    [
      { getServiceAccountToken: 'token' },
      'createKeyring: getServiceAccountToken must be a function',
    ],
  ])('%j', (options, message) => {
    expect(() => createKeyring(options as unknown as KeyringOptions)).toThrow(
      new TypeError(message),
    );
  });

  test('a key that is none is named, and not quoted', () => {
    const store = new Map<string, string>();
    expect(() => createKeyring({ sharedCache: { store, keys: ['hunter2'] } })).toThrow(
      /^createKeyring: sharedCache keys \[0\] (?!.*hunter2)/,
    );
  });
});
