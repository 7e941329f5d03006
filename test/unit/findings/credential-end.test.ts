import { describe, expect, test } from '@jest/globals';

import { credentialEnd } from '../../../src/findings/credential-end.ts';

const SECONDS = 1_600_000_000;
const END = new Date(SECONDS * 1000);

function jwt(claims: unknown, header: unknown = { alg: 'none' }): string {
  return `${encoded(header)}.${encoded(claims)}.signature`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function ecrToken(members: object): string {
  const token = { payload: 'x', datakey: 'y', version: '2', type: 'DATA_KEY', ...members };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

describe('The end of a credential', () => {
  test.each([
    ['a JSON Web Token', 'x', jwt({ exp: SECONDS })],
    ['one with a fraction of a second', 'x', jwt({ exp: SECONDS + 0.7 })],
    ['one in lines', 'x', ` ${jwt({ exp: SECONDS })}\n`],
    ['a token of Amazon ECR', 'AWS', ecrToken({ expiration: SECONDS })],
    ['one under another user name', 'x', ecrToken({ expiration: SECONDS })],
  ])('is read from %s', (_title, username, password) => {
    expect(credentialEnd(username, password)).toEqual({ expiresAt: END });
  });

  test.each([
    ['AWS', 12],
    ['oauth2accesstoken', 1],
    ['00000000-0000-0000-0000-000000000000', 3],
  ])('follows from the user name %s', (username, hours) => {
    expect(credentialEnd(username, 'password')).toMatchObject({ hours });
  });

  test.each([
    ['a password', 'hunter2'],
    ['nothing', ''],
    ['a token without an end', jwt({ sub: 'x' })],
    ['a token whose end is a text', jwt({ exp: `${SECONDS}` })],
    ['a token whose end is no instant', jwt({ exp: 1e20 })],
    ['a token whose end is negative', jwt({ exp: -1 })],
    ['a token whose claims are a list', jwt([SECONDS])],
    ['three parts that are no token', 'a.b.c'],
    ['a header that is no JSON', `${Buffer.from('{').toString('base64url')}.${encoded({})}.x`],
    ['four parts', `${jwt({ exp: SECONDS })}.x`],
    ['base64 of JSON of another kind', Buffer.from('{"expiration":1}').toString('base64')],
    ['a text that is too long for a token', jwt({ exp: SECONDS, text: 'x'.repeat(70_000) })],
  ])('is not known from %s', (_title, password) => {
    expect(credentialEnd('user', password)).toBeUndefined();
  });
});
