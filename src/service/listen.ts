// Opens the port of the HTTP app, limits what clients can cost, and says what the address is.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../config/index.ts';
import { defaultLimits, guardServer, serverOptions } from '../http/guard.ts';
import { descriptorLimit, visitorsMax } from '../kit/descriptors.ts';
import { describeError, type Logger } from '../observe/log.ts';
import { listenErrorText, listenOn } from './address.ts';

/** At most one line in this time: a client that is turned away comes back at once. */
const sayEveryMs = 60_000;

type Fetch = Parameters<typeof getRequestListener>[0];

/** @throws {Error} in words, with the variable to change */
export async function startListening(
  fetch: Fetch,
  config: Pick<Config, 'host' | 'port'>,
  log: Logger,
): Promise<Server> {
  const server = createServer(serverOptions);
  const connectionsMax = visitorsMax(descriptorLimit(), defaultLimits.connectionsMax);
  guardServer(server, getRequestListener(fetch), { ...defaultLimits, connectionsMax });
  try {
    await listenOn(server, config);
  } catch (error) {
    throw new Error(listenErrorText(config, error as NodeJS.ErrnoException));
  }
  let saidAtMs = Number.NEGATIVE_INFINITY;
  server.on('error', (error) => {
    if (performance.now() - saidAtMs < sayEveryMs) return;
    saidAtMs = performance.now();
    log.error({ err: describeError(error) }, 'a visitor of the HTTP server could not be let in');
  });
  return server;
}

/** `http://host:port` */
export function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
