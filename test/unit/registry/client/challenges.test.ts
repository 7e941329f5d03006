// What a registry may ask for, and in which form.

import { describe, expect, test } from '@jest/globals';
import { fakeRegistry, rejection } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const BEARER = 'Bearer realm="https://auth.test/token",service="svc"';

const scoped = (scope: string) => ({
  status: 401,
  headers: { 'www-authenticate': `${BEARER},scope="${scope}"` },
});

describe('Of what a registry asks for', () => {
  test.each<[string, string | readonly string[], string]>([
    ['Bearer is chosen, in several headers', ['Basic realm="r"', BEARER], 'Bearer token-1'],
    ['Bearer is chosen, in one header', `Basic realm="r, s", ${BEARER}`, 'Bearer token-1'],
    ['Bearer is chosen, behind schemes of others', `Negotiate YII=, ${BEARER}`, 'Bearer token-1'],
    ['Basic is chosen, where Bearer names no realm', ['Bearer service="s"', 'Basic'], 'Basic dTpw'],
    ['Basic is chosen, whatever its case', 'bAsIc REALM="r"', 'Basic dTpw'],
    [
      'what has no quotes counts',
      'Bearer realm=https://auth.test/token,service=svc',
      'Bearer token-1',
    ],
    ['what has escapes counts', 'Bearer realm="https:\\/\\/auth.test/token"', 'Bearer token-1'],
    ['spaces do not matter', 'Bearer  realm = "https://auth.test/token" , x=y', 'Bearer token-1'],
  ])('%s', async (_name, challenge, header) => {
    const world = fakeRegistry({ challenge });
    expect((await world.authorize(IMAGE, world.keyring('u:p'))).header).toBe(header);
  });

  test.each<[string | readonly string[], string]>([
    ['Negotiate', 'negotiate'],
    [['Negotiate YII=', 'Digest realm="r"'], 'negotiate, digest'],
  ])('nothing is known: %j', async (challenge, schemes) => {
    const world = fakeRegistry({ challenge });
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    const message = `it asks for ${schemes}, and knows neither Basic nor Bearer`;
    expect(error).toMatchObject({ attempts: [{ message }] });
    expect(world.asked()).toEqual(['GET r.test/v2/']);
  });

  test('nothing is known, where only the resource asks', async () => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [{ status: 200 }], true);
    world.inject(/HEAD/, [{ status: 401, headers: { 'www-authenticate': 'Negotiate' } }], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    const message = 'it asks for negotiate, and knows neither Basic nor Bearer';
    expect(error).toMatchObject({ attempts: [{ message }] });
  });

  test('of a Bearer challenge the realm is missing', async () => {
    const world = fakeRegistry({ challenge: 'Bearer service="s"' });
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({ attempts: [{ message: 'it names no realm for bearer' }] });
    expect(world.asked()).toEqual(['GET r.test/v2/']);
  });

  test('nothing that is malformed counts, nor anything beside a 401', async () => {
    const world = fakeRegistry();
    world.inject(/HEAD/, [{ status: 403 }], true);
    world.inject(/v2\/$/, [{ status: 401, headers: { 'www-authenticate': '=,"' } }]);
    expect(await rejection(world.authorize(IMAGE, world.keyring('u:p')))).toMatchObject({
      attempts: [{ message: '403' }],
    });
    world.inject(/v2\/$/, [{ status: 403, headers: { 'www-authenticate': BEARER } }]);
    expect(await rejection(world.authorize(IMAGE, world.keyring('u:p')))).toMatchObject({
      attempts: [{ message: '403' }],
    });
    expect(world.asked()).not.toContain(expect.stringMatching('auth.test'));
  });
});

describe('A manifest that asks for another scope than the registry', () => {
  test('has it put first, since some registries look at the first only', async () => {
    const world = fakeRegistry();
    world.inject(/HEAD .* token-1/, [scoped('repository:mirror/app:pull')]);
    await world.authorize(IMAGE, world.keyring('u:p'));
    expect(world.asked().slice(2)).toEqual([
      'HEAD r.test/v2/team/app/manifests/1 token-1',
      'GET auth.test/token [repository:mirror/app:pull repository:team/app:pull] u:p',
      'HEAD r.test/v2/team/app/manifests/1 token-2',
    ]);
  });

  test('has each of several put as a parameter of its own, as token.md has it', async () => {
    const world = fakeRegistry();
    world.inject(/HEAD .* token-1/, [scoped('repository:a:pull  repository:b:pull,push ')]);
    await world.authorize(IMAGE, world.keyring('u:p'));
    const asked = world.system.requests.findLast(({ url }) => url.startsWith('https://auth.test'));
    expect(new URL(String(asked?.url)).searchParams.getAll('scope')).toEqual([
      'repository:a:pull',
      'repository:b:pull,push',
      'repository:team/app:pull',
    ]);
  });

  test('has what is none, behind a quote that is not closed, left out', async () => {
    const world = fakeRegistry();
    world.inject(/HEAD/, [scoped('repository:a:pull,error="invalid_token')], true);
    await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(world.asked()).toHaveLength(3);
  });

  test('and again another one is not followed for ever', async () => {
    const world = fakeRegistry();
    let asked = 0;
    world.inject(/HEAD/, [() => scoped(`repository:x${(asked += 1)}:pull`)], true);
    await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(asked).toBe(3);
  });

  test('with the same scope is a refusal', async () => {
    const world = fakeRegistry();
    world.inject(/HEAD/, [scoped('repository:team/app:pull')], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({ attempts: [{ message: '401' }] });
    expect(world.asked()).toHaveLength(3);
  });
});

describe('What a registry says of a refusal', () => {
  test.each<[string, object]>([
    ['401 (invalid_token)', { headers: { 'www-authenticate': `${BEARER},error="invalid_token"` } }],
    [
      '401 (insufficient_scope)',
      { headers: { 'www-authenticate': ['Basic', `${BEARER},error="insufficient_scope"`] } },
    ],
    ['401 (DENIED: no)', { body: { errors: [{ code: 'DENIED', message: 'no' }] } }],
    ['401 (DENIED)', { body: { errors: [{ code: 'DENIED', message: '' }] } }],
    ['401 (only words)', { body: { errors: [{ message: 'only words', code: 5 }] } }],
    ['401 (a b)', { body: { message: 'a\r\n\u001b\u202e b' } }],
    [`401 (${'é'.repeat(200)}…)`, { body: { message: 'é'.repeat(1000) } }],
    ['401', { body: { errors: [] } }],
    ['401', { body: { errors: ['text'] } }],
    ['401', { body: '[]' }],
    ['401', { body: '<html>' }],
    ['401', { body: {} }],
  ])('is shown: %s', async (message, reply) => {
    const world = fakeRegistry();
    world.inject(/HEAD/, [{ status: 401, ...reply }], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({ attempts: [{ message }] });
  });
});
