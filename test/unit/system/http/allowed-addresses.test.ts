import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { allowedLookup, type LookupAll } from '../../../../src/system/http/allowed-addresses.ts';
import { reasonOf } from '../../../../src/system/http/http-failure.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { AddressKind, HttpRequest } from '../../../../src/system/system.ts';
import { startFakeProxy } from '../../../../src/testing/fake-proxy.ts';
import { startFakeServer, type FakeServer } from '../../../../src/testing/fake-server.ts';
import { withProxies, withoutProxies } from '../environment.ts';

const TIMEOUT_MS = 5000;
const NOT_LOOPBACK = ['public', 'private', 'link-local'] as const;
const FORBIDDEN = 'its address is in a network that is not allowed (ERR_ADDRESS_KIND)';
let server: FakeServer;
let restoreEnvironment: () => void;

beforeEach(async () => {
  restoreEnvironment = withoutProxies();
  server = await startFakeServer(({ path }) => ({ body: path }));
});

afterEach(async () => {
  restoreEnvironment();
  await server.close();
});

function ask(url: string, addresses: readonly AddressKind[], rest: Partial<HttpRequest> = {}) {
  return nodeSystem.http({ url, addresses, timeoutMs: TIMEOUT_MS, ...rest });
}

async function failure(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );
}

describe('An address that is not allowed', () => {
  test.each(['127.0.0.1', '127.1', '0x7f000001', '2130706433', '127.0.0.1.', '[::ffff:127.0.0.1]'])(
    'is refused as %s in the URL, before anything is sent',
    async (host) => {
      const error = await failure(ask(`http://${host}:${server.port}/a?b`, NOT_LOOPBACK));
      const { origin } = new URL(`http://${host}:${server.port}`);
      expect(error.message).toBe(`GET ${origin}/a: ${FORBIDDEN}`);
      expect(error.cause).toMatchObject({ code: 'ERR_ADDRESS_KIND' });
      expect(reasonOf(error)).toBe(FORBIDDEN);
      expect(server.requests).toEqual([]);
    },
  );

  test.each(['http:', 'https:'])('is refused behind a name in a URL of %s', async (scheme) => {
    const error = await failure(ask(`${scheme}//localhost:${server.port}/a`, NOT_LOOPBACK));
    expect(error.message).toBe(`GET ${scheme}//localhost:${server.port}/a: ${FORBIDDEN}`);
    expect(error.cause).toMatchObject({ code: 'ERR_ADDRESS_KIND' });
    expect(server.requests).toEqual([]);
  });

  test.each(['169.254.169.254', '10.0.0.1', '[fd00:ec2::254]'])(
    'is refused where the public alone is allowed: %s',
    async (host) => {
      const error = await failure(ask(`http://${host}/`, ['public']));
      expect(reasonOf(error)).toBe(FORBIDDEN);
    },
  );

  test('is refused to a stream as well', async () => {
    const request = { url: `${server.url}/`, addresses: NOT_LOOPBACK, timeoutMs: TIMEOUT_MS };
    expect(reasonOf(await failure(nodeSystem.httpStream(request)))).toBe(FORBIDDEN);
    expect(server.requests).toEqual([]);
  });

  test('is not reached by a connection that another request has left open', async () => {
    const url = `http://localhost:${server.port}/`;
    const other = { url, timeoutMs: TIMEOUT_MS };
    await nodeSystem.http(other);
    await ask(url, ['loopback']);
    expect(reasonOf(await failure(ask(url, NOT_LOOPBACK)))).toBe(FORBIDDEN);
    await nodeSystem.http(other);
    expect(server.requests).toHaveLength(3);
  });
});

