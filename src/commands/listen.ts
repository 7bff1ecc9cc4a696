// Opens the port of the HTTP app, and says where that is.
import type { AddressInfo } from 'node:net';
import { serve as listen, type ServerType } from '@hono/node-server';
import type { Config } from '../config.ts';
import { listenErrorText } from './address.ts';

export function startListening(fetch: Parameters<typeof listen>[0]['fetch'], config: Config): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = listen({ fetch, port: config.port, hostname: config.host }, () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(listenErrorText(config, error)));
    });
  });
}

/** `http://host:port` */
export function addressOf(server: ServerType): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
