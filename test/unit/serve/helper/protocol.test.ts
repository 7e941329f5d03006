import { describe, expect, test } from '@jest/globals';
import type { HelperBackend } from '../../../../src/serve/helper/backend.ts';
import type { HelperCredential } from '../../../../src/serve/helper/contract.ts';
import { HelperError } from '../../../../src/serve/helper/contract.ts';
import { serveHelperProtocol } from '../../../../src/serve/helper/protocol.ts';
import { fakeHost, type FakeHost } from './helper-host.ts';

const IDENTITY = {
  name: 'docker-credential-keyring',
  packageName: 'docker-keyring',
  version: 'v1.2.3',
};
const USAGE = 'Usage: docker-credential-keyring <store|get|erase|list|version>\n';

interface Recorded {
  readonly host: FakeHost;
  readonly calls: unknown[];
}

async function serve(
  args: readonly string[],
  stdin: string | Uint8Array = '',
  backend: Partial<HelperBackend> = {},
): Promise<Recorded> {
  const host = fakeHost(args, stdin);
  const calls: unknown[] = [];
  await serveHelperProtocol(host, IDENTITY, async (server) => {
    calls.push(['open', server]);
    return {
      async get(wanted) {
        return { server: wanted, username: 'ada', secret: 'canary<&>"\u2028' };
      },
      list: async () =>
        new Map([
          ['b.test', 'ada'],
          ['a.test', '<token>'],
        ]),
      store: async (credential: HelperCredential) => void calls.push(credential),
      erase: async (erased) => void calls.push(erased),
      close: async () => void calls.push('close'),
      ...backend,
    };
  });
  return { host, calls };
}

describe('the arguments', () => {
  test.each<[string, readonly string[], number, string]>([
    ['none', [], 1, USAGE],
    ['an empty one', [''], 1, USAGE],
    ['two', ['get', 'r.test'], 1, USAGE],
    ['--help', ['--help'], 0, USAGE],
    ['-h', ['-h'], 0, USAGE],
    ['version', ['version'], 0, 'docker-credential-keyring (docker-keyring) v1.2.3\n'],
    ['--version', ['--version'], 0, 'docker-credential-keyring (docker-keyring) v1.2.3\n'],
    ['-v', ['-v'], 0, 'docker-credential-keyring (docker-keyring) v1.2.3\n'],
    ['what is none', ['help'], 1, 'docker-credential-keyring: unknown action: help\n'],
    ['toString', ['toString'], 1, 'docker-credential-keyring: unknown action: toString\n'],
    ['a line', ['a\nb'], 1, 'docker-credential-keyring: unknown action: a b\n'],
  ])('%s', async (_what, args, exitCode, stdout) => {
    const { host, calls } = await serve(args);
    expect(host.ending()).toEqual({ exitCode, stdout, stderr: '' });
    expect(calls).toEqual([]);
  });
});

