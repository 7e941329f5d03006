import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../src/testing/tls/certificates.ts';
import { startFakeProxy, type FakeProxy } from '../../../src/testing/fake-proxy.ts';
import { startFakeServer, type FakeServer } from '../../../src/testing/fake-server.ts';
import { buildNodeProgram, type NodeProgram } from './node-program.ts';

let program: NodeProgram;
let secure: FakeServer;
let proxy: FakeProxy;
let trusting: Record<string, string>;
let tls: TestCertificate;

beforeAll(async () => {
  program = buildNodeProgram(['src/system/node-system.ts']);
  tls = await createTestCertificate(['registry.test', '127.0.0.1']);
  secure = await startFakeServer(({ path }) => ({ body: `secure ${path}` }), { tls });
  proxy = await startFakeProxy({ 'registry.test:443': secure.host });
  trusting = { NODE_EXTRA_CA_CERTS: join(program.folder, 'ca.pem') };
  writeFileSync(join(program.folder, 'ca.pem'), tls.ca);
});

afterAll(async () => {
  await Promise.all([secure.close(), proxy.close()]);
  program.remove();
});

/** Prints the body that each URL gives, one after the other. */
function printing(...urls: readonly string[]): string {
  return `for (const url of ${JSON.stringify(urls)})
    console.log((await nodeSystem.http({ url, timeoutMs: 60_000 })).body);`;
}

/**
 * Prints what would keep the process from its end. A connection is given back some turns after the answer is there; how
 * many milliseconds these take says nothing.
 */
const HELD = `
  const held = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name));
  for (let turn = 0; turn < 1000 && held().length > 0; turn += 1) await new Promise(setImmediate);
  console.log('held by', held());`;
const NOT_HELD = 'held by []\n';

describe('NODE_EXTRA_CA_CERTS', () => {
  test('is trusted, by connections that are used again and keep no process alive', async () => {
    // More than Node bears of what is left on a connection, without a warning.
    const paths = Array.from({ length: 12 }, (_, index) => `/${index}`);
    const urls = paths.map((path) => `${secure.url}${path}`);
    expect(await program.run(printing(...urls) + HELD, trusting)).toEqual({
      exitCode: 0,
      stdout: paths.map((path) => `secure ${path}\n`).join('') + NOT_HELD,
      stderr: '',
    });
  });

  test('is trusted through a proxy, whose tunnels are used again and keep no process alive', async () => {
    const urls = ['https://registry.test/a', 'https://registry.test/b'];
    const env = { ...trusting, HTTPS_PROXY: proxy.url };
    expect(await program.run(printing(...urls) + HELD, env)).toEqual({
      exitCode: 0,
      stdout: `secure /a\nsecure /b\n${NOT_HELD}`,
      stderr: '',
    });
    expect(proxy.connects).toEqual(['registry.test:443']);
  });

  test('is trusted by the connection to a proxy that speaks TLS itself', async () => {
    const tunnels: string[] = [];
    const tlsProxy = createServer(tls).on('connect', ({ url = '' }, client: Socket) => {
      tunnels.push(url);
      const upstream = connect(secure.port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      client.on('close', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => void tlsProxy.listen(0, '127.0.0.1', resolve));
    const env = {
      ...trusting,
      HTTPS_PROXY: `https://127.0.0.1:${(tlsProxy.address() as AddressInfo).port}`,
    };
    const ended = await program.run(printing('https://registry.test/a'), env);
    tlsProxy.close();
    expect(ended).toEqual({ exitCode: 0, stdout: 'secure /a\n', stderr: '' });
    expect(tunnels).toEqual(['registry.test:443']);
  });

  test("is trusted beside a request's own authority, and so are the usual ones", async () => {
    const [own, usual] = await Promise.all([
      createTestCertificate(['127.0.0.1']),
      createTestCertificate(['127.0.0.1']),
    ]);
    await using ownServer = await startFakeServer(() => ({ body: 'own' }), { tls: own });
    await using usualServer = await startFakeServer(() => ({ body: 'usual' }), { tls: usual });
    const usualFile = join(program.folder, 'usual.pem');
    writeFileSync(usualFile, usual.ca);
    const body = `
      const ask = (url, ca) => nodeSystem.http({ url, ca, timeoutMs: 60_000 }).then(
        ({ body }) => console.log(body),
        () => console.log('untrusted'),
      );
      await ask('${ownServer.url}');
      await ask('${ownServer.url}', ${JSON.stringify(own.ca)});
      await ask('${secure.url}/extra', ${JSON.stringify(own.ca)});
      await ask('${usualServer.url}', ${JSON.stringify(own.ca)});
      await ask('${ownServer.url}');
      await ask('${secure.url}/extra');`;
    const env = { ...trusting, NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: usualFile };
    expect(await program.run(body, env)).toEqual({
      exitCode: 0,
      stdout: 'untrusted\nown\nsecure /extra\nusual\nuntrusted\nsecure /extra\n',
      stderr: '',
    });
  });

  test('is what the failure without it advises', async () => {
    const { exitCode, stderr } = await program.run(printing(secure.url));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('set NODE_EXTRA_CA_CERTS to a file');
  });
});

test('the agents for SDKs reuse connections and keep no process alive', async () => {
  const body = `
    const https = process.getBuiltinModule('node:https');
    const { httpsAgent } = await nodeSystem.httpAgents();
    const get = (url) => new Promise((resolve, reject) => {
      https.get(url, { agent: httpsAgent }, (response) => {
        response.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', resolve);
      }).on('error', reject);
    });
    await get('${secure.url}/a');
    await get('https://registry.test/b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await get('https://registry.test/c');
    ${HELD}`;
  const before = proxy.connects.length;
  const env = { ...trusting, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
  expect(await program.run(body, env)).toEqual({
    exitCode: 0,
    stdout: `secure /a\nsecure /b\nsecure /c\n${NOT_HELD}`,
    stderr: '',
  });
  expect(proxy.connects.length - before).toBe(1);
});

test('no password of a proxy shows, whatever is printed for debugging', async () => {
  const env = {
    ...trusting,
    HTTPS_PROXY: proxy.url.replace('//', '//user:hunter2@'),
    DEBUG: '*',
  };
  const { exitCode, stdout, stderr } = await program.run(printing('https://registry.test/a'), env);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'secure /a\n' });
  expect(stderr).toContain('https-proxy-agent');
  expect(stderr).not.toContain('hunter2');
});

// A process that waited for it would be killed, and have no exit code.
test('a program that hangs keeps no process alive once its deadline has passed', async () => {
  const body = `await nodeSystem
    .run({ command: 'sleep', args: ['600'], stdin: '', timeoutMs: 50, maxOutputBytes: 9 })
    .catch((error) => console.log(error.code));`;
  expect(await program.run(body)).toMatchObject({ exitCode: 0, stdout: 'ERR_KEYRING_TIMEOUT\n' });
});
