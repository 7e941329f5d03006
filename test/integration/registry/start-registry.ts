// Debian's docker-registry, asking for passwords, for tokens or for nothing, over http or TLS.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCertificate } from '../../../src/testing/tls/certificates.ts';
import { execute } from '../credential-helper/installed-helper.ts';
import { ask } from './ask.ts';
import type { TokenServer } from './token-server.ts';

/** How one is started. */
export interface RegistryOptions {
  /** Where its files are; several in one folder have the same images. */
  readonly directory: string;
  /** Whose passwords it takes (Basic); not with `tokens`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Whose tokens it takes (Bearer). */
  readonly tokens?: Pick<TokenServer, 'realm' | 'service' | 'issuer' | 'ca'>;
  /** Speaks TLS with this certificate. */
  readonly tls?: TestCertificate;
  /** Another server, to which it redirects who wants a blob. */
  readonly blobStore?: string;
}

/** One that is running. */
export interface Registry {
  /** `localhost:PORT`. */
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Sets the password of a user, new or not, from the next request on. */
  setPassword(user: string, password: string): void;
  /** The requests that it has answered since this was last asked: `GET /v2/ 401`. */
  requests(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts one, and waits until it answers. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const port = await freePort();
  const directory = mkdtempSync(join(options.directory, 'registry-'));
  const passwords = join(directory, 'htpasswd');
  const setPassword = (user: string, password: string): void => {
    execute('htpasswd', ['-Bb', passwords, user, password]);
  };
  writeFileSync(passwords, '');
  for (const [user, password] of Object.entries(options.users ?? {})) setPassword(user, password);
  const config = join(directory, 'registry.yml');
  writeFileSync(config, JSON.stringify(configure(options, { port, directory, passwords })));
  const child = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const host = `localhost:${port}`;
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}`;
  const probe = { url: `${url}/v2/`, ca: options.tls?.ca };
  const log = readAccessLog(child);
  await answering(probe);
  let lastMark = 0;
  const requests = async (): Promise<string[]> => {
    lastMark += 1;
    const mark = `/mark/${lastMark}`;
    await ask(`${url}${mark}`, probe);
    return log.until(mark);
  };
  await requests();
  return {
    host,
    port,
    url,
    setPassword,
    requests,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

function configure(
  { directory, users, tokens, tls, blobStore }: RegistryOptions,
  own: { readonly port: number; readonly directory: string; readonly passwords: string },
): object {
  const write = (name: string, text: string): string => {
    const path = join(own.directory, name);
    writeFileSync(path, text);
    return path;
  };
  const storage = join(directory, 'storage');
  mkdirSync(storage, { recursive: true });
  return {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: storage } },
    http: {
      addr: `127.0.0.1:${own.port}`,
      ...(tls && {
        tls: { certificate: write('cert.pem', tls.cert), key: write('key.pem', tls.key) },
      }),
    },
    ...(users && { auth: { htpasswd: { realm: 'test', path: own.passwords } } }),
    ...(tokens && {
      auth: {
        token: {
          realm: tokens.realm,
          service: tokens.service,
          issuer: tokens.issuer,
          rootcertbundle: write('roots.pem', tokens.ca),
        },
      },
    }),
    ...(blobStore !== undefined && {
      middleware: { storage: [{ name: 'redirect', options: { baseurl: blobStore } }] },
    }),
  };
}

/** What it prints: a line for each request, in Apache's form. */
function readAccessLog(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): {
  until(mark: string): Promise<string[]>;
} {
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    const [, request, status] = /"(\S+ \S+) HTTP\/[\d.]+" (\d+)/.exec(line) ?? [];
    if (request !== undefined) lines.push(`${request} ${status}`);
  });
  const until = async (mark: string): Promise<string[]> => {
    const end = lines.findIndex((line) => line.includes(mark));
    if (end >= 0) return lines.splice(0, end + 1).slice(0, -1);
    await once(output, 'line');
    return until(mark);
  };
  return { until };
}

async function answering(
  { url, ca }: { readonly url: string; readonly ca: string | undefined },
  attempts = 200,
): Promise<void> {
  const answer = await ask(url, { ca }).catch(() => undefined);
  if (answer?.status === 401 || answer?.status === 200) return;
  if (attempts === 0) throw new Error('docker-registry does not answer');
  await sleep(50);
  await answering({ url, ca }, attempts - 1);
}

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
