import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createTestCertificate } from '../../src/testing/tls/certificates.ts';
import { consumer, manifest, moduleNames, nodes, run } from './consumer.ts';

const LOOKUP = `
  const auths = { 'registry.example.com': { username: 'robot', password: 'canary' } };
  const keyring = createKeyring({
    dockerConfig: false,
    providers: [],
    pullSecrets: [{
      apiVersion: 'v1', kind: 'Secret', metadata: { name: 'regcred', namespace: 'default' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
    }],
  });
  keyring.lookup('registry.example.com/app:1').then((found) => {
    console.log(String(found[0]?.username), String(found[0]));
  });
`;

/** Registries with these certificates, asked with the first one's authority and without. */
const ASK = `
  import { createKeyring } from 'docker-keyring';
  import { registryFetch } from 'docker-keyring/registry';
  import { startFakeServer } from 'docker-keyring/testing';
  const keyring = createKeyring({ dockerConfig: false, providers: [] });
  for (const ca of [certificates[0].ca, undefined]) {
    const fetch = registryFetch(keyring, { ca, retries: 0 });
    for (const tls of certificates) {
      const server = await startFakeServer(() => ({}), { tls });
      await fetch(server.url + '/v2/').then(
        ({ status }) => console.log(status),
        ({ code }) => console.log(code),
      );
      await server.close();
    }
  }`;

test('Node 20, 22, 24 and 26 are among the tried ones on Linux', () => {
  const majors = nodes.map(({ path }) => run(path, ['-p', 'process.versions.node.split(".")[0]']));
  const expected = process.platform === 'linux' ? ['20\n', '22\n', '24\n', '26\n'] : [];
  expect(majors.map(({ stdout }) => stdout)).toEqual(expect.arrayContaining(expected));
});

describe.each(nodes)('On Node $name', ({ path: node }) => {
  const evaluate = (type: 'module' | 'commonjs', code: string) =>
    run(node, [`--input-type=${type}`, '--eval', code]);

  test('import gives a keyring that finds a credential', () => {
    const code = `import { createKeyring } from 'docker-keyring'; ${LOOKUP}`;
    const { status, stdout, stderr } = evaluate('module', code);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^robot Credential \{.*\[redacted\]/);
    expect(stdout).not.toContain('canary');
  });

  test('no way of inspecting a credential or a document calls its getters', () => {
    const options = '{ customInspect: false, getters: true, showHidden: true, depth: 9 }';
    const code = `import { createKeyring } from 'docker-keyring';
      import { inspect } from 'node:util';
      const auths = { 'r.test': { username: 'robot', password: 'canary' } };
      const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets: [{
        metadata: { name: 's' }, type: 'kubernetes.io/dockerconfigjson',
        stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
      }] });
      const found = [await keyring.lookup('r.test/a'), await keyring.toDockerConfig()];
      console.log(inspect(found, ${options}), found[0][0].password);`;
    const { stdout, stderr } = evaluate('module', code);
    expect(stderr).toBe('');
    expect(stdout.match(/canary/g)).toHaveLength(1);
    expect(stdout).not.toContain(Buffer.from('robot:canary').toString('base64').slice(4));
  });

  test('require gives a keyring that finds a credential, without flag or warning', () => {
    const code = `const { createKeyring } = require('docker-keyring'); ${LOOKUP}`;
    const { status, stdout, stderr } = evaluate('commonjs', code);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^robot Credential /);
  });

  test.each(moduleNames)('import and require of %s give the same objects', (name) => {
    const code = `
      const required = require('${name}');
      import('${name}').then((imported) => {
        const names = Object.keys(imported).sort();
        const same = names.filter((each) => imported[each] === required[each]);
        console.log(JSON.stringify({ names, same, required: Object.keys(required).sort() }));
      });`;
    const { stderr, stdout } = evaluate('commonjs', code);
    expect(stderr).toBe('');
    const { names, same, required } = JSON.parse(stdout) as Record<string, string[]>;
    expect(names).not.toEqual([]);
    expect(same).toEqual(names);
    expect(required?.filter((each) => each !== '__esModule')).toEqual(names);
  });

  test('a class is the same whichever entry it comes from', () => {
    const code = `
      import { errors } from 'docker-keyring';
      import { ManifestError } from 'docker-keyring/kubernetes';
      import { PluginConfigError } from 'docker-keyring/providers';
      import { RegistryAuthError } from 'docker-keyring/registry';
      const classes = { ManifestError, PluginConfigError, RegistryAuthError };
      console.log(Object.keys(classes).filter((name) => classes[name] === errors[name]).join());`;
    const { stdout, stderr } = evaluate('module', code);
    expect({ stdout, stderr }).toEqual({
      stdout: 'ManifestError,PluginConfigError,RegistryAuthError\n',
      stderr: '',
    });
  });

  test("a registry's own authority is trusted beside those of NODE_EXTRA_CA_CERTS", async () => {
    const own = await createTestCertificate(['127.0.0.1']);
    const extra = await createTestCertificate(['127.0.0.1']);
    const file = join(consumer, 'extra.pem');
    writeFileSync(file, extra.ca);
    const code = `const certificates = ${JSON.stringify([own, extra])}; ${ASK}`;
    const args = ['--input-type=module', '--eval', code];
    const { stdout, stderr } = run(node, args, { env: { NODE_EXTRA_CA_CERTS: file } });
    expect({ stdout, stderr }).toEqual({
      stdout: '200\n200\nERR_KEYRING_REGISTRY_UNAVAILABLE\n200\n',
      stderr: '',
    });
  });

  test('package.json can be read and inner files cannot be imported', () => {
    const code = `
      const inner = (() => { try { return require.resolve('docker-keyring/dist/errors.js'); } catch (e) { return e.code; } })();
      console.log(require('docker-keyring/package.json').version, inner);`;
    const { stdout } = evaluate('commonjs', code);
    expect(stdout).toBe(`${manifest.version} ERR_PACKAGE_PATH_NOT_EXPORTED\n`);
  });

  test.each(Object.keys(manifest.bin))('%s --help works as installed by npm', (name) => {
    const script = join(consumer, 'node_modules', '.bin', name);
    const { status, stdout, stderr } = run(node, [script, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(name);
  });
});

test.each([
  ['docker-keyring', `${manifest.version} (Node.js ${process.versions.node})`],
  // As Docker's helpers do.
  ['docker-credential-keyring', `docker-credential-keyring (docker-keyring) v${manifest.version}`],
])('%s --version gives the version of what is installed', (name, expected) => {
  const { status, stdout } = run(join(consumer, 'node_modules', '.bin', name), ['--version']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${expected}\n` });
});
