// Listens on HOST and PORT, or explains why that is not possible.
import { createServer, type Server } from 'node:net';
import type { Config } from '../config/index.ts';
import { type Problem, problemOf } from '../kit/error-codes.ts';

type Address = Pick<Config, 'host' | 'port'>;

/** `warn` fails nothing. */
export interface AddressFinding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly text: string;
}

/**
 * Listens there for an instant. A port in use fails nothing: the running service may be the one
 * that uses it.
 */
export async function lookAtAddress(address: Address): Promise<AddressFinding> {
  const error = await tryToListen(address);
  if (error === undefined)
    return { status: 'ok', text: `${written(address)} is free to listen on` };
  if (problemOf(error.code) !== 'address_in_use')
    return { status: 'failed', text: listenErrorText(address, error) };
  const remedy =
    'That is right if Tocsin runs already. If not, serve could not start: stop that process, or set PORT.';
  return { status: 'warn', text: `another process listens on ${written(address)}. ${remedy}` };
}

const hosts = 'Set it to :: for all, or 127.0.0.1 for this machine only.';
const remedies: Readonly<Partial<Record<Problem, string>>> = {
  address_in_use: 'Another process uses the port: stop it, or set PORT.',
  address_unavailable: `HOST is no address of this machine. ${hosts}`,
  unresolved: `HOST is a name that cannot be resolved. ${hosts}`,
  not_permitted: 'This user may not use that port: set PORT to one above 1023.',
};

/** What kept a server from listening, with the variable to change. */
export function listenErrorText(address: Address, { code = '' }: NodeJS.ErrnoException): string {
  const text = `cannot listen on ${written(address)} (${code}).`;
  // Linux answers EINVAL for an address that is of this machine only together with an interface.
  const problem = code === 'EINVAL' ? 'address_unavailable' : problemOf(code);
  const remedy = problem && remedies[problem];
  return remedy === undefined ? text : `${text} ${remedy}`;
}

function written({ host, port }: Address): string {
  return port === 0 ? `any port of ${host}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function tryToListen(address: Address): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer((socket) => socket.destroy());
  return listenOn(server, address).then(
    () => new Promise((resolve) => server.close(() => resolve(undefined))),
    (error: NodeJS.ErrnoException) => error,
  );
}

const all = '::';

/** All addresses of a machine without IPv6 are those of IPv4. @throws {NodeJS.ErrnoException} */
export async function listenOn(server: Server, { host, port }: Address): Promise<void> {
  try {
    await listening(server, host, port);
  } catch (error) {
    const isUnavailable =
      problemOf((error as NodeJS.ErrnoException).code) === 'address_unavailable';
    if (host !== all || !isUnavailable) throw error;
    await listening(server, '0.0.0.0', port);
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
