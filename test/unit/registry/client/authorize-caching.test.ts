// What is asked once, for how long it is kept, and for whom.

import { describe, expect, test } from '@jest/globals';
import { inOrder } from '../../fakes/in-order.ts';
import { fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';
const TOKEN = 'GET auth.test/token [repository:team/app:pull]';
const MANIFEST = 'HEAD r.test/v2/team/app/manifests/1';
const SECOND = 1000;

/** What a call costs after each pause. */
async function costs(world: FakeRegistry, pausesMs: readonly number[]): Promise<string[][]> {
  const keyring = world.keyring('u:p');
  await world.authorize(IMAGE, keyring);
  world.asked();
  return inOrder(pausesMs, async (pauseMs) => {
    world.system.advance(pauseMs);
    await world.authorize(IMAGE, keyring);
    return world.asked();
  });
}

describe('A call like one before', () => {
  test.each([
    ['with a token', {}],
    ['with Basic', { challenge: 'Basic' }],
    ['without a header', { challenge: 'none', repositories: { 'team/app': ['*'] } }],
  ])('costs no request: %s', async (_name, script) => {
    const world = fakeRegistry(script);
    const keyring = world.keyring('u:p');
    const first = await world.authorize(IMAGE, keyring);
    world.asked();
    expect((await world.authorize(IMAGE, keyring)).header).toBe(first.header);
    expect((await world.authorize('r.test/team/app:2', keyring)).header).toBe(first.header);
    expect(world.asked()).toEqual([]);
  });

  test('at the same time is asked once, a thousand times over', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    const calls = Array.from({ length: 1000 }, () => world.authorize(IMAGE, keyring));
    const headers = (await Promise.all(calls)).map(({ header }) => header);
    expect(new Set(headers)).toEqual(new Set(['Bearer token-1']));
    expect(world.asked()).toEqual([PING, `${TOKEN} u:p`, `${MANIFEST} token-1`]);
  });

  test('goes on when another that waits for the same gives up', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    const caller = new AbortController();
    world.inject(/auth/, [
      () => {
        caller.abort(new Error('enough'));
        return { body: { token: 'late' } };
      },
    ]);
    world.inject(/HEAD/, [{}]);
    const ended = rejection(world.authorize(IMAGE, keyring, { signal: caller.signal }));
    const other = world.authorize(IMAGE, keyring);
    expect((await ended).message).toBe('enough');
    expect((await other).header).toBe('Bearer late');
    expect(world.asked()).toEqual([PING, `${TOKEN} u:p`, `${MANIFEST} late`]);
  });

  test('for other actions, or of another repository, is another', async () => {
    const world = fakeRegistry({ repositories: { 'team/app': ['u'], 'team/web': ['u'] } });
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring);
    world.asked();
    await world.authorize('r.test/team/web:1', keyring);
    await world.authorize(IMAGE, keyring, { actions: ['pull', 'push'] });
    expect(world.asked().map((line) => line.split(' ')[2] ?? '')).toEqual([
      '[repository:team/web:pull]',
      'token-2',
      '[repository:team/app:pull,push]',
      'token-3',
    ]);
  });
});

