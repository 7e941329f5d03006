import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/create-keyring/create-keyring.ts';
import type { CredentialProvider } from '../../../../src/providers/contract.ts';
import type { ExecPluginsOptions } from '../../../../src/providers/exec/exec-options.ts';
import { execPlugins } from '../../../../src/providers/exec/exec-plugins.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import { answerText, CONFIG, configText, entry, pluginWorld } from './plugin-world.ts';

const { signal } = new AbortController();
const BIN = '/opt/plugins';

async function untilRun(system: FakeSystem): Promise<void> {
  if (system.runs.length > 0) return;
  await new Promise((resolve) => setImmediate(resolve));
  await untilRun(system);
}

async function onlyPlugin(options: Partial<ExecPluginsOptions>): Promise<CredentialProvider> {
  const set = execPlugins({ config: CONFIG, binDir: BIN, ...options });
  const [plugin] = await set.read(signal);
  return plugin as CredentialProvider;
}

describe('A keyring with plugins', () => {
  test('asks each that matches, with its arguments, variables and request', async () => {
    const env = [
      { name: 'A', value: 'configured' },
      { name: 'C', value: 'first' },
      { name: 'C', value: 'last' },
      { name: 'D=E', value: 'f' },
      { name: '', value: 'nameless' },
    ];
    const system = pluginWorld(configText(entry('p', { args: ['get', '--x'], env })));
    const providers = [
      execPlugins({ config: CONFIG, binDir: 'bin', system, env: { A: 'option', B: 'option' } }),
    ];
    const keyring = createKeyring({ providers, dockerConfig: false, system });
    const found = await keyring.lookup('r1.test/team/app:1');
    expect(found).toMatchObject([{ username: 'u', password: 'p' }]);
    expect(system.runs).toMatchObject([
      {
        command: '/cwd/bin/p',
        args: ['get', '--x'],
        env: { A: 'configured', B: 'option', C: 'last', D: 'E=f' },
        stdin: `{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"r1.test/team/app"}\n`,
        timeoutMs: 60_000,
        maxOutputBytes: 1_048_576,
      },
    ]);
    expect(Object.keys(system.runs[0]?.env ?? {})).toEqual(['A', 'B', 'C', 'D']);
  });

  test('starts one process for all images of a registry at once', async () => {
    const system = pluginWorld(configText(entry('p')));
    const providers = [execPlugins({ config: CONFIG, binDir: BIN, system })];
    const keyring = createKeyring({ providers, dockerConfig: false, system });
    const images = Array.from({ length: 50 }, (_, index) => `r1.test/app-${index}`);
    const found = await Promise.all(images.map((image) => keyring.lookup(image)));
    expect(found.flat()).toHaveLength(50);
    expect(system.runs).toHaveLength(1);
  });

  test('starts no more processes at once than it may', async () => {
    let [running, most] = [0, 0];
    const system = pluginWorld(configText(entry('p', { matchImages: ['*.test'] })), async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { stdout: answerText({}, { cacheKeyType: 'Image' }) };
    });
    const plugin = await onlyPlugin({ maxConcurrent: 3, system });
    const asked = Array.from({ length: 20 }, (_, index) =>
      plugin.provide({ image: `r1.test/${index}`, signal }),
    );
    await Promise.all(asked);
    expect(most).toBe(3);
    expect(system.runs).toHaveLength(20);
  });

  test('starts none for who gave up while it waited', async () => {
    let goOn: (() => void) | undefined;
    const system = pluginWorld(configText(entry('p')), async () => {
      await new Promise<void>((resolve) => (goOn = resolve));
      return { stdout: answerText() };
    });
    const plugin = await onlyPlugin({ maxConcurrent: 1, system });
    const controller = new AbortController();
    const first = plugin.provide({ image: 'r1.test/a', signal });
    const second = plugin.provide({ image: 'r1.test/b', signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    goOn?.();
    await expect(second).rejects.toThrow('enough');
    await expect(first).resolves.toEqual({ auth: {}, cacheKeyType: 'Registry' });
    expect(system.runs).toHaveLength(1);
  });

  test('gives a plugin its minute, and another one to wait for its turn', async () => {
    const system = pluginWorld(configText(entry('p')), () => new Promise(() => {}));
    const providers = [execPlugins({ config: CONFIG, binDir: BIN, system })];
    const errors: string[] = [];
    const onProblem = ({ message }: Error): void => void errors.push(message);
    const keyring = createKeyring({ providers, dockerConfig: false, system, onProblem });
    const found = keyring.lookup('r1.test/a');
    await untilRun(system);
    system.advance(119_999);
    expect(errors).toEqual([]);
    system.advance(1);
    await expect(found).resolves.toEqual([]);
    expect(errors).toEqual([expect.stringContaining('took longer than 120000 ms')]);
  });
});