describe('get', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['a server', 'r.test', 'r.test'],
    ['white space around it', ' \t r.test:5000 \r\n', 'r.test:5000'],
    ['lines, which are joined', 'https://\r\nr.test\n/v1/', 'https://r.test/v1/'],
    ["what Go's TrimSpace takes for white space", '\u00a0r.test\u0085\u3000', 'r.test'],
    ['a byte order mark, which is none', '\ufeffr.test', '\ufeffr.test'],
    ['bytes', Buffer.from('r.test\r'), 'r.test'],
  ])('reads %s', async (_what, stdin, server) => {
    const { host, calls } = await serve(['get'], stdin);
    const json = String.raw`"Username":"ada","Secret":"canary\u003c\u0026\u003e\"\u2028"`;
    expect(host.ending()).toEqual({
      exitCode: 0,
      stdout: `{"ServerURL":${JSON.stringify(server)},${json}}\n`,
      stderr: '',
    });
    expect(calls).toEqual([['open', server], 'close']);
  });

  test.each(['', ' \n\t'])('needs a server: %j', async (stdin) => {
    const { host, calls } = await serve(['get'], stdin);
    expect(host.ending()).toEqual({
      exitCode: 1,
      stdout: 'no credentials server URL\n',
      stderr: '',
    });
    expect(calls).toEqual([]);
  });

  test('refuses a megabyte', async () => {
    const { host } = await serve(['get'], 'x'.repeat(1024 * 1024 + 1));
    expect(host.ending().stdout).toBe('the input is longer than 1048576 bytes\n');
  });

  test.each<[unknown, string]>([
    [
      new HelperError('credentials not found in native keychain'),
      'credentials not found in native keychain\n',
    ],
    [new Error('two\nlines\n'), 'two lines\n'],
    [undefined, 'undefined\n'],
  ])('tells %p on standard output, and closes', async (reason, stdout) => {
    const { host, calls } = await serve(['get'], 'r.test', {
      async get() {
        throw reason;
      },
    });
    expect(host.ending()).toEqual({ exitCode: 1, stdout, stderr: '' });
    expect(calls).toEqual([['open', 'r.test'], 'close']);
  });
});

describe('store', () => {
  test.each<[string, string, HelperCredential]>([
    [
      'a credential',
      '{"ServerURL":"r.test","Username":"ada","Secret":"canary"}\n',
      { server: 'r.test', username: 'ada', secret: 'canary' },
    ],
    [
      'fields in any case, unknown ones, null, and what follows',
      '{"serverurl":"x","SERVERURL":"r.test",\n"username":"ada","Other":[1],"Secret":null} and more',
      { server: 'r.test', username: 'ada', secret: '' },
    ],
  ])('takes %s', async (_what, stdin, credential) => {
    const { host, calls } = await serve(['store'], stdin);
    expect(host.ending()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(calls).toEqual([['open', undefined], credential, 'close']);
  });

  test.each([
    ['{"Username":"ada","Secret":"canary"}', 'no credentials server URL'],
    ['null', 'no credentials server URL'],
    ['{"ServerURL":"r.test","Secret":"canary"}', 'no credentials username'],
    ['["canary"]', 'the credentials must be a JSON object'],
    ['{"ServerURL":"r.test","Secret":1}', 'ServerURL, Username and Secret must be strings'],
    ['{"Secret":"canary"', 'the credentials are malformed: the JSON ends too early'],
    ['', 'the credentials are malformed: the JSON ends too early'],
  ])('refuses %s', async (stdin, message) => {
    const { host, calls } = await serve(['store'], stdin);
    expect(host.ending()).toEqual({ exitCode: 1, stdout: `${message}\n`, stderr: '' });
    expect(calls).toEqual([]);
  });
});

test('erase reads a server', async () => {
  const { host, calls } = await serve(['erase'], 'r.test\n');
  expect(host.ending()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(calls).toEqual([['open', undefined], 'r.test', 'close']);
});

test('list ignores its input, and sorts', async () => {
  const { host } = await serve(['list'], 'unused');
  const stdout = String.raw`{"a.test":"\u003ctoken\u003e","b.test":"ada"}` + '\n';
  expect(host.ending()).toEqual({ exitCode: 0, stdout, stderr: '' });
});

test.each([
  ['a client that has gone away is no error', 'EPIPE', 0],
  ['an answer that cannot be written is one', 'ENOSPC', 1],
])('%s', async (_what, code, exitCode) => {
  type Listener = (error: NodeJS.ErrnoException) => void;
  const host = fakeHost(['version']);
  const listeners: Listener[] = [];
  const on = (_event: 'error', listener: Listener): unknown => listeners.push(listener);
  for (const stream of [host.stdout, host.stderr]) Object.assign(stream, { on });
  await serveHelperProtocol(host, IDENTITY, () => Promise.reject());
  expect(listeners).toHaveLength(2);
  for (const listener of listeners) listener(Object.assign(new Error(code), { code }));
  expect(host.exitCode).toBe(exitCode);
});
