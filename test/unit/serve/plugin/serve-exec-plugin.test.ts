import { describe, expect, test } from '@jest/globals';
import type { CredentialRequest, CredentialResponse } from '../../../../src/providers/contract.ts';
import { serveExecPlugin, type Servable } from '../../../../src/serve/index.ts';
import { answerOf, chunks, desk, request, serve, V1 } from '../serving.ts';

const IMAGE = 'reg.example.com/app';
const PASSWORD = { username: 'u', password: 'desk-password' };
const MINUTE_MS = 60_000;

function answering(response: Partial<CredentialResponse> | undefined): Servable {
  const whole = { auth: { 'reg.example.com': PASSWORD }, cacheKeyType: 'Registry', ...response };
  return desk({ provide: async () => (response && (whole as CredentialResponse)) ?? undefined });
}

describe('A provider that is served', () => {
  test.each(['v1', 'v1beta1', 'v1alpha1'])(
    'answers in the version %s it was asked in',
    async (name) => {
      const apiVersion = `credentialprovider.kubelet.k8s.io/${name}`;
      const served = await serve(desk(), request(IMAGE, { apiVersion }));
      expect(served).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answerOf(served)).toEqual({
        kind: 'CredentialProviderResponse',
        apiVersion,
        cacheKeyType: 'Registry',
        cacheDuration: '0s',
        auth: { 'reg.example.com': PASSWORD },
      });
    },
  );

  test('is told the image, the token and the annotations, whatever its own attributes are', async () => {
    const asked: CredentialRequest[] = [];
    const provider = desk({
      timeoutMs: 100,
      provide: async (one) => void asked.push(one),
    });
    const more = { serviceAccountToken: 'pod-token', serviceAccountAnnotations: { a: 'b' } };
    await serve(provider, request(IMAGE, more));
    expect(asked).toEqual([{ image: IMAGE, ...more, signal: expect.any(AbortSignal) }]);
  });

  test.each([
    ['nothing', undefined],
    ['an empty answer', { auth: {} }],
  ])('with %s for the image answers so, and nobody remembers that', async (_what, response) => {
    const served = await serve(answering(response), request(IMAGE));
    expect(served).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answerOf(served)).toEqual({
      kind: 'CredentialProviderResponse',
      apiVersion: V1,
      cacheKeyType: 'Image',
      cacheDuration: '0s',
    });
  });

  test.each<[string, Partial<CredentialResponse>, string]>([
    ['five minutes before its end', { expiresAt: inMs(60 * MINUTE_MS + 999) }, '55m0s'],
    ['not at all within the last five minutes', { expiresAt: inMs(5 * MINUTE_MS) }, '0s'],
    ['for as long as it says itself', { cacheDurationMs: 90_000 }, '1m30s'],
    ['no longer than it lives', { cacheDurationMs: 1e9, expiresAt: inMs(6 * MINUTE_MS) }, '1m0s'],
    ['a year at most', { cacheDurationMs: 1e15 }, '8760h0m0s'],
    ['not at all for an endless time', { cacheDurationMs: Infinity }, '0s'],
  ])('lets its answer be kept %s', async (_what, response, cacheDuration) => {
    const served = await serve(answering(response), request(IMAGE));
    expect(answerOf(served)).toMatchObject({ cacheDuration });
  });

  test('has its default duration where an answer says nothing', async () => {
    const served = await serve(desk({ defaultCacheDurationMs: 60_000 }), request(IMAGE));
    expect(answerOf(served)).toMatchObject({ cacheDuration: '1m0s' });
  });

  test('gives an answer for the image where it can make one of the scope', async () => {
    const forImage = (response: CredentialResponse): CredentialResponse => ({
      ...response,
      auth: { 'other.example.com': PASSWORD },
    });
    const served = await serve(desk({ forImage }), request(IMAGE));
    expect(answerOf(served)).toMatchObject({ auth: { 'other.example.com': PASSWORD } });
    const nothing = await serve(desk({ forImage: () => undefined as never }), request(IMAGE));
    expect(answerOf(nothing)).not.toHaveProperty('auth');
  });

  test('that fails is told of in one line, without secrets, and nothing is answered', async () => {
    const provider = desk({
      provide: async ({ serviceAccountToken }) => {
        throw new Error(`no\n\tluck with ${serviceAccountToken}\u001B[2J`);
      },
    });
    const asked = request(IMAGE, { serviceAccountToken: 'a-pod-token-of-length' });
    expect(await serve(provider, asked)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `docker-keyring: Provider "desk" failed for ${IMAGE}: it threw Error: ` +
        'no luck with [redacted]\uFFFD[2J\n',
    });
  });

  test('that needs a service account says what to configure where no token came', async () => {
    const tokenAttributes = {
      serviceAccountTokenAudience: 'a',
      cacheType: 'Token',
      requireServiceAccount: true,
    } as const;
    const served = await serve(desk({ tokenAttributes }), request(IMAGE));
    expect(served.exitCode).toBe(1);
    expect(served.stderr).toContain('give the plugin tokenAttributes');
    const token = { serviceAccountToken: 'pod-token' };
    expect((await serve(desk({ tokenAttributes }), request(IMAGE, token))).exitCode).toBe(0);
  });

  test.each(['identityToken', 'registryToken'])('cannot give an %s alone', async (field) => {
    const token = { username: '', password: '', [field]: 'secret-token' };
    const both = { username: 'u', password: 'desk-password', [field]: 'secret-token' };
    const alone = await serve(answering({ auth: { 'reg.example.com': token } }), request(IMAGE));
    expect(alone).toMatchObject({ exitCode: 1, stdout: '' });
    expect(alone.stderr).toBe(
      'docker-keyring: the credential for "reg.example.com" is an identity or registry token, which the ' +
        "kubelet's plugin API has no field for: give it a user name and a password or access token\n",
    );
    const auth = { 'reg.example.com': both, 'other.example.com': token };
    const served = await serve(answering({ auth, cacheDurationMs: 60_000 }), request(IMAGE));
    expect(served.exitCode).toBe(0);
    expect(served.stderr).toContain('"other.example.com"');
    expect(answerOf(served)).toMatchObject({
      cacheDuration: '0s',
      auth: { 'reg.example.com': PASSWORD },
    });
    expect(served.stdout).not.toContain('secret-token');
  });

  test('may give an empty password: to try without', async () => {
    const auth = { 'reg.example.com': { username: '', password: '' } };
    expect(answerOf(await serve(answering({ auth }), request(IMAGE)))).toMatchObject({ auth });
  });
});

