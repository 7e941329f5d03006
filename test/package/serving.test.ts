// The installed programs that others start: a kubelet's plugin, and a docker credential helper.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, manifest, nodes, run, type Finished } from './consumer.ts';

const PROVIDER = `
  export default {
    name: 'mine',
    matchImages: ['r.test'],
    async provide({ image }) {
      const auth = { [image]: { username: 'me', password: 'hunter2' } };
      return { auth, cacheKeyType: 'Image', cacheDurationMs: 60_000 };
    },
  };
`;
const TYPED = PROVIDER.replace('{ image })', '{ image }: { image: string })');
const REQUEST = JSON.stringify({
  kind: 'CredentialProviderRequest',
  apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
  image: 'r.test/app',
});
const ANSWER = {
  kind: 'CredentialProviderResponse',
  apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
  cacheKeyType: 'Image',
  // What has passed since the provider answered counts.
  cacheDuration: expect.stringMatching(/^(?:1m0|5\d)s$/),
  auth: { 'r.test/app': { username: 'me', password: 'hunter2' } },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-keyring-serving-'));
  writeFileSync(join(folder, 'mine.mjs'), PROVIDER);
  writeFileSync(join(folder, 'mine.mts'), TYPED);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A home of its own. */
function environment(): Record<string, string> {
  return { HOME: folder };
}

describe.each(nodes)('On Node $name', ({ path: node }) => {
  const version = run(node, ['-p', 'process.versions.node']).stdout;
  const runsTypeScript = Number(version.split('.')[0]) >= 22;

  function plugin(program: string, module: string): Finished {
    const args = [join(installed, 'dist/cli', program), 'plugin'];
    const provider = `--provider=module:${join(folder, module)}`;
    return run(node, [...args, provider, '--no-cache'], { input: REQUEST, env: environment() });
  }

  test.each(['docker-keyring.js', 'plugin.cjs'])(
    '%s serves a provider of JavaScript',
    (program) => {
      const { status, stdout, stderr } = plugin(program, 'mine.mjs');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(ANSWER);
    },
  );

  test('a provider of TypeScript is served, or refused in a sentence, as that Node can', () => {
    const { status, stdout, stderr } = plugin('plugin.cjs', 'mine.mts');
    expect(status).toBe(runsTypeScript ? 0 : 1);
    expect(stdout === '' ? undefined : JSON.parse(stdout)).toEqual(
      runsTypeScript ? ANSWER : undefined,
    );
    expect(stderr).toMatch(runsTypeScript ? /^$/ : /^docker-keyring: .*TypeScript.*\n$/);
  });

  test('docker-credential-keyring says its version, and knows nothing of an unknown server', () => {
    const helper = join(installed, 'dist/cli/docker-credential-keyring.js');
    const told = run(node, [helper, 'version'], { env: environment() });
    expect(told.stdout).toContain(manifest.version);
    const asked = run(node, [helper, 'get'], { input: 'https://r.test', env: environment() });
    expect(asked).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^credentials not found in native keychain\n?$/),
    });
  });
});
