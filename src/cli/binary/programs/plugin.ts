// The plugin of a kubelet, in the single executable: only what cannot run in a test.
import { nodeSystem } from '../../../system/node-system.ts';
import { guardChildren } from '../../../system/process/process-guard.ts';
import { runApart } from '../../../system/process/run-apart.ts';
import { endOnSignals } from '../../own-process.ts';
import { runPluginProcess } from '../../plugin-process.ts';
import type { RunProgram } from '../contract.ts';

export const run: RunProgram = async (host, { importModule }) => {
  endOnSignals(host, guardChildren(nodeSystem));
  await runPluginProcess(host, nodeSystem, {
    importModule,
    // The executable is the program: nothing of Node stands in front of its arguments.
    runApart: (system, [, ...args]) => runApart(system, args, []),
  });
};
