#!/usr/bin/env node
// The program's process: what only a process of its own can run, and nothing else.
import { stat } from 'node:fs/promises';
import { nodeSystem } from '../system/node-system.ts';
import { guardChildren } from '../system/process/process-guard.ts';
import { endOnSignals } from './own-process.ts';

const isDirectory = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

async function run(): Promise<void> {
  endOnSignals(process, guardChildren(nodeSystem));
  // What a kubelet waits for is not to load what only people use.
  if (process.argv[2] === 'plugin') {
    const { runPluginProcess } = await import('./plugin-process.ts');
    return runPluginProcess(process, nodeSystem);
  }
  const { runProcess } = await import('./run-process.ts');
  return runProcess(process, { system: nodeSystem, isDirectory });
}

void run();
