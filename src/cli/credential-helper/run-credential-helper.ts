// One run of docker-credential-keyring, between its process and its sources.

import { createSecretMemory } from '../../util/redaction/secret-memory.ts';
import type { HelperProcess } from '../../serve/helper/contract.ts';
import { oneLine } from '../../util/one-line.ts';
import { serveHelperProtocol } from '../../serve/helper/protocol.ts';
import type { System } from '../../system/system.ts';
import { tellFaults, type FaultyProcess } from '../own-process.ts';
import { HELPER_NAME, openHelperBackend } from './backend.ts';
import { VERSION } from '../version.ts';

/** Runs it; the process ends by itself, with the exit code set here. */
export async function runCredentialHelper(
  host: HelperProcess & FaultyProcess,
  system: System,
): Promise<void> {
  const warn = (message: string): void => {
    host.stderr.write(`${HELPER_NAME}: warning: ${oneLine(message)}\n`);
  };
  tellFaults(host, createSecretMemory(), warn);
  const identity = { name: HELPER_NAME, packageName: 'docker-keyring', version: `v${VERSION}` };
  await serveHelperProtocol(host, identity, (server) =>
    openHelperBackend({ system, warn }, server),
  );
}
