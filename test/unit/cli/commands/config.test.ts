import { describe, expect, test } from '@jest/globals';
import { config, manifests, run, secret } from '../run.ts';

const files = {
  '/cwd/c.json': JSON.stringify({
    auths: {
      'a.test': { auth: Buffer.from('robot:canary-1:x').toString('base64'), email: 'a@a.test' },
      'b.test': { identitytoken: 'canary-2' },
      'c.test': { registrytoken: 'canary-3' },
      'd.test': { auth: Buffer.from('canary-4:canary-4').toString('base64') },
    },
  }),
  '/cwd/s.yaml': manifests(secret('s', config({ 'a.test': 'first:canary-5' }))),
  '/cwd/empty.json': '{}',
};

describe('config', () => {
  test('prints the merged document without secrets', async () => {
    const result = await run('config --docker-config c.json --secret s.yaml', { files });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual({
      auths: {
        'a.test': { auth: '[redacted]' },
        'b.test': { identitytoken: '[redacted]' },
        'c.test': { registrytoken: '[redacted]' },
        'd.test': { auth: '[redacted]' },
      },
    });
  });

  test('prints it with its secrets when asked to', async () => {
    const { stdout } = await run('config --docker-config c.json --show-secrets', { files });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(files['/cwd/c.json']));
  });

  test('prints a table', async () => {
    const redacted = await run('config --docker-config c.json -o text', { files });
    expect(redacted.stdout).toBe(`a.test  robot       password
b.test              identity token
c.test              registry token
d.test  [redacted]  password
`);
    const open = await run('config --docker-config c.json -o text --show-secrets', { files });
    expect(open.stdout).toBe(`a.test  robot     password canary-1:x
b.test            identity token canary-2
c.test            registry token canary-3
d.test  canary-4  password canary-4
`);
  });

  test('ends with 1 when there is no entry', async () => {
    const json = await run('config --docker-config empty.json', { files });
    expect(json).toMatchObject({ exitCode: 1, stdout: '{\n\t"auths": {}\n}\n' });
    const text = await run('config --docker-config empty.json -o text', { files });
    expect(text).toMatchObject({ exitCode: 1, stdout: 'no entries\n' });
  });

  test('writes the document to a file and prints nothing of it', async () => {
    const result = await run('config --docker-config c.json --write out.json', { files });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'wrote 4 entries to out.json\n' });
    const written = result.system.textOf('/cwd/out.json') ?? '';
    expect(JSON.parse(written)).toEqual(JSON.parse(files['/cwd/c.json']));
  });

  test('does not write a document without entries', async () => {
    const result = await run('config --docker-config empty.json --write out.json', { files });
    expect(result).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'docker-keyring: warning: out.json was not written, because there are no entries\n',
    });
    expect(result.system.textOf('/cwd/out.json')).toBeUndefined();
  });

  test('says why it could not write', async () => {
    const world = { files, failWrites: Object.assign(new Error('long'), { code: 'EACCES' }) };
    const result = await run('config --docker-config c.json --write out.json', world);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: 'docker-keyring: cannot write out.json: no permission (EACCES)\n',
    });
  });

  test('warns of what is broken', async () => {
    const { stderr } = await run('config --docker-config b.json', {
      files: { '/cwd/b.json': '{"auths": canary' },
    });
    expect(stderr).toMatch(/^docker-keyring: warning: b\.json:1:11: .*\n$/);
    expect(stderr).not.toContain('canary');
  });
});
