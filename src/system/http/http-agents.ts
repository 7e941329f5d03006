// Node's HTTP agents: connections that are used again but keep no process alive, through the environment's proxies.

import type { AgentConnectOpts } from 'agent-base';
import type { Agent, ClientRequest } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions } from 'node:https';
import { getOrAdd } from '../../util/get-or-add.ts';
import { allowedLookup, checkAddress } from './allowed-addresses.ts';
import { proxyFor, proxyHeaders, type Proxy } from './proxy.ts';
import type { HttpAgents, HttpRequest } from '../system.ts';
import { trustAlso } from './trust-also.ts';
import { tunnelAgent } from './tunnel-agent.ts';

/** Servers close idle connections; ours go first, so that no request is sent into one that is about to close. */
const IDLE_MS = 3000;
const REUSED = { keepAlive: true, timeout: IDLE_MS } as const;

/** By the certificates that are trusted, which are long, and by all else. */
const made = new Map<string | undefined, Map<string, Promise<Agent>>>();
let environmentAgents: Promise<HttpAgents> | undefined;

/** What of a request decides by which connections it goes. */
export type Way = Pick<HttpRequest, 'proxy' | 'ca' | 'addresses'>;

/** The agent that is chosen, and whether it is a proxy that it connects to. */
export interface ChosenAgent {
  readonly agent: Agent;
  readonly isProxied: boolean;
}

/**
 * The agent for a URL: of its scheme, of its proxy where it has one, and of what is trusted and allowed, since a
 * connection that one request may use is none that every other may.
 */
export async function agentFor(url: URL, way: Way): Promise<ChosenAgent> {
  const { proxy = 'environment', ca, addresses } = way;
  checkAddress(url, addresses);
  const used = proxy === 'never' ? undefined : await proxyFor(url);
  const connected = used && `${used.url.href} ${used.authorization}`;
  const trusting = getOrAdd(made, ca, () => new Map<string, Promise<Agent>>());
  const key = `${url.protocol} ${connected} ${addresses?.join()}`;
  const agent = getOrAdd(trusting, key, () => makeAgent(url.protocol, used, way));
  return { agent: await agent, isProxied: used !== undefined };
}

async function makeAgent(
  protocol: string,
  proxy: Proxy | undefined,
  { ca, addresses }: Way,
): Promise<Agent> {
  const options: AgentOptions = {
    ...REUSED,
    ...(ca === undefined ? {} : { secureContext: await trustAlso(ca) }),
    ...(addresses === undefined ? {} : { lookup: allowedLookup(addresses) }),
  };
  if (proxy !== undefined) {
    // The proxy's own address is what the user wants it to be.
    const { lookup: _, ...rest } = options;
    return protocol === 'https:' ? await tunnelAgent(proxy, rest) : await forwardAgent(proxy);
  }
  return protocol === 'https:'
    ? new (process.getBuiltinModule('node:https').Agent)(options)
    : new (process.getBuiltinModule('node:http').Agent)(options);
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

    override async connect(
      _request: ClientRequest,
      { host, port }: AgentConnectOpts,
    ): Promise<Agent> {
      const name = host?.includes(':') === true ? `[${host}]` : host;
      const chosen = await agentFor(new URL(`${this.#scheme}://${name}:${port}`), {});
      return chosen.agent;
    }
  }
  const httpsAgent = new EnvironmentAgent('https') as Agent as HttpsAgent;
  return { httpAgent: new EnvironmentAgent('http'), httpsAgent };
}
