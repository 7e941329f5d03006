import { expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createKeyring } from '../../../../src/index.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { upstream } from '../../fakes/upstream.ts';

test('registering and refreshing are on the diagnostics channel, in the kubelet’s words', async () => {
  const events: unknown[] = [];
  const listener = (event: unknown): void => void events.push(event);
  subscribe('docker-keyring', listener);
  const system = fakeSystem();
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [upstream(system, { lifeMs: 3_600_000 })],
  });
  await keyring.lookup('r.test/a');
  await keyring.lookup('r.test/a');
  unsubscribe('docker-keyring', listener);
  expect(events).toEqual([
    {
      kind: 'provider-registered',
      provider: 'upstream',
      message: 'Registering credential provider',
    },
    {
      kind: 'provider-asked',
      provider: 'upstream',
      image: 'r.test/a',
      message: 'Refreshing cache for provider',
    },
  ]);
});