describe('A request', () => {
  test.each([
    ['that is empty', '', 'Plugin "docker-keyring": the request cannot be used: there was none'],
    ['of another version', request(IMAGE, { apiVersion: 'v2' }), 'its apiVersion is none of'],
    ['that is too large', request('x'.repeat(3e6)), 'the request is larger than 2097152 bytes'],
  ])('%s is refused', async (_what, text, reason) => {
    const served = await serve(desk(), text);
    expect(served).toMatchObject({ exitCode: 1, stdout: '' });
    expect(served.stderr).toContain(reason);
  });

  test('may come in pieces', async () => {
    const bytes = Buffer.from(request(IMAGE));
    const stdin = chunks(bytes.subarray(0, 7), bytes.subarray(7));
    expect((await serve(desk(), '', { stdin })).exitCode).toBe(0);
  });

  test('that never ends is given up with the signal', async () => {
    const controller = new AbortController();
    const stdin: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => controller.abort(7)) }),
    };
    const served = await serve(desk(), '', { stdin, signal: controller.signal });
    expect(served).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'docker-keyring: something was thrown that is not an Error\n',
    });
  });
});

describe('Output', () => {
  const fails = { write: () => Promise.reject(new Error('EPIPE')) };

  test('that cannot be written is a failure', async () => {
    const served = await serve(desk(), request(IMAGE), { stdout: fails });
    expect(served).toEqual({ exitCode: 1, stdout: '', stderr: 'docker-keyring: EPIPE\n' });
  });

  test('that nobody can be told of is left', async () => {
    expect((await serve(desk(), '', { stderr: fails })).exitCode).toBe(1);
  });
});

describe('Wrong use', () => {
  test.each<[string, unknown, unknown, string]>([
    ['nothing', undefined, {}, 'serve a provider, a set of providers, or a keyring'],
    ['no provider', { name: 'x' }, {}, 'serve a provider, a set of providers, or a keyring'],
    ['no name', { provide() {} }, {}, 'the provider must have a name, matchImages and provide()'],
    ['an unknown option', desk(), { stdrr: 1 }, 'there is no option "stdrr"'],
    ['no stdin', desk(), { stdin: 'x' }, 'stdin must be an async iterable of text or bytes'],
    ['no stdout', desk(), { stdout: {} }, 'stdout must have write()'],
    ['no signal', desk(), { signal: {} }, 'signal must be an AbortSignal'],
    ['no cache', desk(), { sharedCache: true }, 'sharedCache must be { store, keys }'],
    [
      'no keys',
      desk(),
      { sharedCache: { store: new Map(), keys: ['x'] } },
      'sharedCache keys [0] must be 32 random bytes',
    ],
    ['no system', desk(), { system: 1 }, 'system must be a System'],
  ])('%s is a TypeError', async (_what, served, options, message) => {
    await expect(serveExecPlugin(served as Servable, options as object)).rejects.toThrow(message);
  });

  test('Everything else is right', async () => {
    const { signal } = new AbortController();
    expect(
      (await serve(desk(), request(IMAGE), { sharedCache: undefined, signal, system: undefined }))
        .exitCode,
    ).toBe(0);
  });
});

/** A time in the fake world, which begins with 2026. */
function inMs(ms: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + ms);
}

test('While a provider works, standard output is its own alone', async () => {
  const { stdout } = process;
  let seen: unknown;
  const stdin = chunks(request('reg.example.com/app'));
  const stderr = { write() {} };
  const provide = async (): Promise<never> => {
    seen = process.stdout;
    throw new Error('no answer, so that nothing is printed');
  };
  const exitCode = await serveExecPlugin(desk({ provide }), { stdin, stderr });
  expect({ exitCode, isError: seen === process.stderr }).toEqual({ exitCode: 1, isError: true });
  expect(process.stdout).toBe(stdout);
});
