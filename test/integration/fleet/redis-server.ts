// Debian's redis-server on a port of its own, with nothing on disk.

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** A running server. */
export interface RedisServer {
  readonly url: string;
  /** `SIGKILL` ends it, `SIGSTOP` makes it hang. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
}

/** Starts a server; installs it where it is missing. */
export async function startRedis(): Promise<RedisServer> {
  install();
  const port = await freePort();
  let server = await start(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill(signal) {
      const ended = signal === 'SIGKILL' ? once(server, 'exit') : undefined;
      server.kill(signal);
      await ended;
    },
    async restart() {
      server = await start(port);
    },
  };
}

function install(): void {
  if (spawnSync('redis-server', ['--version']).error === undefined) return;
  const options = { stdio: 'pipe', env: { ...process.env, RUNLEVEL: '1' } } as const;
  try {
    execFileSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'redis-server'], options);
  } catch (error) {
    throw new Error('redis-server is missing, and apt-get could not install it', { cause: error });
  }
}

async function start(port: number): Promise<ChildProcess> {
  const argv = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', tmpdir(), '--save', ''];
  const server = spawn('redis-server', argv, { stdio: 'ignore' });
  await accepts(port, 100);
  return server;
}

async function accepts(port: number, triesLeft: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (triesLeft === 0) throw error;
    await setTimeout(50);
    await accepts(port, triesLeft - 1);
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
