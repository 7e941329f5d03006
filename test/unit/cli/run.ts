// Runs the command line in a world in memory.

import { expect } from '@jest/globals';
import type { CliContext } from '../../../src/cli/context.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import { secretsOfTests } from '../leaks/watch.ts';
import { importModule } from '../../../src/cli/inputs/import-module.ts';

/** What a run begins with. */
export interface RunWorld extends FakeWorld {
  readonly stdin?: string | Uint8Array;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** What every write of a file rejects with. */
  readonly failWrites?: Error;
  /** What every read of a file rejects with. */
  readonly failReads?: unknown;
  /** Who may do what with files. */
  readonly modes?: Readonly<Record<string, number>>;
}

/** What a run ends with. */
export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly system: FakeSystem;
}

/** Runs with arguments as a shell would split them, where they are one text. */
export async function run(
  args: string | readonly string[],
  world: RunWorld = {},
): Promise<RunResult> {
  const system = systemOf(world);
  const written = { stdout: '', stderr: '' };
  const { isTTY = false, columns } = world;
  const output = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
    },
    isTTY,
    columns,
  });
  const context: CliContext = {
    argv: typeof args === 'string' ? args.split(' ') : args,
    stdin: { isTTY, chunks: chunksOf(world.stdin ?? '') },
    stdout: output('stdout'),
    stderr: output('stderr'),
    system,
    nodeVersion: 'v24.1.0',
    importModule,
    isDirectory: async (path) => {
      const paths = Object.keys(world.files ?? {});
      if (paths.includes(path)) return false;
      if (paths.some((file) => file.startsWith(`${path}/`))) return true;
      throw new Error('ENOENT');
    },
  };
  const exitCode = await runCli(context);
  if (!mayShowSecrets(context.argv)) {
    expect(secretsOfTests(`${written.stdout}${written.stderr}`)).toEqual([]);
  }
  return { exitCode, ...written, system };
}

/** `secret create` prints what it makes, as kubectl does. */
function mayShowSecrets(argv: readonly string[]): boolean {
  return argv.includes('--show-secrets') || argv.includes('create');
}

function reject(reason: unknown): () => Promise<never> {
  return async () => {
    throw reason;
  };
}

function systemOf(world: RunWorld): FakeSystem {
  const system = fakeSystem(world);
  const { failReads, failWrites, modes = {} } = world;
  for (const [path, mode] of Object.entries(modes)) {
    system.put(path, world.files?.[path] ?? '', { mode });
  }
  return {
    ...system,
    ...(failReads === undefined ? {} : { readFile: reject(failReads) }),
    ...(failWrites === undefined ? {} : { writeFileAtomic: reject(failWrites) }),
  };
}

async function* chunksOf(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  const middle = bytes.length >> 1;
  yield bytes.subarray(0, middle);
  yield bytes.subarray(middle);
}

/** A `config.json`; each entry is `user:password`. */
export function config(entries: Readonly<Record<string, string>>): string {
  const auths = Object.entries(entries).map(
    ([key, pair]) => [key, { auth: Buffer.from(pair).toString('base64') }] as const,
  );
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}

/** The manifest of a pull secret. */
export function secret(
  name: string,
  document: string,
  namespace?: string,
): Record<string, unknown> {
  return {
    kind: 'Secret',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(document).toString('base64') },
  };
}

/** Manifests as one text. */
export function manifests(...objects: readonly Record<string, unknown>[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
