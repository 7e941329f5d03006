import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generatePlugins } from './plugins/generate-plugins.ts';
import { KubeletHost } from './plugins/kubelet-host.ts';
import { runPluginsCase, type PluginTally } from './plugins/run-plugins.ts';

// The first build compiles the kubelet's packages: minutes. Later ones come from Go's cache: seconds.
const BUILD_TIMEOUT_MS = 30 * 60_000;
const RUN_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_CASES = 3000;
const MAX_DIFFERENCES = 5;

const { CONFORMANCE_SEED, CONFORMANCE_PLUGIN_CASES, CONFORMANCE_CASE } = process.env;

let directory: string;
let kubelet: KubeletHost;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-plugins-'));
  Object.assign(process.env, { PLUGIN_TEST_OWN: 'inherited', PLUGIN_SIDE: 'library' });
  kubelet = await KubeletHost.start(directory);
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  kubelet.stop();
  await rm(directory, { recursive: true, force: true });
});

test(
  'plugins are started, asked and believed as by the kubelet',
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? randomInt(2 ** 31));
    const count = Number(CONFORMANCE_PLUGIN_CASES ?? DEFAULT_CASES);
    process.stdout.write(`CONFORMANCE_SEED=${seed} CONFORMANCE_PLUGIN_CASES=${count}\n`);
    const tally: PluginTally = { cases: 0, lookups: 0, starts: 0, credentials: 0, failures: 0 };
    const run = { kubelet, directory, tally };
    const first = Number(CONFORMANCE_CASE ?? 0);
    const last = CONFORMANCE_CASE === undefined ? count : first + 1;
    const differences: string[] = [];
    const next = async (index: number): Promise<void> => {
      if (index >= last || differences.length >= MAX_DIFFERENCES) return;
      const found = await runPluginsCase(run, generatePlugins(seed, index), String(index));
      if (found !== undefined) differences.push(found);
      await next(index + 1);
    };
    await next(first);
    process.stdout.write(`${JSON.stringify(tally)}\n`);
    expect(differences.join('\n\n')).toBe('');
  },
  RUN_TIMEOUT_MS,
);
