// A real HTTP proxy on loopback that leads host names of the internet to servers of a test, and nowhere else.

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFaultQueue, type Fault, type FaultOptions, type FaultQueue } from './fault.ts';
import { startListener, type Listener } from './listener.ts';
import { createProxyRouter } from './proxy-router.ts';
import { forward, tunnel, type ProxyWay } from './proxy-ways.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** One request to a proxy. */
export interface ProxyRequest {
  readonly kind: 'connect' | 'forward';
  readonly method: string;
  /** Where it was to go: `login.microsoftonline.com:443`. */
  readonly target: string;
  /** The absolute URL of a forwarded request. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where it went: `127.0.0.1:PORT`; absent when the proxy refused it or met a fault. */
  readonly routedTo?: string;
}

/** What can go wrong with a proxy, before it leads anywhere. */
export type ProxyFault = Extract<Fault, { readonly kind: 'delay' | 'hang' | 'reset' | 'status' }>;

/** A proxy on 127.0.0.1 with what it was asked. */
export interface FakeProxy {
  /** `http://127.0.0.1:PORT`, for `HTTPS_PROXY` and `HTTP_PROXY`; credentials are not in it. */
  readonly url: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  /** The targets of the CONNECT requests so far, as sent, those that were refused too. */
  readonly connects: readonly string[];
  /** Every request so far, CONNECT or forwarded. */
  readonly requests: readonly ProxyRequest[];
  /** Lets the next requests meet a fault; several faults are met one after the other, in this order. */
  inject(fault: ProxyFault, options?: FaultOptions<ProxyRequest>): void;
  /** Forgets all faults. */
  clearFaults(): void;
  /** Stops listening and cuts every connection. Safe to call twice. */
  close(): Promise<void>;
  /** The same as {@link FakeProxy.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link startFakeProxy}. */
export interface FakeProxyOptions {
  /** Refuses with status 407 who doesn't send these in Proxy-Authorization. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/**
 * Starts a proxy that tunnels (CONNECT) and forwards (absolute URLs) to local servers. What no route is for gets
 * status 502, so that a test never reaches the internet.
 *
 * @param routes - from `host:port` to `127.0.0.1:PORT`. `*.suffix:port` stands for all names below a suffix, a `*`
 *   elsewhere for (a part of) one label: `api.ecr.*.amazonaws.com:443`. A name without `*` goes before all patterns, a
 *   longer pattern before a shorter one.
 * @throws TypeError for a route without a port.
 * @example
 * ```ts
 * const tls = await createTestCertificate(['*.azurecr.io']);
 * await using registry = await startFakeServer(() => ({ body: 'hello' }), { tls });
 * await using proxy = await startFakeProxy({ '*.azurecr.io:443': registry.host });
 * // HTTPS_PROXY=proxy.url, trust tls.ca: https://team.azurecr.io/ answers 'hello'
 * proxy.connects; // ['team.azurecr.io:443']
 * ```
 */
export async function startFakeProxy(
  routes: Readonly<Record<string, string>>,
  options: FakeProxyOptions = {},
): Promise<FakeProxy> {
  refuseUnknown('startFakeProxy', options, { credentials: true });
  const { credentials } = options;
  const findRoute = createProxyRouter(routes);
  const requests: ProxyRequest[] = [];
  const connects: string[] = [];
  const faults = createFaultQueue<ProxyFault, ProxyRequest>();
  const server = createServer();
  const listener = await startListener(server);
  const closing = new AbortController();
  const { signal } = closing;
  // One listener for each answer that waits, however many do.
  setMaxListeners(0, signal);
  const authorization = basic(credentials);
  const context = { findRoute, requests, faults, listener, authorization, signal };
  server.on('connect', (message, socket: Socket, head) => {
    connects.push(String(message.url));
    answer(context, message, tunnel(message, socket, head));
  });
  server.on('request', (message, response) => answer(context, message, forward(message, response)));
  const close = (): Promise<void> => {
    closing.abort();
    return listener.close();
  };
  return {
    url: `http://${listener.host}`,
    host: listener.host,
    port: listener.port,
    connects,
    requests,
    inject: faults.inject,
    clearFaults: faults.clear,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Context {
  readonly findRoute: (target: string) => string | undefined;
  readonly requests: ProxyRequest[];
  readonly faults: FaultQueue<ProxyFault, ProxyRequest>;
  readonly listener: Listener;
  readonly authorization: string | undefined;
  /** Stops what still waits when the proxy closes. */
  readonly signal: AbortSignal;
}

function answer(context: Context, message: IncomingMessage, way: ProxyWay): void {
  const routedTo = context.findRoute(way.request.target);
  const headers = message.headers as ProxyRequest['headers'];
  const { method = '' } = message;
  const asked = { ...way.request, method, headers };
  const fault = context.faults.take(asked);
  const proceed = (): void => decide(context, way, { asked, routedTo });
  if (fault === undefined) return proceed();
  if (fault.kind === 'delay') return after(fault.delayMs, context.signal, proceed);
  context.requests.push(asked);
  if (fault.kind === 'reset') return context.listener.reset(message.socket);
  if (fault.kind === 'status') way.refuse(fault.status, retryAfter(fault));
}

function after(delayMs: number, signal: AbortSignal, proceed: () => void): void {
  void sleep(delayMs, undefined, { signal }).then(proceed, () => undefined);
}

function decide(
  { authorization, requests }: Context,
  { refuse, lead }: ProxyWay,
  { asked, routedTo }: { asked: ProxyRequest; routedTo: string | undefined },
): void {
  const mayPass =
    authorization === undefined || asked.headers['proxy-authorization'] === authorization;
  if (mayPass && routedTo !== undefined) {
    requests.push({ ...asked, routedTo });
    const [host = '', port] = routedTo.split(':');
    return lead(host, Number(port));
  }
  requests.push(asked);
  if (mayPass) refuse(502, {});
  else refuse(407, { 'proxy-authenticate': 'Basic realm="fake proxy"' });
}

function retryAfter({
  retryAfter: value,
}: {
  readonly retryAfter?: string;
}): Record<string, string> {
  return value === undefined ? {} : { 'retry-after': value };
}

function basic(credentials: FakeProxyOptions['credentials']): string | undefined {
  if (credentials === undefined) return undefined;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
