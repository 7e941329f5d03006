import { expect, test } from '@jest/globals';
import { readPluginConfig } from '../../../../../src/providers/exec/config/read-plugin-config.ts';
import { fakeSystem } from '../../../fakes/fake-system.ts';

function configOf(name: string): string {
  return `kind: CredentialProviderConfig
apiVersion: kubelet.config.k8s.io/v1
providers:
- name: ${name}
  apiVersion: credentialprovider.kubelet.k8s.io/v1
  matchImages: [gcr.io]
  defaultCacheDuration: 1h
  tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: true}
`;
}

test('a file is read, with the state that it was in', async () => {
  const system = fakeSystem();
  system.put('/etc/plugins.yaml', configOf('a'));
  const { config, files } = await readPluginConfig(system, '/etc/plugins.yaml');
  expect(config.providers.map(({ name }) => name)).toEqual(['a']);
  expect(files.map(({ path }) => path)).toEqual(['/etc/plugins.yaml']);
});

const stamp = { size: 0, mtimeMs: 0, inode: 1 };

test('of a directory, the files of the three endings are read in the order of their bytes', async () => {
  const system = fakeSystem();
  for (const name of ['b.json', 'a.yml', 'B.yaml', 'x.txt', 'below.yaml/c.yaml']) {
    system.put(`/etc/plugins/${name}`, configOf(name.charAt(0)));
  }
  const { config, files } = await readPluginConfig(
    { ...system, stat: async () => stamp },
    '/etc/plugins',
  ).catch((error: unknown) => ({ config: { providers: [] }, files: [{ path: String(error) }] }));
  expect(files.map(({ path }) => path)).toEqual([
    '/etc/plugins',
    '/etc/plugins/B.yaml',
    '/etc/plugins/a.yml',
    '/etc/plugins/b.json',
  ]);
  expect(config.providers.map(({ name }) => name)).toEqual(['B', 'a', 'b']);
});

test('what is not there, empty, gone or unreadable is said', async () => {
  const system = fakeSystem();
  system.put('/etc/plugins.yaml', configOf('a'));
  const failing = Object.assign(new Error('no'), { code: 'EACCES' });
  const attempts = [
    readPluginConfig(system, '/nowhere'),
    readPluginConfig({ ...system, stat: async () => stamp, readDirectory: async () => [] }, '/d'),
    readPluginConfig({ ...system, readFile: async () => undefined }, '/etc/plugins.yaml'),
    readPluginConfig({ ...system, readFile: () => Promise.reject(failing) }, '/etc/plugins.yaml'),
    readPluginConfig(
      { ...system, readFile: () => Promise.reject(new Error('it is larger than 5 bytes')) },
      '/etc/plugins.yaml',
    ),
    readPluginConfig(
      { ...system, readDirectory: () => Promise.reject(failing) },
      '/etc/plugins.yaml',
    ),
  ];
  const messages = attempts.map((attempt) => attempt.then(String, String));
  expect(await Promise.all(messages)).toEqual([
    'PluginConfigError: /nowhere: there is no such file or directory',
    'PluginConfigError: /d: no configuration files found in directory "/d"',
    'PluginConfigError: /etc/plugins.yaml: the file is gone',
    'PluginConfigError: /etc/plugins.yaml: it cannot be read: EACCES',
    'PluginConfigError: /etc/plugins.yaml: it cannot be read: it is larger than 5 bytes',
    'PluginConfigError: /etc/plugins.yaml: it cannot be read: EACCES',
  ]);
});

test('a caller who gave up gets that reason', async () => {
  const system = fakeSystem();
  system.put('/etc/plugins.yaml', configOf('a'));
  const stopped = AbortSignal.abort(new Error('enough'));
  await expect(readPluginConfig(system, '/etc/plugins.yaml', stopped)).rejects.toThrow('enough');
  const failing = { ...system, stat: () => Promise.reject(new Error('no')) };
  await expect(readPluginConfig(failing, '/etc/plugins.yaml', stopped)).rejects.toThrow('enough');
});
