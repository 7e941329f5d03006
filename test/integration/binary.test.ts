// The single executable on a machine without Node.js: under each of its names, started by a kubelet's own code, by crane and
// by skopeo, with modules of users, and damaged.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startFakeCloud } from 'docker-keyring/testing';
import {
  installBinary,
  mustSucceed,
  PROVIDER,
  programPath,
  request,
  type InstalledBinary,
} from './binary/installed-binary.ts';
import { execute, installPackages, type Ending } from './credential-helper/installed-helper.ts';
import { CRANE, goProgram, goProgramOf } from './registry/go-program.ts';
import { startRegistry, type Registry } from './registry/start-registry.ts';
import { CASES, ECR_IMAGE } from './serve-plugin-cases.ts';

const AUTHS = { auths: { 'r.example.com': { username: 'ada', password: 'hunter2' } } };
const IMAGE = 'r.example.com/team/app:1';

let binary: InstalledBinary;
const at = (name: string): string => join(binary.folder, name);

beforeAll(() => {
  binary = installBinary();
  writeFileSync(at('config.json'), JSON.stringify(AUTHS));
}, 600_000);
afterAll(() => binary.remove());

test('There is no Node.js on the PATH', async () => {
  await expect(binary.run('node', ['--version'])).rejects.toThrow('ENOENT');
});

describe('The executable is', () => {
  test.each(['docker-keyring', 'kubectl-keyring'])('docker-keyring as %s', async (name) => {
    const args = ['lookup', IMAGE, '--docker-config', at('config.json'), '--providers', 'none'];
    const { exitCode, stdout, stderr } = await binary.run(name, args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('r.example.com');
    expect(stdout).not.toContain('hunter2');
  });

  test('docker-credential-keyring by that name', async () => {
    const stored = JSON.stringify({ ServerURL: 'h.example.com', Username: 'u', Secret: 's' });
    const erase = { stdin: 'h.example.com' };
    const name = 'docker-credential-keyring';
    expect(await binary.run(name, ['store'], { stdin: stored })).toMatchObject({ exitCode: 0 });
    const { stdout } = await binary.run(name, ['get'], erase);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(stored));
    expect(await binary.run(name, ['erase'], erase)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await binary.run(name, ['version'])).toMatchObject({
      stdout: expect.stringMatching(/^docker-credential-keyring \(docker-keyring\) v\d/),
    });
  });

  test.each([
    ['docker-keyring-plugin', []],
    ['docker-keyring-plugin', ['plugin']],
    ['acme-credential-provider', []],
    ['docker-keyring', ['plugin']],
    ['docker-keyring', ['--verbose', 'plugin']],
  ])("the kubelet's plugin as %s %j", async (name, words) => {
    if (name.startsWith('acme')) binary.link(name, binary.file);
    const args = [...words, `--provider=config:${at('config.json')}`];
    const { exitCode, stdout } = await binary.run(name, args, { stdin: request(IMAGE) });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ auth: AUTHS.auths });
  });
});

const config = (): string[] => ['--docker-config', at('config.json')];

describe('The commands of the executable', () => {
  test('name the version, the commit and Node.js', async () => {
    const { stdout } = await binary.run('docker-keyring', ['--version']);
    expect(stdout).toMatch(
      /^\d+\.\d+\.\d+ \(commit [0-9a-f]{40}(?:-dirty)?, Node\.js 26\.\d+\.\d+\)\n$/,
    );
  });

  test.each<[string, () => readonly string[], number, string]>([
    ['--help', () => ['--help'], 0, 'Usage: docker-keyring'],
    ['help verify', () => ['help', 'verify'], 0, 'Usage: docker-keyring verify'],
    ['explain', () => ['explain', IMAGE, ...config(), '--providers', 'none'], 0, 'r.example.com'],
    ['config', () => ['config', ...config()], 0, '"auths"'],
    ['doctor', () => ['doctor', ...config(), '--providers', 'none'], 0, 'Node.js 26'],
    ['verify', () => ['verify', 'localhost:1/app', '--no-docker-config'], 3, 'localhost:1'],
    ['plugin config', () => ['plugin', 'config', '--provider=ecr'], 0, 'dkr.ecr'],
    [
      'secret create',
      () => ['secret', 'create', 's', '--from-file', at('config.json'), '-o', 'yaml'],
      0,
      'kubernetes.io/dockerconfigjson',
    ],
    ['secret validate', () => ['secret', 'validate', at('secret.yaml')], 0, 'ok: 1 secret'],
    ['an unknown one', () => ['no-such'], 2, ''],
  ])('work: %s', async (_name, args, exitCode, text) => {
    const made = ['secret', 'create', 's', '--from-file', at('config.json'), '-o', 'yaml'];
    writeFileSync(at('secret.yaml'), (await binary.run('docker-keyring', made)).stdout);
    const ended = await binary.run('docker-keyring', args());
    expect(ended).toMatchObject({ exitCode, stdout: expect.stringContaining(text) });
  });
});

