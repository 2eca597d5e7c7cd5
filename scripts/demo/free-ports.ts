import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Two ports of this machine that nobody listens on. */
export const freePorts = async (): Promise<readonly [number, number]> => {
  const servers = [createServer(), createServer()] as const;
  const [first, second] = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  for (const server of servers) server.close();
  return [first!, second!];
};
