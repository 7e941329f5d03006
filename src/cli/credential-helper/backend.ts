// What docker-credential-keyring answers from, as its configuration says: its store, then everything else.

import { createFileStore } from '../../serve/helper/file-store.ts';
import { createHelperBackend, type HelperBackend } from '../../serve/helper/backend.ts';
import { withoutLoops } from '../../serve/helper/loops.ts';
import { createForwardingStore } from '../../serve/helper/helper-forwarding.ts';
import { noStore } from '../../serve/helper/helper-no-store.ts';
import type { HelperStore } from '../../serve/helper/helper-store.ts';
import type { System } from '../../system/system.ts';
import { readHelperConfig, type HelperConfig } from './config.ts';

/** The program's name. */
export const HELPER_NAME = 'docker-credential-keyring';

/** What a backend is opened with. */
export interface HelperSurroundings {
  readonly system: System;
  /** Is told what is wrong beside the answer. */
  readonly warn: (message: string) => void;
}

/**
 * Reads the configuration, and makes what it says ready.
 *
 * @param server - What will be asked for, where anything will.
 */
export async function openHelperBackend(
  { system: outer, warn }: HelperSurroundings,
  server?: string,
): Promise<HelperBackend> {
  const failures: string[] = [];
  const onLoop = (message: string): void => {
    warn(message);
    failures.unshift(message);
  };
  const system = withoutLoops(outer, { name: HELPER_NAME, onLoop });
  const config = await readHelperConfig(system);
  return createHelperBackend({
    store: storeOf(config, system),
    failures,
    warn,
    now: () => system.now(),
    async issuerOf(image) {
      const { issuerOf } = await import('./keyring.ts');
      return issuerOf(config, image, system);
    },
    // What was stored is found without making the rest.
    async openKeyring() {
      const { openHelperKeyring } = await import('./keyring.ts');
      return openHelperKeyring(config, {
        system,
        warn,
        fail: (message) => void failures.push(message),
        server,
      });
    },
  });
}

function storeOf({ store }: HelperConfig, system: System): HelperStore {
  if (store === undefined) return noStore(HELPER_NAME);
  return 'file' in store
    ? createFileStore(store.file, system)
    : createForwardingStore(store.helper, system);
}
