// docker-credential-keyring, in the single executable: only what cannot run in a test.
import { nodeSystem } from '../../../system/node-system.ts';
import { guardChildren } from '../../../system/process/process-guard.ts';
import { runCredentialHelper } from '../../credential-helper/run-credential-helper.ts';
import { endOnSignals } from '../../own-process.ts';
import type { RunProgram } from '../contract.ts';

export const run: RunProgram = async (host) => {
  endOnSignals(host, guardChildren(nodeSystem));
  await runCredentialHelper(host, nodeSystem);
};
