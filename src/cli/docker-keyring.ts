#!/usr/bin/env node
// The process of docker-keyring: only what cannot run in a test.
import { stat } from 'node:fs/promises';
import { nodeSystem } from '../system/node-system.ts';
import { guardChildren } from '../system/process/process-guard.ts';
import { importModule } from './inputs/import-module.ts';
import { endOnSignals } from './own-process.ts';

const isDirectory = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

async function run(): Promise<void> {
  endOnSignals(process, guardChildren(nodeSystem));
  // A kubelet waits for the plugin: it does not load the other commands.
  if (process.argv[2] === 'plugin') {
    const { runPluginProcess } = await import('./plugin-process.ts');
    return runPluginProcess(process, nodeSystem);
  }
  const { runProcess } = await import('./run-cli.ts');
  return runProcess(process, { system: nodeSystem, isDirectory, importModule });
}

void run();
