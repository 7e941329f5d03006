import { describe, expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createKeyring, type KeyringOptions } from '../../../src/index.ts';
import { amount } from '../fakes/amount.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { configOf, providerOf, secretOf } from '../fakes/keyring-inputs.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const LOOKUPS = amount(20_000, 100_000);
/** One small object kept for each lookup would be more. */
const ALLOWED_BYTES = 1024 * 1024;

function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function repeat(count: number, work: (round: number) => Promise<unknown>): Promise<void> {
  await inOrder(Array.from({ length: count }), (_item, round) => work(round));
}

/** How much larger the heap is after the lookups than after a few of them. */
async function growth(lookups: number, work: (round: number) => Promise<unknown>): Promise<number> {
  await repeat(2000, work);
  const before = usedBytes();
  await repeat(lookups, work);
  return usedBytes() - before;
}

describe('the heap does not grow', () => {
  const users = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`r${index}.test`, 'u'] as const),
  );
  const files = { '/c.json': configOf(users) };
  const options: KeyringOptions = {
    dockerConfig: { files: ['/c.json'] },
    pullSecrets: [secretOf('a', users)],
  };

  test('by any number of lookups of ever new images, with a signal that lives long', async () => {
    const keyring = createKeyring({ ...options, system: fakeSystem({ files }) });
    const { signal } = new AbortController();
    const grown = await growth(LOOKUPS, (round) =>
      keyring.lookup(`r${round % 200}.test/app-${round}`, { signal }),
    );
    expect(grown).toBeLessThan(ALLOWED_BYTES);
  });

  test('by lookups that ask providers, and by failures of these', async () => {
    const providers = [
      { ...providerOf('good', { '*.test': 'u' }), provide: async () => undefined },
      { ...providerOf('bad', {}), provide: () => Promise.reject(new Error('no')) },
    ];
    const keyring = createKeyring({ ...options, system: fakeSystem({ files }), providers });
    const { signal } = new AbortController();
    const grown = await growth(amount(5000, 20_000), () =>
      keyring.lookup('r1.test/app', { signal }),
    );
    expect(grown).toBeLessThan(ALLOWED_BYTES);
  });

  test('by looks at a file that changes each time', async () => {
    const system = fakeSystem({ files });
    const keyring = createKeyring({ ...options, system });
    const grown = await growth(amount(400, 2000), (round) => {
      system.put('/c.json', configOf({ ...users, [`x${round % 7}.test`]: 'u' }));
      system.advance(1000);
      system.touches.length = 0;
      return keyring.lookup('r1.test/app');
    });
    expect(grown).toBeLessThan(ALLOWED_BYTES);
  });

  test('by keyrings of tenants that are not kept', async () => {
    const base = createKeyring({ ...options, system: fakeSystem({ files }) });
    const pullSecrets = [secretOf('a', { 'r1.test': 'u' })];
    const grown = await growth(amount(2000, 10_000), () =>
      base.withPullSecrets(pullSecrets).lookup('r1.test/app'),
    );
    expect(grown).toBeLessThan(ALLOWED_BYTES);
  });
});