describe('What is kept', () => {
  test('is a token, until shortly before its end', async () => {
    expect(await costs(fakeRegistry(), [294 * SECOND, SECOND])).toEqual([
      [],
      [`${TOKEN} u:p`, `${MANIFEST} token-2`],
    ]);
  });

  test('is a short token for the most part of its life, and the decision not at all', async () => {
    const world = fakeRegistry({ token: { expires_in: 4 } });
    expect(await costs(world, [0, 3599, 1])).toEqual([
      [`${MANIFEST} token-1`],
      [`${MANIFEST} token-1`],
      [`${TOKEN} u:p`, `${MANIFEST} token-2`],
    ]);
  });

  test.each([undefined, 0, -5, '300'])(
    'is a token of unknown end (%p) for a minute',
    async (seconds) => {
      const world = fakeRegistry();
      world.inject(/auth/, [{ body: { token: 'a', expires_in: seconds } }]);
      world.inject(/HEAD/, [{}]);
      const { expiresAt } = await world.authorize(IMAGE, world.keyring('u:p'));
      expect(expiresAt).toEqual(new Date('2026-01-01T00:01:00Z'));
    },
  );

  test.each([
    ['2031-05-05T00:00:00Z', 'Mon, 05 May 2031 00:01:40 GMT', 200],
    ['2031-05-05T00:00:00Z', 'Mon, 05 May 2031 00:00:00 GMT', 300],
    ['2031-05-05T00:00:00Z', 'Sun, 04 May 2031 00:00:00 GMT', 300],
    ['soon', 'Mon, 05 May 2031 00:01:40 GMT', 300],
    ['0001-01-01T00:00:00Z', 'Mon, 05 May 2031 00:01:40 GMT', 300],
    ['2031-05-05T00:00:00Z', 'now', 300],
  ])(
    'is a token issued at %s, by the clock of a server where it is %s, for %i s',
    async (issued, date, seconds) => {
      const world = fakeRegistry();
      const body = { token: 'a', expires_in: 300, issued_at: issued };
      world.inject(/auth/, [{ body, headers: { date } }]);
      world.inject(/HEAD/, [{}]);
      const { expiresAt } = await world.authorize(IMAGE, world.keyring('u:p'));
      expect(Number(expiresAt) - world.system.now()).toBe(seconds * SECOND);
    },
  );

  test('is that a password is right, for five minutes', async () => {
    const world = fakeRegistry({ challenge: 'Basic' });
    expect(await costs(world, [299 * SECOND, SECOND])).toEqual([[], [`${MANIFEST} u:p`]]);
  });

  test('is what a registry asks for, for ten minutes', async () => {
    const all = await costs(fakeRegistry(), [400 * SECOND, 199 * SECOND, SECOND]);
    expect(all.map((lines) => lines.includes(PING))).toEqual([false, false, true]);
  });

  test('is a refusal, for ten seconds', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:old');
    const refuse = () => rejection(world.authorize(IMAGE, keyring));
    await refuse();
    expect(world.asked()).toHaveLength(2);
    world.system.advance(9999);
    await refuse();
    expect(world.asked()).toEqual([]);
    world.system.advance(1);
    await refuse();
    expect(world.asked()).toEqual([`${TOKEN} u:old`]);
  });

  test('is no failure', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    world.inject(/HEAD/, [{ status: 500 }]);
    await expect(world.authorize(IMAGE, keyring)).rejects.toThrow('it answers 500');
    expect((await world.authorize(IMAGE, keyring)).header).toBe('Bearer token-1');
  });
});

describe('A token that ended before its time', () => {
  test('is renewed once', async () => {
    const world = fakeRegistry({ users: { u: 'p' } });
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring);
    world.revoke();
    world.asked();
    const { header } = await world.authorize(IMAGE, keyring, { fresh: true });
    expect(header).toBe('Bearer token-2');
    expect(world.asked()).toEqual([`${MANIFEST} token-1`, `${TOKEN} u:p`, `${MANIFEST} token-2`]);
  });

  test('and whose successor is refused means that the credential is', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring);
    world.asked();
    world.inject(/HEAD/, [{ status: 401 }], true);
    const error = await rejection(world.authorize(IMAGE, keyring, { fresh: true }));
    expect(error).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_AUTH', status: 401 });
    expect(world.asked()).toEqual([`${MANIFEST} token-1`, `${TOKEN} u:p`, `${MANIFEST} token-2`]);
  });
});

describe('A token that was refused', () => {
  test.each([401, 403])('with %i is got anew when rights may have been granted', async (status) => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    world.inject(/HEAD/, [{ status }]);
    await rejection(world.authorize(IMAGE, keyring));
    world.asked();
    world.system.advance(9 * SECOND);
    await rejection(world.authorize(IMAGE, keyring));
    expect(world.asked()).toEqual([]);
    world.system.advance(SECOND);
    expect((await world.authorize(IMAGE, keyring)).header).toBe('Bearer token-2');
    expect(world.asked()).toEqual([`${TOKEN} u:p`, `${MANIFEST} token-2`]);
  });

  test('is got anew at once by who wants it fresh', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    world.inject(/HEAD/, [{ status: 403 }]);
    await rejection(world.authorize(IMAGE, keyring));
    const { header } = await world.authorize(IMAGE, keyring, { fresh: true });
    expect(header).toBe('Bearer token-2');
  });
});

describe('Who wants it fresh', () => {
  test('has the registry asked, and others have what was answered', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring('u:p');
    await world.authorize(IMAGE, keyring);
    world.inject(/HEAD/, [{ status: 403 }]);
    world.asked();
    await rejection(world.authorize(IMAGE, keyring, { fresh: true }));
    expect(world.asked()).toEqual([`${MANIFEST} token-1`]);
    await rejection(world.authorize(IMAGE, keyring, { fresh: false }));
    expect(world.asked()).toEqual([]);
  });

  test('has the token server asked that refused just now', async () => {
    const users: Record<string, string> = { u: 'old' };
    const world = fakeRegistry({ users });
    const keyring = world.keyring('u:p');
    await rejection(world.authorize(IMAGE, keyring));
    users['u'] = 'p';
    await rejection(world.authorize(IMAGE, keyring));
    expect((await world.authorize(IMAGE, keyring, { fresh: true })).header).toBe('Bearer token-1');
  });
});
