import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoggedStart, PlacedCase, PluginsCase } from './cases.ts';

/** Whose start of a plugin it was. */
export type Side = 'kubelet' | 'library';

/** Writes a case's files into a directory of its own. */
export async function placeCase(
  question: PluginsCase,
  directory: string,
  program: string,
): Promise<PlacedCase> {
  const [binDir, config] = [join(directory, 'bin'), join(directory, 'config.json')];
  await mkdir(binDir, { recursive: true });
  const document = {
    kind: 'CredentialProviderConfig',
    apiVersion: 'kubelet.config.k8s.io/v1',
    providers: question.plugins.map((plugin) => plugin.config),
  };
  await writeFile(config, JSON.stringify(document));
  await Promise.all(
    question.plugins.map(async (plugin) => {
      const path = join(binDir, plugin.config.name);
      await link(program, path);
      await writeFile(`${path}.script`, scriptText(plugin.script));
      if (plugin.isDeaf) await writeFile(`${path}.deaf`, '');
    }),
  );
  return { ...question, config, binDir };
}

/** Go reads bytes from base64. */
function scriptText(script: object): string {
  return JSON.stringify(script, (_key, value: unknown) => {
    const buffer = value as { readonly type?: unknown; readonly data?: unknown } | null;
    return typeof buffer === 'object' && buffer?.type === 'Buffer' && Array.isArray(buffer.data)
      ? Buffer.from(buffer.data as number[]).toString('base64')
      : value;
  });
}

/** The starts of all plugins on one side, by plugin. */
export async function readLogs(
  { plugins, binDir }: PlacedCase,
  side: Side,
): Promise<Readonly<Record<string, readonly LoggedStart[]>>> {
  const logs = plugins.map(async ({ config: { name } }) => {
    const text = await readFile(join(binDir, `${name}.${side}.log`), 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return [name, lines.map((line) => JSON.parse(line) as LoggedStart)] as const;
  });
  return Object.fromEntries(await Promise.all(logs));
}
