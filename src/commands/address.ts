// Whether the service could listen on HOST and PORT, and in which words it is said that it cannot.
import { createServer } from 'node:net';
import type { Config } from '../config.ts';

type Address = Pick<Config, 'host' | 'port'>;

/** `warn` fails nothing. */
export interface AddressFinding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly text: string;
}

/** Listens there for an instant. A port in use fails nothing: the service that runs may well be the one that uses it. */
export async function lookAtAddress(address: Address): Promise<AddressFinding> {
  const error = await tryToListen(address);
  if (error === undefined) return { status: 'ok', text: `${written(address)} is free to listen on` };
  if (error.code !== 'EADDRINUSE') return { status: 'failed', text: listenErrorText(address, error) };
  const remedy = 'That is right if Tocsin runs already. If not, serve could not start: stop that process, or set PORT.';
  return { status: 'warn', text: `another process listens on ${written(address)}. ${remedy}` };
}

const hosts = 'Set it to 0.0.0.0 for all, or 127.0.0.1 for this machine only.';
const notHere = `HOST is no address of this machine. ${hosts}`;
const unresolved = `HOST is a name that cannot be resolved. ${hosts}`;
const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another process uses the port: stop it, or set PORT.',
  EADDRNOTAVAIL: notHere,
  EAFNOSUPPORT: notHere,
  EINVAL: notHere,
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  EACCES: 'This user may not use that port: set PORT to one above 1023.',
};

/** What kept a server from listening, with the variable to change. */
export function listenErrorText(address: Address, { code = '' }: NodeJS.ErrnoException): string {
  const text = `cannot listen on ${written(address)} (${code}).`;
  const remedy = remedies[code];
  return remedy === undefined ? text : `${text} ${remedy}`;
}

function written({ host, port }: Address): string {
  return port === 0 ? `any port of ${host}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function tryToListen({ host, port }: Address): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', resolve);
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}
