import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createKeyring } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { upstream } from '../fakes/upstream.ts';

test('pino is a logger: registering and refreshing are told at its level debug, as the kubelet tells them', async () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const system = fakeSystem();
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    logger: pino({ level: 'debug', base: null, timestamp: false }, stream),
    providers: [upstream(system, { lifeMs: 3_600_000 })],
  });
  await keyring.lookup('r.test/a');
  await keyring.lookup('r.test/a');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 20, provider: 'upstream', msg: 'Registering credential provider' },
    { level: 20, provider: 'upstream', image: 'r.test/a', msg: 'Refreshing cache for provider' },
  ]);
});
