import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { config, manifests, run, secret } from '../run.ts';

const files = {
  '/cwd/config.json': `{
  "auths": {
    "ghcr.io": {"auth": "${Buffer.from('octocat:canary').toString('base64')}"},
    "ghcr.io:8080": {"auth": "${Buffer.from('port:canary').toString('base64')}"},
    "quay.io": {"auth": "canary!"}
  }
}`,
  '/cwd/secrets.yaml': manifests(
    secret('ghcr', config({ 'ghcr.io/ac': 'robot:canary' }), 'shop'),
    secret('empty', '{"auths": {}}', 'shop'),
    secret('two', config({ 'ghcr.io/acme': 'a:b', 'ghcr.io': 'c:d' }), 'shop'),
    { kind: 'Secret', metadata: { name: 'other' }, type: 'Opaque' },
  ),
};

const line =
  'explain ghcr.io/acme --secret secrets.yaml --docker-config config.json --docker-config none';

const plain = `ghcr.io/acme
 --> ghcr.io/acme:latest
  = it has neither tag nor digest, so the tag is latest
  = credentials are looked up for ghcr.io/acme, whatever the tag or digest

layer 1: pull secrets
  ✓ secret shop/ghcr: its entry matches
      ✓ ghcr.io/ac  host and port match, and the path is a prefix of the image's
  · secret shop/empty: it has no entries
  ✓ secret shop/two: 2 of 2 entries match
      ✓ ghcr.io/acme  host and port match, and the path is a prefix of the image's
      ✓ ghcr.io       host and port match
  · secret other: ignored: its type is "Opaque", and so neither kubernetes.io/dockerconfigjson nor kubernetes.io/dockercfg
layer 2: node configuration
  ✓ config.json: 1 of 2 entries matches
      ✓ ghcr.io       host and port match
      ≠ ghcr.io:8080  the entry has port 8080, the image no port; ports are compared as text
      ✗ config.json:5:5: entry "quay.io": "auth" is not base64
  · none/config.json: there is no such file
  · none/.dockercfg: there is no such file
  · none/auth.json: there is no such file
layer 3: providers
  · not asked, because none of their matchImages matches: ecr, gcr, acr

answer: 4 credentials, tried in this order
  1.  a        ghcr.io/acme  from secret shop/two
  2.  robot    ghcr.io/ac    from secret shop/ghcr
  3.  c        ghcr.io       from secret shop/two
  4.  octocat  ghcr.io       from config.json

warning: ghcr.io/ac matches although it ends within a segment: the kubelet compares paths as plain text
  = hint: write ghcr.io/ac/ to cover only what is below it, or use pathMatching 'segment' here
`;

describe('explain', () => {
  test('says who gets which credentials, in which order, from where and why', async () => {
    const result = await run(line, { files: { ...files, '/cwd/none/x': '' } });
    expect(result).toMatchObject({ exitCode: 0, stderr: '', stdout: plain });
  });

  test('breaks its lines at the width of the terminal, and colours them', async () => {
    const { stdout } = await run(line, {
      files: { ...files, '/cwd/none/x': '' },
      isTTY: true,
      columns: 60,
    });
    expect(stdout).toContain('\u001b[32m✓\u001b[39m');
    const shown = stripVTControlCharacters(stdout);
    expect(Math.max(...shown.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(shown.replaceAll(/\s+/g, ' ')).toBe(plain.replaceAll(/\s+/g, ' '));
  });

  test('puts a reason below a long key', async () => {
    const key = `${'long.'.repeat(8)}test`;
    const { stdout } = await run(`explain ${key}/x --docker-config c.json`, {
      files: { '/cwd/c.json': config({ [key]: 'a:b' }) },
      env: { COLUMNS: '40' },
    });
    expect(stdout).toContain(`      ✓ ${key}\n        host and port match\n`);
    expect(stdout).toContain(`  1.  a  ${key}\n      from c.json\n`);
  });

  test('says so when there is nothing', async () => {
    const result = await run(
      'explain ghcr.io/x:1@sha256:' + 'a'.repeat(64) + ' --no-docker-config --providers none',
    );
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe(`ghcr.io/x:1@sha256:${'a'.repeat(64)}
 --> ghcr.io/x:1@sha256:${'a'.repeat(64)}
  = credentials are looked up for ghcr.io/x, whatever the tag or digest

layer 1: pull secrets: none
layer 2: node configuration: not read
layer 3: providers: none

answer: no credentials; a node pulls the image anonymously
`);
  });

  test.each([
    ['ghcr.io:1/x', '2 entries above (≠) nearly match'],
    ['ghcr.io:8080/x', ''],
    ['one.test/x --docker-config one.json', '1 entry above (≠) nearly matches'],
    ['other.test/x', ''],
  ])('points for %s to %j', async (image, note) => {
    const { stdout } = await run(`explain ${image} --docker-config config.json`, {
      files: { ...files, '/cwd/one.json': config({ 'one.test:1': 'a:b' }) },
    });
    expect(stdout.split('  = note: ')[1] ?? '').toBe(note === '' ? '' : `${note}\n`);
  });

  test('counts the entries that have nothing in common with the image', async () => {
    const others = Object.fromEntries(
      Array.from({ length: 13 }, (_, at) => [`o${at}.test`, 'a:b']),
    );
    const world = { '/cwd/c.json': config({ 'a.test': 'a:b', ...others }) };
    const some = await run('explain a.test/x --docker-config c.json', { files: world });
    expect(some.stdout).toContain('      13 other entries have nothing in common with the image\n');
    const none = await run('explain d.other/x --docker-config c.json', { files: world });
    expect(none.stdout).toContain('  · c.json: none of its 14 entries matches\n');
  });

  test('says that a kubelet fails the pull over a malformed secret, and explains the rest', async () => {
    const result = await run('explain ghcr.io/x --secret s.yaml --docker-config config.json', {
      files: { ...files, '/cwd/s.yaml': manifests(secret('bad', '{"auths": canary', 'shop')) },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('  ✗ secret shop/bad: skipped: it is malformed\n');
    expect(result.stdout).toContain('answer: 1 credential\n');
    expect(result.stdout).toContain(
      'error: a kubelet fails this pull: secret shop/bad is malformed\n  = note: Pull secret shop/bad',
    );
    expect(result.stdout).not.toContain('canary');
  });

  test('explains the other images when one is none', async () => {
    const result = await run('explain ghcr.io/X ghcr.io/x --docker-config config.json', { files });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/^ghcr.io\/X\n\nerror: not an image reference: /);
    expect(result.stdout).toContain(
      '  = hint: a kubelet reports InvalidImageName and does not pull',
    );
    expect(result.stdout).toContain('octocat');
  });

  test('prints JSON', async () => {
    const result = await run('explain ghcr.io/X ghcr.io/x -o json --docker-config config.json', {
      files,
    });
    expect(JSON.parse(result.stdout)).toMatchObject([
      { image: 'ghcr.io/X', error: { code: 'ERR_KEYRING_REFERENCE_INVALID' } },
      { image: 'ghcr.io/x', credentials: [{ username: 'octocat' }] },
    ]);
    expect(result.stdout).not.toContain('canary');
  });

  test('does not go on after an error of another kind', async () => {
    const result = await run('explain ghcr.io/x --secret s.yaml', {
      files: { '/cwd/s.yaml': '{' },
    });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^docker-keyring: s.yaml:1:2: the JSON ends too early\n$/);
  });
});
