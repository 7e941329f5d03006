// The two ways through a fake proxy: a tunnel (CONNECT), and a request that is forwarded.

import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

/** How one kind of request is answered. */
export interface ProxyWay {
  readonly request: {
    readonly kind: 'connect' | 'forward';
    readonly target: string;
    readonly url?: string;
  };
  readonly refuse: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly lead: (host: string, port: number) => void;
}

/** Tunnels: RFC 9110, section 9.3.6. */
export function tunnel(message: IncomingMessage, client: Socket, head: Buffer): ProxyWay {
  client.on('error', () => client.destroy());
  return {
    request: { kind: 'connect', target: String(message.url).toLowerCase() },
    refuse: (status, headers) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      client.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}content-length: 0\r\n\r\n`);
    },
    lead: (host, port) => {
      const server = connect(port, host, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        server.write(head);
        server.pipe(client).pipe(server);
      });
      server.on('error', () => client.destroy());
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroySoon());
    },
  };
}

/** Forwards: RFC 9112, section 3.2.2. */
export function forward(message: IncomingMessage, response: ServerResponse): ProxyWay {
  const url = String(message.url);
  const { hostname, port, pathname, search } = parsed(url);
  const refuse: ProxyWay['refuse'] = (status, headers) => response.writeHead(status, headers).end();
  return {
    request: { kind: 'forward', target: `${hostname}:${port === '' ? '80' : port}`, url },
    refuse,
    lead: (serverHost, serverPort) => {
      const { 'proxy-authorization': _secret, ...headers } = message.headers;
      const upstream = send(
        {
          host: serverHost,
          port: serverPort,
          method: message.method,
          path: pathname + search,
          headers,
        },
        (answered) => {
          const { statusCode = 502 } = answered;
          answered.pipe(response.writeHead(statusCode, answered.headers));
        },
      );
      upstream.on('error', () => response.destroy());
      response.on('close', () => upstream.destroy());
      message.pipe(upstream);
    },
  };
}

/** A request whose target isn't absolute is not for a proxy: it gets the target of no route. */
function parsed(url: string): URL {
  return URL.canParse(url) ? new URL(url) : new URL('http://not-absolute.invalid');
}
