// A server that speaks TLS for others: it ends the encryption, and passes what is inside to a plain server by the name that
// the client asked for.

import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { TestAuthority } from '../tls/certificates.ts';
import { startListener, type Listener } from '../listener.ts';
import { createProxyRouter } from '../proxy-router.ts';
import { certificateByName } from '../tls/sni.ts';

/**
 * Starts a front with a certificate for whatever name a client asks for.
 *
 * @param routes - from `host:443` or a pattern, as for {@link startFakeProxy}, to `127.0.0.1:PORT`.
 */
export function startTlsFront(
  authority: TestAuthority,
  routes: Readonly<Record<string, string>>,
): Promise<Listener> {
  const findRoute = createProxyRouter(routes);
  const SNICallback = certificateByName((name) => authority.issue([name]));
  const server = createServer({ SNICallback }, (client) =>
    pass(client, findRoute(`${String(client.servername).toLowerCase()}:443`)),
  );
  return startListener(server);
}

function pass(client: TLSSocket, target: string | undefined): void {
  client.on('error', () => client.destroy());
  if (target === undefined) return void client.destroy();
  const [host = '', port] = target.split(':');
  const server = connect(Number(port), host);
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroySoon());
  server.pipe(client).pipe(server);
}
