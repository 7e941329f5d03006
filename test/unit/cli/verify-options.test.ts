import { describe, expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { VerifyReport } from '../../../src/registry/verify/verify-report.ts';
import { config, manifests, secret, type RunWorld } from './run.ts';
import { verify, WEB } from './run-verify.ts';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('verify', () => {
  test('reaches registries as it is told to', async () => {
    const { system } = await verify('down.test:5000/x:1 --ca-file ca.pem', {
      files: { '/cwd/ca.pem': CERTIFICATE },
    });
    expect(system.requests.map(({ ca }) => ca)).toEqual([CERTIFICATE]);
    const insecure = await verify('down.test:5000/x:1 --insecure-registry down.test:5000', {
      http({ url }) {
        if (url.startsWith('https:')) throw Object.assign(new Error('no TLS'), { code: 'EPROTO' });
        return { status: 200, headers: { 'Content-Type': INDEX_TYPE } };
      },
    });
    expect(insecure.exitCode).toBe(0);
  });

  test('goes into any network for a token server that is trusted', async () => {
    const world: RunWorld = {
      http({ url }) {
        if (url.startsWith('https://10.0.0.1/')) return { body: { token: 'canary' } };
        const headers = { 'WWW-Authenticate': 'Bearer realm="https://10.0.0.1/token"' };
        return { status: url.endsWith('/v2/') ? 401 : 200, headers, address: 'public' };
      },
    };
    const networks = async (options: string): Promise<unknown> => {
      const { system } = await verify(`x.test/y:1${options}`, world);
      return system.requests.find(({ url }) => url.startsWith('https://10.0.0.1/'))?.addresses;
    };
    expect(await networks('')).toEqual(['public']);
    expect(await networks(' --trusted-realm 10.0.0.1')).toBeUndefined();
  });

  test('asks for as many images of a registry at a time as it is told to', async () => {
    let running = 0;
    let most = 0;
    const world: RunWorld = {
      async http() {
        running += 1;
        most = Math.max(most, running);
        await setImmediate();
        running -= 1;
        return { status: 200 };
      },
    };
    await verify('x.test/a:1 x.test/b:1 x.test/c:1', world);
    expect(most).toBe(3);
    most = 0;
    await verify('x.test/a:1 x.test/b:1 x.test/c:1 --concurrency 1', world);
    expect(most).toBe(1);
  });

  test('tries without credentials where it is told to', async () => {
    const options = `${WEB} --secret s.yaml -o json`;
    const world = {
      files: {
        '/cwd/s.yaml': manifests(secret('old', config({ 'registry.example.com': 'ada:hunter2' }))),
      },
    };
    const users = async (more: string): Promise<readonly string[]> => {
      const { stdout } = await verify(options + more, world);
      const [image] = (JSON.parse(stdout) as VerifyReport).images;
      return image?.candidates.map(({ username = 'nobody' }) => username) ?? [];
    };
    expect(await users('')).toEqual(['ada']);
    expect(await users(' --anonymous')).toEqual(['ada', 'nobody']);
  });

  test('warns of credentials that end soon', async () => {
    const claims = { exp: Date.UTC(2026, 0, 1, 6) / 1000 };
    const token = ['{}', JSON.stringify(claims), '']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const world: RunWorld = {
      files: { '/cwd/s.yaml': manifests(secret('x', config({ 'x.test': `robot:${token}` }))) },
      http: () => ({ status: 200, headers: { 'Content-Type': INDEX_TYPE } }),
    };
    const line = 'x.test/y:1 --secret s.yaml --strict';
    expect((await verify(`${line} --expires-within 5h`, world)).exitCode).toBe(0);
    const soon = await verify(`${line} --expires-within 7h`, world);
    expect(soon.exitCode).toBe(1);
    expect(soon.stdout).toContain('2026-01-01T06:00:00.000Z');
  });
});

describe('Wrong use of verify', () => {
  test.each([
    ['', 'no image: name an IMAGE, or manifests with --filename'],
    ['-f map.yaml', 'no image: name an IMAGE, or manifests with --filename'],
    ['-f nowhere.yaml', 'there is no file or directory nowhere.yaml'],
    ['-f k8s/web.yaml --secret nowhere.yaml', 'there is no file nowhere.yaml'],
    ['x.test/y --ca-file s.yaml', 's.yaml contains no PEM certificate'],
  ])('ends with 2: %j', async (line, message) => {
    const result = await verify(line);
    expect(result).toMatchObject({ exitCode: 2, stderr: `docker-keyring: ${message}\n` });
  });

  test.each([
    ['--platform linux', 'Use os/arch or os/arch/variant, such as linux/arm/v7.'],
    ['--platform linux/amd64,', 'Use os/arch or os/arch/variant, such as linux/arm/v7.'],
    ['--expires-within 7', 'Use a number and s, m, h or d.'],
    ['--expires-within 7w', 'Use a number and s, m, h or d.'],
    ['--concurrency 0', 'Use a number from 1 to 100.'],
    ['--concurrency 101', 'Use a number from 1 to 100.'],
    ['--concurrency six', 'Use a number from 1 to 100.'],
    ['--insecure-registry http://x.test', 'Use host or host:port, without https:// and without'],
    ['--trusted-realm x.test/token', 'Use host or host:port, without https:// and without'],
    ['--insecure-registry https://u:canary@h', "'--insecure-registry <host[:port]>': the value"],
    ['--insecure-registry=u:canary@h', 'Use host or host:port, without https:// and without'],
    ['--trusted-realm u:canary@h', "'--trusted-realm <host[:port]>': the value is invalid. Use"],
    ["--trusted-realm=u:'canary'@h", 'Use host or host:port, without https:// and without'],
  ])('ends with 2: %s', async (options, message) => {
    const result = await verify(`x.test/y ${options}`);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('canary');
  });
});
