// docker-keyring, in the single executable: only what cannot run in a test.
import { stat } from 'node:fs/promises';
import { nodeSystem } from '../../../system/node-system.ts';
import { guardChildren } from '../../../system/process/process-guard.ts';
import { endOnSignals } from '../../own-process.ts';
import { runProcess } from '../../run-cli.ts';
import type { RunProgram } from '../contract.ts';

const isDirectory = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

export const run: RunProgram = async (host, outside) => {
  endOnSignals(host, guardChildren(nodeSystem));
  await runProcess(host, { system: nodeSystem, isDirectory, ...outside });
};
