// Connections to https servers through a proxy (CONNECT), whose refusals are told apart from the server's answers.

import type { AgentConnectOpts } from 'agent-base';
import type { Agent, ClientRequest } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpFailure, reasonOf } from './http-failure.ts';
import { proxyHeaders, type Proxy } from './proxy.ts';

/** How soon a proxy that does not answer is left once nobody waits any more. */
const WATCH_MS = 100;

/** For https: the proxy sees no more than the name and the port. */
export async function tunnelAgent(proxy: Proxy, options: AgentOptions): Promise<Agent> {
  const [{ Agent: BaseAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('agent-base'),
    import('https-proxy-agent'),
  ]);
  class TunnelAgent extends BaseAgent {
    override isSecureEndpoint(): boolean {
      return true;
    }

    override connect(request: ClientRequest, target: AgentConnectOpts): Promise<Duplex> {
      return untilDestroyed(request, (signal) => {
        const tunnel = new HttpsProxyAgent(proxy.url, { headers: proxyHeaders(proxy), signal });
        return openTunnel(proxy.url.origin, request, () => tunnel.connect(request, target));
      });
    }
  }
  return new TunnelAgent(options);
}

/** Says which side failed: the package hands a proxy's refusal on as if the server had answered it. */
async function openTunnel(
  proxy: string,
  request: ClientRequest,
  connect: () => Promise<Duplex>,
): Promise<Duplex> {
  let status: number | undefined;
  request.once('proxyConnect', (answer: { statusCode: number }) => {
    status = answer.statusCode;
  });
  const socket = await connect().catch((error: unknown) => {
    throw new HttpFailure(`the proxy ${proxy}: ${reasonOf(error)}`, { cause: error });
  });
  if (status === 200) return socket;
  socket.destroy();
  throw new HttpFailure(`the proxy ${proxy} refused with status ${status}${adviceFor(status)}`);
}

function adviceFor(status: number | undefined): string {
  return status === 407
    ? ': put a user name and a password for it into the URL of HTTPS_PROXY'
    : '';
}

/** A request that has no socket yet tells nobody that it was destroyed, and a proxy may hang for ever. */
async function untilDestroyed<T>(
  request: ClientRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (request.destroyed) stop.abort();
  }, WATCH_MS);
  try {
    return await work(stop.signal);
  } finally {
    clearInterval(watch);
  }
}
