import { describe, expect, test } from '@jest/globals';
import type { PluginConfigError } from '../../../../src/errors.ts';
import { execPlugins } from '../../../../src/providers/exec/exec-plugins.ts';
import { CONFIG, configText, entry, pluginWorld } from './plugin-world.ts';

const { signal } = new AbortController();
const BIN = '/opt/plugins';

function fail(): never {
  throw new RangeError('no clock');
}

describe('The options', () => {
  test.each<[object, string]>([
    [{ binDir: BIN }, 'execPlugins: config is missing'],
    [{ config: CONFIG }, 'execPlugins: binDir is missing'],
    [{ config: '', binDir: BIN }, 'execPlugins: config must be a path'],
    [{ config: CONFIG, binDir: 1 }, 'execPlugins: binDir must be a path'],
    [{ timeoutMs: 0 }, 'execPlugins: timeoutMs must be a whole number of milliseconds from 1'],
    [
      { timeoutMs: 2 ** 30 },
      'execPlugins: timeoutMs must be a whole number of milliseconds from 1',
    ],
    [{ maxConcurrent: 1.5 }, 'execPlugins: maxConcurrent must be a whole number from 1 to 10000'],
    [{ env: [] }, 'execPlugins: env must be an object of strings'],
    [{ env: { A: 1 } }, 'execPlugins: env must be an object of strings'],
    [{ onProblem: 1 }, 'execPlugins: onProblem must be a function'],
    [{ getServiceAccountToken: 1 }, 'execPlugins: getServiceAccountToken must be a function'],
    [{ binDirectory: BIN }, 'execPlugins: there is no option "binDirectory"; there are config'],
  ])('%j are refused', (options, message) => {
    expect(() => execPlugins(options as never)).toThrow(new RegExp(`^${message}`));
  });

  test('are all optional but for the two paths, and nothing is read at once', () => {
    const system = pluginWorld(configText(entry('p')));
    const set = execPlugins({ config: CONFIG, binDir: BIN, system });
    expect(set.name).toBe('exec-plugins');
    expect(set.known()).toBeUndefined();
    expect(system.touches).toEqual([]);
    expect(execPlugins({ config: CONFIG, binDir: BIN, env: { A: 'b' } }).known()).toBeUndefined();
  });
});

describe('A set of plugins', () => {
  test('has a provider for each, in their order', async () => {
    const tokenAttributes = {
      serviceAccountTokenAudience: 'a',
      cacheType: 'Token',
      requireServiceAccount: true,
    };
    const system = pluginWorld(configText(entry('z'), entry('a', { tokenAttributes })));
    const getServiceAccountToken = fail;
    const set = execPlugins({ config: CONFIG, binDir: BIN, system, getServiceAccountToken });
    const providers = await set.read(signal);
    expect(providers).toMatchObject([
      { name: 'plugin:z', matchImages: ['*.test'], defaultCacheDurationMs: 600_000 },
      { name: 'plugin:a', tokenAttributes, getServiceAccountToken, timeoutMs: 120_000 },
    ]);
    expect(providers[0]).not.toHaveProperty('tokenAttributes');
  });

  test('looks at its files once a second at most, and is the same while nothing changes', async () => {
    const system = pluginWorld(configText(entry('p')));
    const set = execPlugins({ config: CONFIG, binDir: BIN, system });
    const [providers, others] = await Promise.all([set.read(signal), set.read(signal)]);
    expect(others).toBe(providers);
    const touched = system.touches.length;
    system.advance(999);
    expect(set.known()).toBe(providers);
    expect(await set.read(signal)).toBe(providers);
    expect(system.touches).toHaveLength(touched);
    system.advance(1);
    expect(set.known()).toBeUndefined();
    expect(await set.read(signal)).toBe(providers);
    expect(system.touches.slice(touched)).toEqual([`stat ${CONFIG}`]);
  });

  test('is read again when it changed; plugins that are as they were keep their providers', async () => {
    const system = pluginWorld(configText(entry('a'), entry('b')));
    const set = execPlugins({ config: CONFIG, binDir: BIN, system });
    const [a, b] = await set.read(signal);
    system.put(CONFIG, configText(entry('b'), entry('a', { args: ['new'] }), entry('c')));
    system.advance(1000);
    const after = await set.read(signal);
    expect(after.map(({ name }) => name)).toEqual(['plugin:b', 'plugin:a', 'plugin:c']);
    expect(after[0]).toBe(b);
    expect(after[1]).not.toBe(a);
  });

  test('that was written anew with the same words is the same array', async () => {
    const system = pluginWorld(configText(entry('a')));
    const set = execPlugins({ config: CONFIG, binDir: BIN, system });
    const before = await set.read(signal);
    system.put(CONFIG, `${configText(entry('a'))}\n`);
    system.advance(1000);
    expect(await set.read(signal)).toBe(before);
  });

  test('keeps the last good configuration, and tells of each problem once', async () => {
    const system = pluginWorld(configText(entry('a')));
    const problems: PluginConfigError[] = [];
    const onProblem = (problem: PluginConfigError): void => void problems.push(problem);
    const set = execPlugins({ config: CONFIG, binDir: BIN, system, onProblem });
    const before = await set.read(signal);
    const again = async (): Promise<unknown> => {
      system.advance(1000);
      return set.read(signal);
    };
    system.put(CONFIG, '{');
    expect(await again()).toBe(before);
    expect(await again()).toBe(before);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: CONFIG, code: 'ERR_KEYRING_PLUGIN_CONFIG_INVALID' });
    system.remove(CONFIG);
    expect(await again()).toBe(before);
    expect(problems).toHaveLength(2);
    system.put(CONFIG, configText(entry('b')));
    expect(await again()).toMatchObject([{ name: 'plugin:b' }]);
    system.breakFile(CONFIG, Object.assign(new Error('no'), { code: 'EIO' }));
    expect(await again()).toMatchObject([{ name: 'plugin:b' }]);
    expect(problems).toHaveLength(3);
  });

  test('that is wrong from the beginning fails, and recovers', async () => {
    const system = pluginWorld('{');
    const problems: PluginConfigError[] = [];
    const onProblem = (problem: PluginConfigError): void => void problems.push(problem);
    const set = execPlugins({ config: CONFIG, binDir: BIN, system, onProblem });
    await expect(set.read(signal)).rejects.toMatchObject({ name: 'PluginConfigError' });
    const touched = system.touches.length;
    await expect(set.read(signal)).rejects.toMatchObject({ path: CONFIG });
    expect(system.touches).toHaveLength(touched);
    expect(problems).toEqual([]);
    system.put(CONFIG, configText(entry('a')));
    system.advance(1000);
    expect(await set.read(signal)).toHaveLength(1);
  });

  test('rejects with what is no problem of the configuration', async () => {
    const system = pluginWorld(configText(entry('a')));
    const broken = { ...system, monotonicMs: fail };
    const set = execPlugins({ config: CONFIG, binDir: BIN, system: broken });
    await expect(set.read(signal)).rejects.toThrow('no clock');
  });

  test('ends to wait when its caller does', async () => {
    const system = pluginWorld(configText(entry('a')));
    const resume = system.pauseFiles();
    const set = execPlugins({ config: CONFIG, binDir: BIN, system });
    const controller = new AbortController();
    const reading = set.read(controller.signal);
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    resume();
    expect(await set.read(signal)).toHaveLength(1);
  });
});
