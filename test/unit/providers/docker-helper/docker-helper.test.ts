import { describe, expect, test } from '@jest/globals';
import { matchesImage } from '../../../../src/keyring/match.ts';
import type { CredentialResponse } from '../../../../src/providers/contract.ts';
import {
  dockerHelper,
  type DockerHelperOptions,
} from '../../../../src/providers/docker-helper/docker-helper.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';

const { signal } = new AbortController();

function helperSystem(document: unknown = { Username: 'u', Secret: 's' }): FakeSystem {
  return fakeSystem({ run: () => ({ stdout: JSON.stringify(document) }) });
}

describe('dockerHelper', () => {
  test('asks its helper about the host and port of an image', async () => {
    const system = helperSystem();
    const provider = dockerHelper('pass', { system });
    await expect(provider.provide({ image: 'r.test:5000/team/app', signal })).resolves.toEqual({
      auth: { 'r.test:5000': { username: 'u', password: 's' } },
      cacheKeyType: 'Registry',
    });
    expect(provider).toMatchObject({ name: 'docker-helper:pass', defaultCacheDurationMs: 30_000 });
    expect(system.runs).toMatchObject([
      { command: 'docker-credential-pass', stdin: 'r.test:5000', timeoutMs: 10_000, signal },
    ]);
  });

  test('asks about Docker Hub as Docker does', async () => {
    const system = helperSystem();
    const provider = dockerHelper('pass', { system });
    const response = await provider.provide({ image: 'docker.io/library/nginx', signal });
    expect(Object.keys(response?.auth ?? {})).toEqual(['https://index.docker.io/v1/']);
    expect(system.runs).toMatchObject([{ stdin: 'https://index.docker.io/v1/' }]);
  });

  test('has nothing where the helper has nothing', async () => {
    const provider = dockerHelper('pass', { system: helperSystem({}) });
    await expect(provider.provide({ image: 'r.test/a', signal })).resolves.toBeUndefined();
  });

  test.each([
    ['localhost/app', true],
    ['docker.io/library/nginx', true],
    ['a.b.c.d.e.f.g.h/app', true],
    ['a.b.c.d.e.f.g.h.i/app', false],
    ['r.test:5000/app', false],
  ])('is by default for %s: %s', (image, isFor) => {
    const { matchImages } = dockerHelper('pass');
    expect(matchImages.some((pattern) => matchesImage(pattern, image))).toBe(isFor);
  });

  test('takes what its options say', async () => {
    const system = helperSystem();
    const provider = dockerHelper('pass', {
      system,
      matchImages: ['r.test:5000'],
      cacheDurationMs: 0,
      timeoutMs: 500,
      env: { PASSWORD_STORE_DIR: '/store' },
    });
    expect(provider).toMatchObject({ matchImages: ['r.test:5000'], defaultCacheDurationMs: 0 });
    await provider.provide({ image: 'r.test:5000/a', signal });
    expect(system.runs).toMatchObject([{ timeoutMs: 500, env: { PASSWORD_STORE_DIR: '/store' } }]);
  });

  test('is not changed by what happens to its options afterwards', async () => {
    const matchImages = ['r.test'];
    const env: Record<string, string> = { A: '1' };
    const system = helperSystem();
    const provider = dockerHelper('pass', { system, matchImages, env });
    matchImages.push('evil.test');
    env['PATH'] = '/evil';
    await provider.provide({ image: 'r.test/a', signal });
    expect(provider.matchImages).toEqual(['r.test']);
    expect(system.runs[0]?.env).toEqual({ A: '1' });
  });
});

describe('The scope of an answer', () => {
  test('is the server', () => {
    const provider = dockerHelper('pass');
    const scopes = ['r.test/a', 'r.test/b/c', 'r.test:5000/a', 'docker.io/library/nginx'].map(
      (image) => provider.cacheScope?.(image),
    );
    expect(scopes).toEqual(['r.test', 'r.test', 'r.test:5000', 'https://index.docker.io/v1/']);
  });

  test('is another one in another environment, in whatever order that is written', () => {
    const scopes = [{}, { A: '1', B: '2' }, { B: '2', A: '1' }, { A: '1', B: 'canary' }].map(
      (env) => dockerHelper('pass', { env }).cacheScope?.('r.test/a'),
    );
    expect(scopes[1]).toBe(scopes[2]);
    expect(new Set(scopes).size).toBe(3);
    expect(scopes.join()).not.toContain('canary');
  });
});

function serverFor(image: string): string {
  return `https://hub.test/${image.split('/')[1]}`;
}

