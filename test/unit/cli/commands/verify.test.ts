import { describe, expect, test } from '@jest/globals';
import { manifests, run } from '../run.ts';
import { deployment, files, http, regcred, verify, WEB } from '../run-verify.ts';

describe('verify', () => {
  test('says by which credential an image can be pulled', async () => {
    const result = await verify(`${WEB} --secret s.yaml`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^✓ registry\.example\.com\/shop\/web:1\.0 {2}robot from secret shop\/regcred, sha256:[0-9a-f]{12}\n\nok: 1 image can be pulled\n$/,
    );
  });

  test('asks for the images of manifests with the secrets that their pods name', async () => {
    const { exitCode, stdout } = await verify('-f k8s --secret s.yaml -o json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      images: [
        {
          image: 'registry.example.com/shop/api:2',
          status: 'not-found',
          usedBy: [{ kind: 'Deployment', name: 'api', path: 'k8s/api.yaml' }],
        },
        { image: WEB, status: 'pullable', usedBy: [{ name: 'web', path: 'k8s/web.yaml' }] },
      ],
    });
  });

  test('takes secrets that no pod names for nobody', async () => {
    const other = manifests(deployment('web', WEB, 'other'));
    const { exitCode, stdout } = await verify('-f o.yaml --secret s.yaml', {
      files: { ...files, '/cwd/o.yaml': other },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`✗ ${WEB}\n    Deployment shop/web, container web (o.yaml:`);
  });

  test('reads manifests from standard input, and the Secrets in them once', async () => {
    const stdin = manifests(regcred, deployment('web', WEB));
    const { exitCode, stdout } = await verify('-f - --secret -', { stdin });
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('ok: 1 image can be pulled\n'),
    });
  });

  test('takes nothing but Secrets from the files of --secret', async () => {
    const both = manifests(regcred, deployment('api', 'registry.example.com/shop/api:2'));
    const { exitCode } = await verify('-f k8s/web.yaml --secret both.yaml', {
      files: { ...files, '/cwd/both.yaml': both },
    });
    expect(exitCode).toBe(0);
  });

  test('ends with 3 where a registry did not answer, and nothing else is wrong', async () => {
    const { exitCode, stdout } = await verify('-f k8s/sub -f k8s/web.yaml --secret s.yaml');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('? down.test/x:1\n    Deployment shop/down, container down');
    expect(stdout).toContain('2 images: 1 can be pulled, 1 could not be verified');
    expect((await verify('-f k8s -R --secret s.yaml')).exitCode).toBe(1);
  });

  test('ends with 1 for warnings where it is strict', async () => {
    const line = `${WEB} --secret s.yaml --platform windows/amd64`;
    expect((await verify(line)).exitCode).toBe(0);
    const { exitCode, stdout } = await verify(`${line} --strict`);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('windows/amd64');
    expect(stdout).toContain('1 warning\n');
  });

  test('tells of a broken file, and verifies the others', async () => {
    const json = await verify('-f bad.yaml -f k8s/web.yaml --secret s.yaml -o json');
    expect(json.exitCode).toBe(1);
    expect(json.stderr).toMatch(/^docker-keyring: bad\.yaml:2:1: not YAML: [^\n]*\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      images: [{ image: WEB, status: 'pullable' }],
      broken: [{ path: 'bad.yaml', line: 2, reason: expect.stringMatching(/^not YAML: /) }],
    });
    const alone = await verify('-f bad.yaml');
    expect(alone).toMatchObject({ exitCode: 1, stdout: '0 images: 1 file cannot be read\n' });
  });

  test('prints JUnit XML and annotations', async () => {
    const line = '-f k8s --secret s.yaml';
    const junit = await verify(`${line} -o junit`);
    expect(junit).toMatchObject({ exitCode: 1, stderr: '' });
    expect(junit.stdout).toContain('<testsuite name="registry.example.com" tests="2" failures="1"');
    const github = await verify(`${line} -o github`);
    expect(github).toMatchObject({ exitCode: 1, stderr: '' });
    expect(github.stdout).toMatch(/^::error file=k8s\/api\.yaml,line=\d+,title=image cannot be/);
  });

  test('puts objects without a namespace into that of --namespace', async () => {
    const pod = { kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ image: WEB }] } };
    const world = { files: { ...files, '/cwd/p.yaml': manifests(pod) } };
    const { stdout, stderr } = await verify('-f p.yaml --secret s.yaml -n other', world);
    expect(stdout).toContain(`✗ ${WEB}\n    Pod other/web, `);
    expect(stderr).toBe('');
  });

  test('shows on a terminal how far it is', async () => {
    const world = { isTTY: true };
    const { stderr } = await verify(`${WEB} --secret s.yaml`, world);
    expect(stderr).toBe('1/1 image\r\u001b[2K');
    const quiet = await verify(`${WEB} --secret s.yaml --no-progress`, world);
    expect(quiet.stderr).toBe('');
  });

  test.each([
    ['--docker-config c.json --providers none', 'c.json:1:12: entry "x.test": '],
    ['--no-docker-config --providers helper:gone', 'Provider "docker-helper:gone" failed '],
  ])('takes the line away for what is to be told with %s', async (options, message) => {
    const { stderr } = await run(`verify Malformed ${WEB} --secret s.yaml ${options}`, {
      files: { ...files, '/cwd/c.json': `{"auths": {"x.test": {"auth": "!"}}}` },
      http,
      isTTY: true,
    });
    const [first, second, third = '', ...rest] = stderr.split('\r\u001b[2K');
    expect([first, third, rest]).toEqual(['1/2 images, 1 cannot be pulled', '', []]);
    expect(second).toMatch(/^docker-keyring: warning: [^\n]*\n2\/2 images, 1 cannot be pulled$/);
    expect(second).toContain(message);
  });
});
