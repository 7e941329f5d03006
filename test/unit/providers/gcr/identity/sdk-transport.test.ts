import { describe, expect, test } from '@jest/globals';
import { createSdkTransport } from '../../../../../src/providers/gcr/identity/sdk-transport.ts';
import { googleSystem } from '../world.ts';

const url = new URL('https://oauth2.googleapis.com/token');
const { signal } = new AbortController();

describe("What google-auth-library's requests become", () => {
  test('are requests of the system, with a deadline and the signal', async () => {
    const system = googleSystem({ http: () => ({ body: 'fine', headers: { x: ['1', '2'] } }) });
    const transport = createSdkTransport(system, signal);
    const response = await transport.fetch(url, {});
    expect([response.status, await response.text(), response.headers.get('x')]).toEqual([
      200,
      'fine',
      '1, 2',
    ]);
    expect(system.requests).toEqual([
      { url: url.href, method: 'GET', headers: {}, timeoutMs: 30_000, signal },
    ]);
  });

  test('say that a form is one, and leave a text as it is', async () => {
    const system = googleSystem({ http: () => ({ status: 204 }) });
    const transport = createSdkTransport(system, signal);
    const body = new URLSearchParams({ a: 'b c' });
    await transport.fetch(url, { method: 'POST', body, headers: new Headers({ accept: '*/*' }) });
    await transport.fetch(url, { method: 'POST', body: '{}' });
    expect(system.requests).toMatchObject([
      {
        headers: {
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
          accept: '*/*',
        },
        body: 'a=b+c',
      },
      { headers: {}, body: '{}' },
    ]);
    expect(transport.lastResponse()).toMatchObject({ status: 204 });
  });

  test('remember only what came last', async () => {
    let isDown = true;
    const refused = new Error('refused');
    const http = (): object => {
      if (isDown) throw refused;
      return { status: 200 };
    };
    const transport = createSdkTransport(googleSystem({ http }), signal);
    await expect(transport.fetch(url, {})).rejects.toBe(refused);
    expect([transport.lastFailure(), transport.lastResponse()]).toEqual([refused, undefined]);
    isDown = false;
    await transport.fetch(url, {});
    expect(transport.lastFailure()).toBeUndefined();
  });
});
