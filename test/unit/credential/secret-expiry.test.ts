import { expect, test } from '@jest/globals';
import { readExpiry } from '../../../src/credential/secret-expiry.ts';
import { ecrToken, jwt } from '../serve/ending-tokens.ts';

const END = new Date('2026-01-02T03:04:05Z');
const base64 = (document: unknown): string =>
  Buffer.from(JSON.stringify(document)).toString('base64');

test.each([
  ['a JWT', jwt(END)],
  ['a token of ECR', ecrToken(END)],
])('%s says when it ends', (_what, token) => {
  expect(readExpiry(token)).toEqual(END);
});

test.each([
  ['a password', 'hunter2'],
  ['nothing', ''],
  ['a token that is opaque', 'ya29.c.b0AXv0zTP'],
  ['a JWT without an end', `eyJhbGciOiJub25lIn0.${base64({ sub: 'x' })}.`],
  ['a document of another type', base64({ type: 'OTHER', expiration: 1 })],
  ['an end that is no number', base64({ type: 'DATA_KEY', expiration: '1' })],
  ['an end beyond all dates', base64({ type: 'DATA_KEY', expiration: 1e300 })],
  ['what only begins as one', 'eyJwYXlsb2Fk'],
  ['no object', base64(['DATA_KEY'])],
])('%s says nothing of it', (_what, secret) => {
  expect(readExpiry(secret)).toBeUndefined();
});
