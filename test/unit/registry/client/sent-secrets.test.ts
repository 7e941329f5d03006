// Nothing that a session ever sent comes out of what servers say, to whomever they say it.

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Credential, createKeyring } from '../../../../src/index.ts';
import {
  createRegistrySession,
  verifyImages,
  type RegistryAuthError,
} from '../../../../src/registry/index.ts';
import { createSentSecrets } from '../../../../src/registry/client/sent-secrets.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { fakeRegistry, rejection, type RegistryScript } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const SECRET = 'Correct-Horse-Battery';
const FORMS: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in lower case', (secret) => secret.toLowerCase()],
  ['in part', (secret) => secret.slice(3, 14)],
  ['in base64', (secret) => btoa(`u:${secret}`)],
  ['in a URL', (secret) => encodeURIComponent(`${secret}/ü`)],
  ['in JSON', (secret) => JSON.stringify(secret)],
];

/** Says to whoever comes later what the first said. */
function gossip(script: RegistryScript, said: string, when: RegExp) {
  const world = fakeRegistry(script);
  const body = { errors: [{ code: 'UNAUTHORIZED', message: `you are not ${said}` }] };
  world.inject(when, [{ status: 401, body }], true);
  return world;
}

describe('What one candidate sent is not shown to the next', () => {
  test.each(FORMS)('%s', async (_name, form) => {
    const world = gossip({ challenge: 'Basic' }, form(SECRET), /HEAD.* v:/);
    const keyring = world.keyring(`u:${SECRET}`, 'v:another-secret');
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, keyring));
    expect(error.attempts[1]?.message).toMatch(/^401 \(UNAUTHORIZED: you are not /);
    expect(error.message).not.toMatch(/correct|horse|batter|Q29ycmVjd|Y29ycmVjd/i);
    expect(error.message).toContain('[redacted]');
  });
});

describe('What one tenant sent is not shown to another of the same session', () => {
  test.each(FORMS)('%s', async (_name, form) => {
    const world = gossip({}, form(SECRET), /GET auth\.test.* v:/);
    const session = createRegistrySession({ system: world.system, retries: 0 });
    const options = { session, system: undefined, retries: undefined };
    await rejection(world.authorize(IMAGE, world.keyring(`u:${SECRET}`), options));
    const error = await rejection(world.authorize(IMAGE, world.keyring('v:q'), options));
    expect(error.message).toContain('you are not ');
    expect(error.message).not.toMatch(/correct|horse|batter|Q29ycmVjd|Y29ycmVjd/i);
  });

  test('nor a token, as long as it lives', async () => {
    const world = gossip(
      { token: { token: 'opaque-and-long', expires_in: 300 } },
      'opaque-and-long',
      /HEAD.* x/,
    );
    const session = createRegistrySession({ system: world.system, retries: 0 });
    const options = { session, system: undefined, retries: undefined };
    world.inject(/HEAD.* opaque/, [{}], true);
    await world.authorize(IMAGE, world.keyring('u:p'), options);
    world.inject(/auth\.test/, [{ body: { token: 'x' } }], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('v:q'), options));
    expect(error.message).toContain('you are not [redacted]');
  });

  test.each<[string, object, string]>([
    ['a scheme', { 'www-authenticate': SECRET }, '[redacted]'],
    ['a realm', { 'www-authenticate': `Bearer realm="http://${SECRET}.test/"` }, '[redacted].test'],
  ])('nor in %s', async (_name, headers, shown) => {
    const world = fakeRegistry({ challenge: 'Basic' });
    const session = createRegistrySession({ system: world.system, retries: 0 });
    const options = { session, system: undefined, retries: undefined };
    await rejection(world.authorize(IMAGE, world.keyring(`u:${SECRET}`), options));
    world.system.advance(11 * 60_000);
    world.inject(/v2\/ ?$/, [{ status: 401, headers: { ...headers }, address: 'public' }], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('v:q'), options));
    expect(error.message).not.toContain(SECRET.toLowerCase());
    expect(error.message).toContain(shown);
  });

  test('nor where it redirects to, nor as a media type', async () => {
    const world = fakeRegistry({ challenge: 'Basic', users: { u: SECRET, v: 'q' } });
    const { system } = world;
    const session = createRegistrySession({ system, retries: 0 });
    const options = { session, system: undefined, retries: undefined };
    await world.authorize(IMAGE, world.keyring(`u:${SECRET}`), options);
    const messages = [
      { status: 307, headers: { location: `http://${SECRET}.test/` } },
      { status: 307, headers: { location: `https://u@${SECRET}.test/` } },
      {
        headers: {
          'content-type': `text/${SECRET}`,
          'content-length': '1',
          'docker-content-digest': 'x',
        },
      },
    ].map(async (reply, index) => {
      world.inject(new RegExp(`HEAD.*/${index} `), [reply], true);
      const report = await verifyImages([`r.test/team/app:${index}`], world.keyring('v:q'), {
        session,
      });
      return JSON.stringify(report);
    });
    for (const message of await Promise.all(messages)) {
      expect(message).toContain('[redacted]');
      expect(message.toLowerCase()).not.toContain('horse');
    }
  });
});

