// Opens the port of the HTTP app, guarded against what visitors could cost, and says where that is.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../config.ts';
import { guardServer, serverOptions } from '../http/guard.ts';
import { listenErrorText, listenOn } from './address.ts';

type Fetch = Parameters<typeof getRequestListener>[0];

/** @throws {Error} in words, with the variable to change */
export async function startListening(fetch: Fetch, config: Pick<Config, 'host' | 'port'>): Promise<Server> {
  const server = createServer(serverOptions);
  guardServer(server, getRequestListener(fetch));
  try {
    await listenOn(server, config);
  } catch (error) {
    throw new Error(listenErrorText(config, error as NodeJS.ErrnoException));
  }
  return server;
}

/** `http://host:port` */
export function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
