// A keyring in front of one counting upstream, in a world whose clock moves when a test moves it.

import {
  createKeyring,
  type DockerKeyring,
  type KeyringOptions,
  type KeyringProblem,
} from '../../../src/index.ts';
import { fakeSystem, type FakeSystem } from './fake-system.ts';
import { inOrder } from './in-order.ts';
import { settle, upstream, type Upstream, type UpstreamOptions } from './upstream.ts';

export const MINUTE = 60_000;
export const HOUR: number = 60 * MINUTE;

/** The keyring, with handles. */
export interface CachedWorld {
  readonly system: FakeSystem;
  readonly source: Upstream;
  readonly keyring: DockerKeyring;
  readonly told: KeyringProblem[];
  /** The password that a lookup gives, or `none`. */
  readonly token: (image?: string) => Promise<string>;
}

export function cachedWorld(
  options: UpstreamOptions = {},
  keyringOptions: KeyringOptions = {},
): CachedWorld {
  const system = fakeSystem();
  const source = upstream(system, options);
  const told: KeyringProblem[] = [];
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [source],
    onProblem: (error) => told.push(error),
    ...keyringOptions,
  });
  return {
    system,
    source,
    keyring,
    told,
    async token(image = 'r.test/a') {
      const [credential] = await keyring.lookup(image);
      return credential?.password ?? 'none';
    },
  };
}

/** Looks something up every ten seconds of a clock. */
export async function everyTenSeconds<T>(
  system: FakeSystem,
  durationMs: number,
  look: () => Promise<T>,
): Promise<T[]> {
  const steps = Array.from({ length: durationMs / 10_000 });
  return inOrder(steps, async () => {
    const found = await look();
    await settle();
    system.advance(10_000);
    await settle();
    return found;
  });
}
