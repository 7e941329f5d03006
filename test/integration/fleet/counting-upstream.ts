// An upstream that gives each call a token of its own, and knows who asked.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A call that has come in. */
interface UpstreamCall {
  readonly registry: string;
  readonly pid: number;
}

/** A running upstream. */
export interface Upstream {
  readonly url: string;
  readonly calls: UpstreamCall[];
  /** How long each call takes. */
  takesMs: number;
  /** How long each token lives: 12 hours until it is set. */
  lifetimeMs: number;
  close(): void;
}

const DEFAULT_LIFETIME_MS = 12 * 60 * 60 * 1000;

/** Starts one. */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://upstream');
    const { calls, takesMs, lifetimeMs } = upstream;
    calls.push({ registry: pathname.slice(1), pid: Number(searchParams.get('pid')) });
    const password = `secret-token-${calls.length}`;
    void setTimeout(takesMs).then(() =>
      response.end(JSON.stringify({ password, expiresAtMs: Date.now() + lifetimeMs })),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const upstream: Upstream = {
    url: `http://127.0.0.1:${port}`,
    calls: [],
    takesMs: 300,
    lifetimeMs: DEFAULT_LIFETIME_MS,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return upstream;
}
