// The program docker-credential-keyring: a credential helper with a store, a keyring and a configuration file.

import { createHelperBackend, type HelperBackend } from '../../serve/helper/backend.ts';
import { noStore, type HelperProcess, type HelperStore } from '../../serve/helper/contract.ts';
import { createFileStore } from '../../serve/helper/file-store.ts';
import { createForwardingStore } from '../../serve/helper/helper-forwarding.ts';
import { withoutLoops } from '../../serve/helper/loops.ts';
import { serveHelperProtocol } from '../../serve/helper/protocol.ts';
import type { System } from '../../system/system.ts';
import { oneLine } from '../../util/text/one-line.ts';
import { createSecretMemory } from '../../util/redaction/secret-memory.ts';
import { warnOfFaults, type FaultyProcess } from '../own-process.ts';
import { VERSION } from '../version.ts';
import { readHelperConfig, type HelperConfig } from './config.ts';
import { has } from '../../util/own.ts';

const NAME = 'docker-credential-keyring';

/** Runs one command. The process ends by itself, with the exit code that is set here. */
export async function runCredentialHelper(
  host: HelperProcess & FaultyProcess,
  system: System,
): Promise<void> {
  const warn = (message: string): void => {
    host.stderr.write(`${NAME}: warning: ${oneLine(message)}\n`);
  };
  warnOfFaults(host, createSecretMemory(), warn);
  const identity = { name: NAME, packageName: 'docker-keyring', version: `v${VERSION}` };
  await serveHelperProtocol(host, identity, (server) => openBackend(system, warn, server));
}

/** @param server - What `get` asks for; `undefined` for other commands. */
async function openBackend(
  outer: System,
  warn: (message: string) => void,
  server: string | undefined,
): Promise<HelperBackend> {
  const failures: string[] = [];
  const onLoop = (message: string): void => {
    warn(message);
    failures.unshift(message);
  };
  const onFailure = (message: string): void => void failures.push(message);
  const system = withoutLoops(outer, { name: NAME, onLoop });
  const config = await readHelperConfig(system);
  return createHelperBackend({
    store: storeOf(config, system),
    failures,
    warn,
    now: () => system.now(),
    // Loaded when needed: the store often has the answer.
    async providerFor(image) {
      const { providerFor } = await import('./keyring.ts');
      return providerFor(config, image, system);
    },
    async openKeyring() {
      const { openHelperKeyring } = await import('./keyring.ts');
      return openHelperKeyring(config, { system, warn, onFailure, server });
    },
  });
}

function storeOf({ store }: HelperConfig, system: System): HelperStore {
  if (store === undefined) return noStore(NAME);
  return has(store, 'file')
    ? createFileStore(store.file, system)
    : createForwardingStore(store.helper, system);
}