describe('serverFor', () => {
  test('says what the helper is asked about; the answer is for the image’s registry', async () => {
    const system = helperSystem();
    const provider = dockerHelper('pass', { system, serverFor });
    await expect(provider.provide({ image: 'r.test/team/app', signal })).resolves.toEqual({
      auth: { 'r.test': { username: 'u', password: 's' } },
      cacheKeyType: 'Image',
    });
    expect(system.runs).toMatchObject([{ stdin: 'https://hub.test/team' }]);
    expect(provider.cacheScope?.('r.test/team/app')).toBe('https://hub.test/team');
  });

  test('may give one server for several registries, whose answers differ in the key only', () => {
    const provider = dockerHelper('pass', { serverFor });
    const entry = { username: 'u', password: 's' };
    const response: CredentialResponse = { auth: { 'r.test': entry }, cacheKeyType: 'Image' };
    expect(provider.cacheScope?.('other.test/team/x')).toBe('https://hub.test/team');
    expect(provider.forImage?.(response, 'other.test/team/x')).toEqual({
      auth: { 'other.test': entry },
      cacheKeyType: 'Image',
    });
  });

  test.each<[string, unknown]>([
    ['no text', () => undefined],
    ['an empty text', () => ''],
    ['a line break', () => 'a\nb'],
    ['a quote', () => "a'b"],
    [
      'an error',
      () => {
        throw new Error('canary');
      },
    ],
  ])('that gives %s is a failure, and runs nothing', async (_what, wrong) => {
    const system = helperSystem();
    const provider = dockerHelper('pass', {
      system,
      serverFor: wrong as (image: string) => string,
    });
    expect(provider.cacheScope?.('r.test/a')).toBeUndefined();
    await expect(provider.provide({ image: 'r.test/a', signal })).rejects.toThrow(
      'serverFor must give a text of printable ASCII',
    );
    expect(system.runs).toEqual([]);
  });
});

describe('A wrong argument is a TypeError:', () => {
  test.each<[unknown, unknown, string]>([
    ['../pass', {}, 'dockerHelper: a helper\'s name is what follows "docker-credential-"'],
    [5, {}, 'dockerHelper: a helper\'s name is what follows "docker-credential-"'],
    ['pass', null, 'dockerHelper: the options must be an object'],
    ['pass', { timeout: 1 }, 'dockerHelper: there is no option "timeout"; there are matchImages,'],
    ['pass', { matchImages: 'r.test' }, 'dockerHelper: matchImages must be an array of strings'],
    ['pass', { matchImages: [5] }, 'dockerHelper: matchImages must be an array of strings'],
    ['pass', { cacheDurationMs: -1 }, 'dockerHelper: cacheDurationMs must be a number of'],
    ['pass', { cacheDurationMs: Number.NaN }, 'dockerHelper: cacheDurationMs must be a number of'],
    ['pass', { cacheDurationMs: 2 ** 31 }, 'dockerHelper: cacheDurationMs must be a number of'],
    ['pass', { timeoutMs: 0 }, 'dockerHelper: timeoutMs must be a number of milliseconds from 1'],
    ['pass', { timeoutMs: '5' }, 'dockerHelper: timeoutMs must be a number of milliseconds'],
    ['pass', { env: 'A=1' }, 'dockerHelper: env must be an object of strings'],
    ['pass', { env: { A: 1 } }, 'dockerHelper: env must be an object of strings'],
    ['pass', { serverFor: 'r.test' }, 'dockerHelper: serverFor must be a function'],
    ['pass', { system: 5 }, 'dockerHelper: system must be a System'],
  ])('%p, %p', (name, options, message) => {
    const call = (): unknown => dockerHelper(name as string, options as DockerHelperOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  test('an option that is undefined is none', () => {
    expect(dockerHelper('pass', { env: undefined, timeoutMs: undefined }).name).toBe(
      'docker-helper:pass',
    );
  });
});

describe('diagnose', () => {
  test('says for each server whether the helper has credentials', async () => {
    const system = fakeSystem({
      run: ({ stdin }) => ({
        stdout: stdin === 'r.test' ? '{"Username":"u","Secret":"canary"}' : '{}',
      }),
    });
    const images = ['r.test/a', 'r.test/b', 'docker.io/library/nginx'];
    const diagnoses = await dockerHelper('pass', { system }).diagnose?.({ images, signal });
    expect(diagnoses).toEqual([
      { status: 'ok', subject: 'helper', message: 'it has credentials for r.test' },
      {
        status: 'warning',
        subject: 'helper',
        message: 'it has no credentials for https://index.docker.io/v1/',
        hint: 'docker login https://index.docker.io/v1/',
      },
    ]);
    expect(system.runs).toHaveLength(2);
  });

  test('says without images whether it answers at all', async () => {
    const works = dockerHelper('pass', { system: helperSystem({}) });
    await expect(works.diagnose?.({ images: [], signal })).resolves.toEqual([
      { status: 'ok', subject: 'helper', message: 'it answers' },
    ]);
    const isMissing = dockerHelper('pass', { system: fakeSystem() });
    await expect(isMissing.diagnose?.({ images: [], signal })).resolves.toEqual([
      {
        status: 'failure',
        subject: 'helper',
        message:
          "docker-credential-pass is not on the PATH: install it, or leave out dockerHelper('pass')",
      },
    ]);
  });

  test('rejects when the caller stops', async () => {
    const provider = dockerHelper('pass', { system: helperSystem() });
    const aborted = AbortSignal.abort(new Error('no longer'));
    await expect(provider.diagnose?.({ images: [], signal: aborted })).rejects.toThrow('no longer');
  });
});
