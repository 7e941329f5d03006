// Whom a registry's certificate is trusted by: an authority of the user's own is told by the option `ca`, or to the whole
// process by NODE_EXTRA_CA_CERTS.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { authorize } from '../../src/registry/index.ts';
import { nodeSystem } from '../../src/system/node-system.ts';
import { createTestAuthority } from '../../src/testing/tls/certificates.ts';
import type { Printed } from './registry/authorize-program.ts';
import type { Registry } from './registry/start-registry.ts';
import {
  keyringOf,
  PASSWORDS,
  secretFor,
  startRegistryWorld,
  type RegistryWorld,
  type Scheme,
} from './registry/world.ts';

let world: RegistryWorld;
let folder: string;

beforeAll(async () => {
  world = await startRegistryWorld();
  const cache = join(process.cwd(), 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  // Below node_modules, where it finds its packages.
  folder = mkdtempSync(join(cache, 'authorize-'));
  await build({
    entryPoints: [join(import.meta.dirname, 'registry/authorize-program.ts')],
    outfile: join(folder, 'authorize.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
}, 600_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

describe.each<Scheme>(['basic', 'bearer'])('with %s auth', (scheme) => {
  test('NODE_EXTRA_CA_CERTS makes a process trust an authority', async () => {
    const registry = world.registries[scheme].https;
    expect(await runProgram(registry, PASSWORDS.ada, world.caFile)).toEqual({ scheme });
    expect(await runProgram(registry, 'hunter2-of-yesterday', world.caFile)).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
    });
  });

  test('an unknown authority is no wrong password, and nothing is sent', async () => {
    const registry = world.registries[scheme].https;
    await registry.requests();
    expect(await runProgram(registry, PASSWORDS.ada, '')).toEqual({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('its certificate is not trusted'),
    });
    expect(await registry.requests()).toEqual([]);
  });

  test('the option ca adds authorities to those that are trusted', async () => {
    const registry = world.registries[scheme].https;
    const keyring = keyringOf(secretFor('regcred', registry, ['ada', PASSWORDS.ada]));
    const image = `${registry.host}/team/app:1`;
    const [other, { ca }] = [await createTestAuthority(), world.authority];
    await expect(authorize(image, keyring, { ca: other.ca })).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      registry: registry.host,
    });
    const authorization = await authorize(image, keyring, { ca: [other.ca, ca] });
    expect(authorization).toMatchObject({ scheme });
  });
});

async function runProgram({ host }: Registry, password: string, caFile: string): Promise<Printed> {
  const { stdout } = await nodeSystem.run({
    command: process.execPath,
    args: [join(folder, 'authorize.mjs'), `${host}/team/app:1`, host, password],
    stdin: '',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile },
    timeoutMs: 30_000,
    maxOutputBytes: 100_000,
  });
  return JSON.parse(Buffer.from(stdout).toString('utf8')) as Printed;
}