describe('An address that is allowed', () => {
  test.each(['127.0.0.1', 'localhost'])('is reached as %s', async (host) => {
    const url = `http://${host}:${server.port}/a`;
    expect(await ask(url, ['public', 'loopback'])).toMatchObject({
      body: '/a',
      address: 'loopback',
    });
  });

  test('is reached where Node does not choose among families', async () => {
    const before = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    try {
      const url = `http://localhost:${server.port}/a`;
      expect((await ask(url, ['loopback'])).body).toBe('/a');
      expect(reasonOf(await failure(ask(url, NOT_LOOPBACK)))).toBe(FORBIDDEN);
    } finally {
      setDefaultAutoSelectFamily(before);
    }
  });

  test('is not looked for where the name does not resolve', async () => {
    const error = await failure(ask('http://no-such-name.invalid/', ['public']));
    expect(error.message).toContain('the name does not resolve');
  });
});

describe('Behind a proxy', () => {
  test('which resolves names, names are not judged', async () => {
    await using proxy = await startFakeProxy({ 'registry.test:80': server.host });
    // It is on loopback itself.
    withProxies({ ALL_PROXY: proxy.url });
    expect(await ask('http://registry.test/a', ['public'])).toMatchObject({ body: '/a' });
    const error = await failure(ask('https://registry.test/a', ['public']));
    expect(error.message).toContain('refused with status 502');
    expect(proxy.requests).toHaveLength(2);
  });

  test.each(['http://10.0.0.1/', 'https://10.0.0.1/', 'http://[fc00::1]/', 'https://[fc00::1]/'])(
    'the address in %s is',
    async (url) => {
      await using proxy = await startFakeProxy({});
      withProxies({ ALL_PROXY: proxy.url });
      expect(reasonOf(await failure(ask(url, ['public', 'loopback'])))).toBe(FORBIDDEN);
      expect(proxy.requests).toEqual([]);
    },
  );

  test('what goes past it is', async () => {
    await using proxy = await startFakeProxy({});
    withProxies({ ALL_PROXY: proxy.url });
    const url = `http://localhost:${server.port}/`;
    expect(reasonOf(await failure(ask(url, NOT_LOOPBACK)))).toBe(FORBIDDEN);
    expect(proxy.requests).toEqual([]);
  });
});

describe('The lookup of a name with addresses of several kinds', () => {
  const FOUND: readonly LookupAddress[] = [
    { address: '10.0.0.1', family: 4 },
    { address: '2606:4700::1111', family: 6 },
    { address: '::ffff:169.254.169.254', family: 6 },
    { address: '1.1.1.1', family: 4 },
  ];
  const asked: unknown[] = [];
  const lookup: LookupAll = (hostname, options, callback) => {
    asked.push({ hostname, ...options });
    callback(null, [...FOUND]);
  };

  function found(addresses: readonly AddressKind[], options: { all?: boolean }) {
    const given: unknown[] = [];
    const within = allowedLookup(addresses, lookup);
    within('registry.test', { family: 0, hints: 32, ...options }, (...all) => given.push(...all));
    return given;
  }

  test('gives those that are allowed, in their order', () => {
    expect(found(['public'], { all: true })).toEqual([null, [FOUND[1], FOUND[3]]]);
    expect(found(['private', 'link-local'], { all: true })).toEqual([null, [FOUND[0], FOUND[2]]]);
  });

  test.each([{ all: false }, {}])('gives the first of them where one is wanted: %j', (options) => {
    expect(found(['public'], options)).toEqual([null, '2606:4700::1111', 6]);
    expect(found(['link-local'], options)).toEqual([null, '::ffff:169.254.169.254', 6]);
  });

  test.each([{ all: true }, { all: false }])('fails where none is allowed: %j', (options) => {
    const [error, ...rest] = found(['loopback'], options);
    expect(error).toMatchObject({
      code: 'ERR_ADDRESS_KIND',
      message: 'registry.test is not of the allowed networks',
    });
    expect(rest).toEqual([[]]);
    expect(found([], options)[0]).toMatchObject({ code: 'ERR_ADDRESS_KIND' });
  });

  test('asks for all of them as Node would have asked', () => {
    asked.length = 0;
    found(['public'], { all: false });
    expect(asked).toEqual([{ hostname: 'registry.test', family: 0, hints: 32, all: true }]);
  });
});
