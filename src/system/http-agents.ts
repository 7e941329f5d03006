// Node's HTTP agents: connections that are used again but keep no process alive, through the environment's proxies.

import type { AgentConnectOpts } from 'agent-base';
import type { Agent, ClientRequest } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { proxyFor, proxyHeaders, type Proxy } from './proxy.ts';
import type { HttpAgents } from './system.ts';
import { tunnelAgent } from './tunnel-agent.ts';

/** Servers close idle connections; ours go first, so that no request is sent into one that is about to close. */
const IDLE_MS = 3000;
const REUSED = { keepAlive: true, timeout: IDLE_MS } as const;

const made = new Map<string, Promise<Agent>>();
let environmentAgents: Promise<HttpAgents> | undefined;

/** The agent for a URL: of its scheme, and of its proxy where it has one. */
export async function agentFor(url: URL, proxy: 'environment' | 'never'): Promise<Agent> {
  const used = proxy === 'never' ? undefined : await proxyFor(url);
  const key = `${url.protocol} ${used?.url.href ?? ''} ${used?.authorization ?? ''}`;
  let agent = made.get(key);
  if (agent === undefined) {
    agent = makeAgent(url.protocol, used);
    made.set(key, agent);
  }
  return agent;
}

async function makeAgent(protocol: string, proxy: Proxy | undefined): Promise<Agent> {
  if (proxy !== undefined) {
    return protocol === 'https:' ? await tunnelAgent(proxy, REUSED) : await forwardAgent(proxy);
  }
  return protocol === 'https:'
    ? new (process.getBuiltinModule('node:https').Agent)(REUSED)
    : new (process.getBuiltinModule('node:http').Agent)(REUSED);
}

/** For http. Without reuse: the package does not name the whole URL on a connection that is used again. */
async function forwardAgent(proxy: Proxy): Promise<Agent> {
  const { HttpProxyAgent } = await import('http-proxy-agent');
  class ForwardAgent extends HttpProxyAgent<string> {
    override isSecureEndpoint(): boolean {
      return false;
    }
  }
  return new ForwardAgent(proxy.url.href, { headers: proxyHeaders(proxy) });
}

/** Agents that choose at each request, so that SDKs can keep them whatever the environment says later. */
export function httpAgents(): Promise<HttpAgents> {
  environmentAgents ??= makeEnvironmentAgents();
  return environmentAgents;
}

async function makeEnvironmentAgents(): Promise<HttpAgents> {
  const { Agent: BaseAgent } = await import('agent-base');
  class EnvironmentAgent extends BaseAgent {
    readonly #scheme: 'http' | 'https';

    constructor(scheme: 'http' | 'https') {
      super({ keepAlive: true });
      this.#scheme = scheme;
    }

    // Fixed, since the package would look for the scheme in a stack trace.
    override isSecureEndpoint(): boolean {
      return this.#scheme === 'https';
    }

    override connect(_request: ClientRequest, { host, port }: AgentConnectOpts): Promise<Agent> {
      const name = host?.includes(':') === true ? `[${host}]` : host;
      return agentFor(new URL(`${this.#scheme}://${name}:${port}`), 'environment');
    }
  }
  const httpsAgent = new EnvironmentAgent('https') as Agent as HttpsAgent;
  return { httpAgent: new EnvironmentAgent('http'), httpsAgent };
}
