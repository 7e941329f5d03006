import { describe, expect, test } from '@jest/globals';
import { config, manifests, run, secret } from '../run.ts';

const files = {
  '/home/user/.docker/config.json': config({ 'ghcr.io': 'octocat:canary-1' }),
  '/cwd/node.json': config({ 'ghcr.io': 'node:canary-2', 'quay.io/acme': 'acme:canary-3' }),
  '/cwd/tokens.json': JSON.stringify({
    auths: {
      'a.test': { identitytoken: 'canary-4' },
      'b.test': { registrytoken: 'canary-5' },
      'c.test': {},
      'e.test': { auth: 'MDAwMDAwMDAtMDAwMDo=', identitytoken: 'canary-4' },
      'd.test': { auth: Buffer.from('canary-6:canary-6').toString('base64') },
    },
  }),
  '/cwd/secrets.yaml': manifests(
    secret('ghcr', config({ 'ghcr.io/acme': 'robot:canary-7' }), 'shop'),
  ),
};

describe('lookup', () => {
  test('prints the credentials of each image in order, without secrets', async () => {
    const result = await run(
      'lookup ghcr.io/acme/app ghcr.io/other --docker-config node.json --secret secrets.yaml',
      { files },
    );
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toBe(`ghcr.io/acme/app
  1.  robot  ghcr.io/acme  from secret shop/ghcr
  2.  node   ghcr.io       from node.json

ghcr.io/other
  1.  node  ghcr.io  from node.json
`);
  });

  test("reads this machine's own configuration unless told otherwise", async () => {
    const own = await run('lookup ghcr.io/x', { files });
    expect(own.stdout).toContain('octocat  ghcr.io  from ~/.docker/config.json');
    const none = await run('lookup ghcr.io/x --no-docker-config', { files });
    expect(none).toMatchObject({
      exitCode: 1,
      stdout: 'ghcr.io/x\n  no credentials: a node pulls anonymously\n',
    });
  });

  test('takes the last word on --docker-config and --no-docker-config', async () => {
    const given = await run('lookup ghcr.io/x --no-docker-config --docker-config node.json', {
      files,
    });
    expect(given.stdout).toContain('node');
    const none = await run('lookup ghcr.io/x --docker-config node.json --no-docker-config', {
      files,
    });
    expect(none.exitCode).toBe(1);
  });

  test('reads several files, and directories', async () => {
    const { stdout } = await run(
      'lookup ghcr.io/x --docker-config node.json --docker-config /home/user/.docker',
      { files },
    );
    expect(stdout).toContain('1.  node     ghcr.io  from node.json');
    expect(stdout).toContain('2.  octocat  ghcr.io  from ~/.docker/config.json');
  });

  test('says what is special about a user name', async () => {
    const { stdout } = await run(
      'lookup a.test/x b.test/x c.test/x d.test/x --docker-config tokens.json',
      { files },
    );
    expect(stdout).toContain('1.  (identity token)  a.test');
    expect(stdout).toContain('1.  (registry token)  b.test');
    expect(stdout).toContain('1.  (empty)  c.test');
    expect(stdout).toContain('1.  [redacted]  d.test');
    expect(stdout).not.toContain('canary');
  });

  test('shows secrets when asked to', async () => {
    const { stdout } = await run(
      'lookup a.test/x b.test/x d.test/x --docker-config tokens.json --show-secrets',
      { files },
    );
    expect(stdout).toBe(`a.test/x
  1.  (identity token)  a.test  from tokens.json
      identity token:  canary-4

b.test/x
  1.  (registry token)  b.test  from tokens.json
      registry token:  canary-5

d.test/x
  1.  canary-6  d.test  from tokens.json
      password:  canary-6
`);
  });

  test('prints JSON without secrets, and with them when asked to', async () => {
    const line = 'lookup a.test/x b.test/x d.test/x --docker-config tokens.json --output json';
    const redacted = await run(line, { files });
    expect(redacted.stdout).not.toContain('canary');
    expect(JSON.parse(redacted.stdout)).toMatchObject([
      { image: 'a.test/x', name: 'a.test/x', credentials: [{ key: 'a.test' }] },
      { image: 'b.test/x', credentials: [{ registryToken: '[redacted]' }] },
      { image: 'd.test/x', credentials: [{ username: '[redacted]' }] },
    ]);
    const open = await run(`${line} --show-secrets`, { files });
    expect(JSON.parse(open.stdout)).toMatchObject([
      { credentials: [{ identityToken: 'canary-4' }] },
      { credentials: [{ registryToken: 'canary-5' }] },
      { credentials: [{ username: 'canary-6', password: 'canary-6' }] },
    ]);
  });

  test('prints an Authorization header for each credential', async () => {
    const { exitCode, stdout } = await run(
      'lookup ghcr.io/acme/app -o header --show-secrets --docker-config node.json --secret secrets.yaml',
      { files },
    );
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `Authorization: Basic ${Buffer.from('robot:canary-7').toString('base64')}`,
      `Authorization: Basic ${Buffer.from('node:canary-2').toString('base64')}`,
      '',
    ]);
  });

  test.each([
    ['a.test', 'An identity token cannot be sent as it is'],
    ['e.test', 'An identity token cannot be sent as it is'],
    ['c.test', 'The credential is empty: a node sends none'],
  ])('says why %s makes no header', async (host, reason) => {
    const line = `lookup ${host}/x -o header --show-secrets --docker-config tokens.json`;
    const result = await run(line, { files });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain(`docker-keyring: warning: ${host}: ${reason}`);
  });

  test("goes by the kubelet's rules for the pull secrets of a pod", async () => {
    const document = JSON.stringify({ auths: { 'a.test': { identitytoken: 'canary-8' } } });
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { imagePullSecrets: [{ name: 'acr' }], containers: [{ image: 'a.test/x' }] },
    };
    const world = {
      files: { '/cwd/all.yaml': manifests(pod, secret('acr', document, 'shop')) },
    };
    const options = '--no-docker-config --providers none';
    const forPod = await run(`lookup --pod all.yaml ${options}`, world);
    expect(forPod.stdout).toBe('a.test/x\n  1.  (empty)  a.test  from secret shop/acr\n');
    const here = await run(`lookup a.test/x --secret all.yaml ${options}`, world);
    expect(here.stdout).toContain('(identity token)');
    const explained = await run(`explain --pod all.yaml ${options}`, world);
    expect(explained.stdout).toContain('; a kubelet ignores its identity token\n');
    expect(explained.stdout).toContain(
      'warning: credential 1 (a.test) is an identity token, which',
    );
  });

  test('prints what dockerode takes', async () => {
    const { stdout } = await run(
      'lookup quay.io/acme/app -o dockerode --show-secrets --docker-config node.json',
      { files },
    );
    expect(JSON.parse(stdout)).toEqual({
      username: 'acme',
      password: 'canary-3',
      serveraddress: 'quay.io',
    });
  });

  test.each([
    ['quay.io/acme/app', 'quay.io', 'node.json'],
    ['redis', 'https://index.docker.io/v1/', 'hub.json'],
  ])('prints a config.json for %s under %s', async (image, server, file) => {
    const { stdout } = await run(
      `lookup ${image} -o docker-config --show-secrets --docker-config ${file}`,
      { files: { ...files, '/cwd/hub.json': config({ 'docker.io': 'acme:canary-3' }) } },
    );
    expect(JSON.parse(stdout)).toEqual(JSON.parse(config({ [server]: 'acme:canary-3' })));
  });

  test.each(['header', 'dockerode', 'docker-config'])(
    'refuses --output %s without --show-secrets, and for several images',
    async (output) => {
      const alone = await run(`lookup a.test/x -o ${output}`);
      expect(alone).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: `docker-keyring: --output ${output} prints secrets: add --show-secrets\n`,
      });
      const several = await run(`lookup a.test/x b.test/x --show-secrets -o ${output}`);
      expect(several).toMatchObject({
        exitCode: 2,
        stderr: `docker-keyring: --output ${output} takes one image\n`,
      });
    },
  );

  test('answers for the other images when one is none', async () => {
    const result = await run('lookup ghcr.io/x ghcr.io/X', { files });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('octocat');
    expect(result.stderr).toMatch(/^docker-keyring: Invalid image reference "ghcr.io\/X": /);
  });

  test('warns of a broken entry, and names its place', async () => {
    const broken = '{"auths": {"ghcr.io": {"auth": "canary!"}, "quay.io": {}}}';
    const { stderr } = await run('lookup quay.io/x --docker-config broken.json', {
      files: { '/cwd/broken.json': broken },
    });
    expect(stderr).toBe(
      'docker-keyring: warning: broken.json:1:12: entry "ghcr.io": "auth" is not base64\n',
    );
  });

  test('fails over a malformed pull secret, as the kubelet fails the pull', async () => {
    const result = await run('lookup quay.io/x --secret s.yaml', {
      files: { '/cwd/s.yaml': manifests(secret('bad', '{"auths": canary', 'shop')) },
    });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^docker-keyring: Pull secret shop\/bad, data\[.*\n$/);
    expect(result.stderr).not.toContain('canary');
  });

  test('shows control characters instead of sending them to the terminal', async () => {
    const { stdout } = await run('lookup ghcr.io/x --docker-config evil.json', {
      files: { '/cwd/evil.json': config({ 'ghcr.io': '\u001b[2J\u202e:x' }) },
    });
    expect(stdout).toContain(String.raw`\u{1b}[2J\u{202e}`);
  });

  test('follows --path-matching and --semantics', async () => {
    const world = { files: { '/cwd/c.json': config({ 'ghcr.io/foo': 'a:b' }) } };
    const line = 'lookup ghcr.io/foobar --docker-config c.json';
    expect((await run(line, world)).exitCode).toBe(0);
    expect((await run(`${line} --path-matching segment`, world)).exitCode).toBe(1);
    const kubelet = await run('lookup a.test/x --semantics kubelet --docker-config tokens.json', {
      files,
    });
    expect(kubelet.stdout).toContain('(empty)');
  });
});
