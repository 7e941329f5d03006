import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { createTestAuthority, startFakeServer } from 'docker-keyring/testing';
import { startTlsFront } from '../../../../src/testing/cloud/tls-front.ts';
import { ask, untilTrue } from '../client.ts';

test('A TLS front passes to the server of the name that the client asked for', async () => {
  const authority = await createTestAuthority();
  await using one = await startFakeServer(() => ({ body: 'one' }));
  await using other = await startFakeServer(() => ({ body: 'other' }));
  const front = await startTlsFront(authority, {
    'one.example:443': one.host,
    '*.example:443': other.host,
  });
  const answers = await Promise.all(
    ['one.example', 'One.Example', 'two.example'].map((servername) =>
      ask(`https://${front.host}`, { servername, ca: authority.ca }),
    ),
  );
  await front.close();
  expect(answers.map(({ body }) => body)).toEqual(['one', 'one', 'other']);
});

test('A TLS front cuts who asks for another name, or for none', async () => {
  const authority = await createTestAuthority();
  const front = await startTlsFront(authority, { 'one.example:443': '127.0.0.1:1' });
  const options = { ca: authority.ca, host: '127.0.0.1', port: front.port };
  const cut = connect({ ...options, servername: 'two.example' });
  await once(cut.resume(), 'close');
  const nameless = connect({ ...options, rejectUnauthorized: false });
  await expect(once(nameless, 'close')).rejects.toThrow(/handshake|alert/);
  await front.close();
});

test('A TLS front cuts the client of a server that cannot be reached, and outlives its clients', async () => {
  const authority = await createTestAuthority();
  const gone = await startFakeServer(() => ({}));
  await using there = await startFakeServer(() => ({ body: 'there' }));
  const front = await startTlsFront(authority, {
    'gone.example:443': gone.host,
    'there.example:443': there.host,
  });
  await gone.close();
  const options = { ca: authority.ca, host: '127.0.0.1', port: front.port };
  const cut = connect({ ...options, servername: 'gone.example' });
  await once(cut.resume(), 'close');
  there.inject({ kind: 'hang' }, { times: 1 });
  const leaving = connect({ ...options, servername: 'there.example' });
  leaving.write('GET / HTTP/1.1\r\nhost: there.example\r\n\r\n');
  // Only then is the fault used up.
  await untilTrue(() => there.requests.length === 1);
  leaving.destroy();
  const { body } = await ask(`https://${front.host}`, {
    servername: 'there.example',
    ca: authority.ca,
  });
  expect(body).toBe('there');
  await front.close();
});
