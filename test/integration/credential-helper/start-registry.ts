// Debian's docker-registry, asking for credentials.

import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from './installed-helper.ts';

/** Where it listens, and for whom. */
export interface RegistryOptions {
  readonly host: string;
  readonly user: string;
  readonly password: string;
}

/** Starts one that wants a user's password; `host` has the port. */
export async function startRegistry(
  directory: string,
  { host, user, password }: RegistryOptions,
): Promise<ChildProcess> {
  const passwords = join(directory, 'htpasswd');
  execute('htpasswd', ['-Bbc', passwords, user, password]);
  const config = join(directory, 'registry.yml');
  const storage = join(directory, 'storage');
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: storage } },
      http: { addr: `127.0.0.1:${host.split(':')[1]}` },
      auth: { htpasswd: { realm: 'test', path: passwords } },
    }),
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  await answering(`http://${host}/v2/`);
  return child;
}

async function answering(url: string, attempts = 200): Promise<void> {
  const answer = await fetch(url).catch(() => undefined);
  if (answer?.status === 401) return;
  if (attempts === 0) throw new Error('docker-registry does not answer');
  await sleep(50);
  await answering(url, attempts - 1);
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