interface Found {
  readonly credentials: readonly (readonly { username: string; password: string }[])[];
}

/** Configures a kubelet by `plugin config`, and lets its own code ask. */
async function askKubelet(
  args: readonly string[],
  question: { readonly images: readonly string[]; readonly [more: string]: unknown },
  env = {},
): Promise<Found & { readonly log: string }> {
  const configured = await binary.run('docker-keyring', ['plugin', 'config', ...args], { env });
  expect(configured).toMatchObject({ exitCode: 0, stderr: '' });
  writeFileSync(at('kubelet.yaml'), configured.stdout);
  const host = goProgramOf(join(import.meta.dirname, 'kubelet-host'), '.');
  const { stdout, stderr } = await binary.run(host, [], {
    stdin: JSON.stringify({ config: at('kubelet.yaml'), binDir: binary.bin, ...question }),
    env,
  });
  return { ...(JSON.parse(stdout) as Found), log: stderr };
}

describe("A kubelet's own code, with the SDKs inside the executable,", () => {
  test.each(CASES)(
    'gets the credentials of $provider for a node and for a service account',
    async ({ provider, image, cloud: options, username, given, pod, more = [] }) => {
      await using cloud = await startFakeCloud(options);
      const args = [`--provider=${provider}`, '--no-cache'];
      const own = await askKubelet(
        [...args, '--name=docker-keyring-plugin'],
        { images: [image] },
        cloud.env,
      );
      expect(own).toMatchObject({
        log: '',
        credentials: [[{ username, password: given(cloud).at(-1) }]],
      });
      const tokens = [...args, '--service-account-tokens', ...more];
      const pods = await askKubelet(tokens, { images: [image], ...pod }, cloud.env);
      expect(pods).toMatchObject({
        log: '',
        credentials: [[{ username, password: given(cloud).at(-1) }]],
      });
    },
  );

  test('gets the token that an earlier start has got', async () => {
    await using cloud = await startFakeCloud({ machine: 'aws' });
    const args = ['--provider=ecr', `--cache-dir=${at('cache')}`];
    mkdirSync(at('cache'), { mode: 0o700 });
    const first = await askKubelet(args, { images: [ECR_IMAGE] }, cloud.env);
    expect(await askKubelet(args, { images: [ECR_IMAGE] }, cloud.env)).toEqual(first);
    expect(cloud.ecr.tokens).toHaveLength(1);
  });

  test('gets what a module of a user answers', async () => {
    writeModule('provider.mjs', 'export default await Promise.resolve(PROVIDER);');
    const { credentials, log } = await askKubelet(
      [`--provider=module:${at('provider.mjs')}`, '--no-cache'],
      {
        images: ['m.example.com/app'],
      },
    );
    expect({ credentials, log }).toEqual({
      credentials: [[{ username: 'u', password: 'p' }]],
      log: '',
    });
  });
});

function writeModule(name: string, code: string): void {
  mkdirSync(resolve(at(name), '..'), { recursive: true });
  writeFileSync(at(name), code.replace('PROVIDER', PROVIDER));
}

const serve = (name: string, program = 'docker-keyring-plugin'): Promise<Ending> =>
  binary.run(program, [`--provider=module:${at(name)}`, '--no-cache'], {
    stdin: request('m.example.com/app'),
  });

