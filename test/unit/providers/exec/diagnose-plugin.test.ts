import { describe, expect, test } from '@jest/globals';
import type { CredentialProvider, Diagnosis } from '../../../../src/providers/contract.ts';
import { execPlugins } from '../../../../src/providers/exec/exec-plugins.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import { answerText, CONFIG, configText, entry, pluginWorld } from './plugin-world.ts';

const { signal } = new AbortController();
const PATH = '/b/p';

async function pluginOf(system: FakeSystem): Promise<CredentialProvider> {
  const [plugin] = await execPlugins({ config: CONFIG, binDir: '/b', system }).read(signal);
  return plugin as CredentialProvider;
}

async function diagnose(
  system: FakeSystem,
  images: readonly string[] = [],
): Promise<readonly Diagnosis[] | undefined> {
  return (await pluginOf(system)).diagnose?.({ images, signal });
}

describe('The diagnosis of a plugin', () => {
  test('says that there is no program', async () => {
    const system = pluginWorld(configText(entry('p')));
    const expected = [
      { status: 'failure', subject: 'plugin', message: 'there is no program /b/p' },
    ];
    expect(await diagnose(system)).toMatchObject(expected);
    system.breakFile(PATH, new Error('a directory of another user'));
    expect(await diagnose(system)).toMatchObject(expected);
  });

  test('says that it may not be executed', async () => {
    const system = pluginWorld(configText(entry('p')));
    system.put(PATH, '', { mode: 0o644 });
    expect(await diagnose(system)).toMatchObject([
      { status: 'failure', message: '/b/p may not be executed', hint: 'chmod 755 /b/p' },
    ]);
    const windows = { ...system, platform: 'win32' };
    expect(await diagnose(windows)).toMatchObject([{ status: 'ok' }]);
    // A system without modes.
    system.put(PATH, '');
    expect(await diagnose(system)).toMatchObject([{ status: 'ok' }]);
  });

  test('asks it about images', async () => {
    const auth = { 'r1.test': { username: 'u', password: 'p' } };
    const system = pluginWorld(configText(entry('p')), ({ stdin }) => {
      if (stdin.includes('bad')) return { exitCode: 1 };
      return { stdout: stdin.includes('none') ? answerText() : answerText(auth) };
    });
    system.put(PATH, '', { mode: 0o755 });
    expect(await diagnose(system)).toMatchObject([{ status: 'ok', message: '/b/p is there' }]);
    expect(await diagnose(system, ['r1.test/a', 'r1.test/none', 'r1.test/bad'])).toEqual([
      { status: 'ok', subject: 'plugin', message: 'it has credentials for r1.test/a' },
      { status: 'warning', subject: 'plugin', message: 'it has no credentials for r1.test/none' },
      { status: 'failure', subject: 'plugin', message: '/b/p ended with code 1' },
    ]);
  });

  test('does not ask where a service account is needed', async () => {
    const tokenAttributes = {
      serviceAccountTokenAudience: 'a',
      cacheType: 'Token',
      requireServiceAccount: true,
    };
    const system = pluginWorld(configText(entry('p', { tokenAttributes })));
    system.put(PATH, '', { mode: 0o755 });
    expect(await diagnose(system, ['r1.test/a'])).toMatchObject([{ message: '/b/p is there' }]);
    expect(system.runs).toEqual([]);
  });

  test('ends when its caller does', async () => {
    const controller = new AbortController();
    const system = pluginWorld(configText(entry('p')));
    system.put(PATH, '', { mode: 0o755 });
    const plugin = await pluginOf(system);
    controller.abort(new Error('enough'));
    const asked = { images: ['r1.test/a'], signal: controller.signal };
    await expect(plugin.diagnose?.(asked)).rejects.toThrow('enough');
    system.breakFile(PATH, new Error('gone'));
    await expect(plugin.diagnose?.(asked)).rejects.toThrow('enough');
  });
});