/** A credential of a keyring. */
function credential(password: string, expiresAt?: Date): Credential {
  const source = { kind: 'docker-config', path: '/x' } as const;
  return Credential.from({ username: 'u', password, key: 'k', source, expiresAt });
}

/** Two of them are as much as is remembered. */
function large(letter: string): string {
  return letter.repeat(500_000);
}

describe('The memory of what was sent', () => {
  test('finds every part of eight characters, and short secrets that stand alone', () => {
    const sent = createSentSecrets(fakeSystem());
    for (const secret of ['p', 'hunt', 'hunter2', SECRET, '', undefined]) sent.note(secret);
    expect(sent.redact('p up p. hunting HUNTER2 orse-Bat rse-Bat')).toBe(
      '[redacted] up [redacted]. [redacted]ing [redacted] [redacted] rse-Bat',
    );
  });

  test('does not show a secret of any form and place', () => {
    const secrets = fc.string({ minLength: 11, maxLength: 40, unit: 'grapheme-ascii' });
    const form = fc.constantFrom(...FORMS.map(([, one]) => one));
    fc.assert(
      fc.property(fc.array(secrets, { minLength: 1 }), form, fc.string(), (all, write, before) => {
        const sent = createSentSecrets(fakeSystem());
        for (const secret of all) sent.note(secret);
        const [first = ''] = all;
        const shown = sent.redact(`${before}${first}`);
        expect(shown?.endsWith(first)).toBe(false);
        expect(sent.redact(write(first))).toContain('[redacted]');
      }),
    );
  });

  test('forgets what has ended only when it is full, and then says nothing any more', () => {
    const system = fakeSystem();
    const sent = createSentSecrets(system);
    const end = new Date(system.now() + 1000);
    sent.noteCredential(credential('eternal-secret'));
    sent.noteCredential(credential('forgotten-secret', new Date(NaN)));
    sent.note(large('a'), end.getTime());
    sent.noteCredential(credential('temporary-word', end));
    expect(sent.redact('a temporary-word')).toBe('a [redacted]');
    system.advance(2000);
    sent.note(large('b'));
    expect(sent.redact('a temporary-word')).toBe('a [redacted]');
    sent.note(large('c'));
    expect(sent.redact('a temporary-word')).toBe('a temporary-word');
    expect(sent.redact('an eternal-secret, a forgotten-secret')).toBe(
      'an [redacted], a [redacted]',
    );
    // It may be sent again, though it has ended.
    sent.noteCredential(credential('temporary-word', end));
    expect(sent.redact('a temporary-word')).toBe('a [redacted]');
    sent.note(large('d'));
    expect(sent.redact('anything')).toBeUndefined();
    sent.note('and on');
    expect(sent.redact('anything')).toBeUndefined();
  });

  test('that is full leaves the status', async () => {
    const world = fakeRegistry({ challenge: SECRET });
    const keyring = createKeyring({ system: world.system, dockerConfig: false, providers: [] });
    const lookup = async () => [
      credential('x'.repeat(1024 * 1024)),
      ...(await keyring.lookup(IMAGE)),
    ];
    const attempts = [{ message: 'it knows neither Basic nor Bearer' }];
    expect(await rejection(world.authorize(IMAGE, { lookup }))).toMatchObject({ attempts });
    const open = fakeRegistry({ challenge: 'Basic' });
    expect(await rejection(open.authorize(IMAGE, { lookup }))).toMatchObject({
      attempts: [{ message: '401' }],
    });
    const headers = { location: 'http://store.test/' };
    open.inject(/HEAD/, [{ status: 307, headers }], true);
    await expect(open.authorize(IMAGE, { lookup })).rejects.toThrow('it redirects to a URL, which');
    const type = fakeRegistry({ challenge: 'none', repositories: { 'team/app': ['*'] } });
    const { system } = type;
    const all = { lookup, withPullSecrets: () => all };
    const odd = { 'content-type': 'text/x', 'content-length': '1', 'docker-content-digest': 'x' };
    type.inject(/HEAD/, [{ headers: odd }], true);
    const { images } = await verifyImages([IMAGE], all, { system });
    expect(images[0]?.message).toContain('the media type "[redacted]"');
    const realm = fakeRegistry({ challenge: 'Bearer realm="http://auth.test/"' });
    await expect(realm.authorize(IMAGE, { lookup })).rejects.toThrow(
      'token server [redacted]: its',
    );
  });
});