describe('A module', () => {
  test.each([
    ['an ES module', 'm/esm.mjs', "import 'node:os'; export default PROVIDER;"],
    ['one with top-level await', 'm/await.mjs', 'await null; export default PROVIDER;'],
    ['CommonJS', 'm/common.cjs', "require('node:os'); module.exports = PROVIDER;"],
    ['TypeScript', 'm/typed.mts', 'const provider: object = PROVIDER; export default provider;'],
    ['TypeScript, as ES modules', 't/typed.ts', 'const p: object = PROVIDER; export default p;'],
    ['one with a file beside it', 'm/near.mjs', "export { default } from './esm.mjs';"],
    ['CommonJS with a file beside it', 'm/near.cjs', "module.exports = require('./common.cjs');"],
    ['one with a package beside it', 'm/packed.mjs', "export { default } from 'beside';"],
  ])('works: %s', async (_what, name, code) => {
    writeModule('m/node_modules/beside/index.js', 'module.exports = PROVIDER;');
    writeModule('t/package.json', '{"type":"module"}');
    writeModule('m/esm.mjs', 'export default PROVIDER;');
    writeModule('m/common.cjs', 'module.exports = PROVIDER;');
    writeModule(name, code);
    const { exitCode, stdout, stderr } = await serve(name);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('"password":"p"');
  });

  test.each([
    ['a package that is not there', 'm/lost.mjs', "import 'nowhere';", "package 'nowhere'"],
    ['docker-keyring itself', 'm/self.mjs', "import 'docker-keyring';", "package 'docker-keyring'"],
    ['the same by require', 'm/self.cjs', "require('docker-keyring');", "package 'docker-keyring'"],
  ])('cannot import %s, and says so in one line', async (_what, name, code, named) => {
    writeModule(name, code);
    expect(await serve(name)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `docker-keyring: ${at(name)} could not be loaded: it imports the ${named}, which is not installed beside it; ` +
        'install it in a node_modules folder there, or bundle the module into one file\n',
    });
  });
});

describe('docker-credential-keyring of the executable gives to', () => {
  let registry: Registry;
  let image = '';

  beforeAll(async () => {
    installPackages({
      'docker-registry': 'docker-registry',
      skopeo: 'skopeo',
      htpasswd: 'apache2-utils',
    });
    registry = await startRegistry({ directory: binary.folder, users: { ada: 'hunter2' } });
    image = `${registry.host}/team/tiny:1`;
    binary.link('crane', goProgram(CRANE));
    binary.link('skopeo', programPath('skopeo'));
    mkdirSync(binary.env['DOCKER_CONFIG'] as string);
    const helpers = { credHelpers: { [registry.host]: 'keyring' } };
    writeFileSync(
      join(binary.env['DOCKER_CONFIG'] as string, 'config.json'),
      JSON.stringify(helpers),
    );
    const login = ['auth', 'login', '-u', 'ada', '--password-stdin', registry.host];
    mustSucceed(await binary.run('crane', login, { stdin: 'hunter2' }));
    execute('tar', ['-cf', at('layer.tar'), '-C', binary.folder, 'config.json']);
    const push = ['append', '--new_layer', at('layer.tar'), '--new_tag', image];
    mustSucceed(await binary.run('crane', push));
  }, 600_000);
  afterAll(() => registry.close());

  test.each(['crane', 'skopeo'])('%s what a login has stored', async (client) => {
    const words = {
      crane: ['pull', image, at('crane.tar')],
      skopeo: [
        'copy',
        '--insecure-policy',
        '--src-tls-verify=false',
        `docker://${image}`,
        `dir:${at('copy')}`,
      ],
    };
    const { exitCode, stderr } = await binary.run(client, words[client as keyof typeof words]);
    expect({ exitCode, stderr: stderr.includes('hunter2') }).toEqual({
      exitCode: 0,
      stderr: false,
    });
    const without = { env: { DOCKER_CONFIG: at('nobody'), REGISTRY_AUTH_FILE: at('nobody.json') } };
    const args = words[client as keyof typeof words].map((word) =>
      word.replace(at('copy'), at('no')),
    );
    expect(await binary.run(client, args, without)).toMatchObject({ exitCode: 1 });
  });
});
