// A server that listens on loopback and can cut its connections.

import type { AddressInfo, Server, Socket } from 'node:net';

/** A listening server. */
export interface Listener {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  /** Stops listening and cuts every connection. Safe to call twice. */
  readonly close: () => Promise<void>;
  /** Cuts one connection with a TCP reset. */
  readonly reset: (socket: Socket) => void;
}

/** Lets a server listen on a free port of 127.0.0.1. */
export async function startListener(server: Server): Promise<Listener> {
  // The TCP sockets: a TLS server's events name another socket, which can't be reset, with the same remote port.
  const sockets = new Map<number | undefined, Socket>();
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(remotePort));
  });
  // A client that leaves in the middle of a handshake or a request is no error of the server.
  server.on('tlsClientError', (_error, socket: Socket) => void socket.destroy());
  server.on('clientError', (_error, socket: Socket) => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    port,
    close: () => close(server, sockets.values()),
    reset: ({ remotePort }) => sockets.get(remotePort)?.resetAndDestroy(),
  };
}

function close(server: Server, sockets: Iterable<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  return closed;
}
