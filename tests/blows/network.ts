import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Network {
  port: number;
  /** Ends every connection, from one moment to the next. */
  cut(): void;
  /** While it is down it takes no new one either. */
  isDown: boolean;
  /** It is cut by itself after so many bytes, one way and the other. */
  bytesLeft: number;
  close(): void;
}

/** A network between the servers and the socket of their PostgreSQL, which can be cut. */
export async function startNetwork(socketPath: string): Promise<Network> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    if (network.isDown) return void near.destroy();
    const far = connect(socketPath);
    join(near, far);
    join(far, near);
    return undefined;
  });

  function join(from: Socket, to: Socket): void {
    open.add(from);
    from.on('error', () => {});
    from.once('close', () => {
      open.delete(from);
      to.destroy();
    });
    from.pipe(to);
    from.on('data', ({ length }) => {
      network.bytesLeft -= length;
      if (network.bytesLeft >= 0) return;
      network.bytesLeft = Number.POSITIVE_INFINITY;
      cut();
    });
  }

  function cut(): void {
    for (const socket of open) socket.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const network: Network = {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    isDown: false,
    bytesLeft: Number.POSITIVE_INFINITY,
    close() {
      server.close();
      cut();
    },
  };
  return network;
}
