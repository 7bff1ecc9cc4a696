// A connection to an SMTP server, for one message: what kit/http is for HTTP. It repeats nothing.
import { createTransport } from 'nodemailer';
import { openConnection, type Socket } from '../../kit/tcp.ts';
import { failureOf } from './answers.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** With `password`, or neither. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Signs with DKIM, if `dkim_selector` and `dkim_key` (PEM) are there. */
  readonly domain: string;
  readonly dkim_selector?: string | undefined;
  readonly dkim_key?: string | undefined;
}

type Transport = ReturnType<typeof createTransport>;

/** The longest that a sink's timeout may be: the signal ends a send, not these; milliseconds. */
const waits = { greetingTimeout: 300_000, socketTimeout: 300_000, connectionTimeout: 300_000 };

/** An abort ends it, however far it came. @throws {AdapterError} or the signal's reason */
export async function onConnection<Result>(
  server: Server,
  signal: AbortSignal,
  use: (transport: Transport) => Promise<Result>,
): Promise<Result> {
  let opened: Socket | undefined;
  async function open(): Promise<Socket> {
    opened = await openConnection({ host: server.host, port: server.port, signal });
    return opened;
  }
  try {
    signal.throwIfAborted();
    return await use(transportTo(server, open));
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error as Error, server.host, server.password);
  } finally {
    opened?.destroy();
  }
}

function transportTo(server: Server, open: () => Promise<Socket>): Transport {
  const { host, port, tls, username, password, domain, dkim_selector, dkim_key } = server;
  const login = username !== undefined && password !== undefined;
  const signs = dkim_selector !== undefined && dkim_key !== undefined;
  return createTransport({
    host,
    port,
    ...waits,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    // Without `forceAuth`, a server that offers no login would get the message without one.
    ...(login && { auth: { user: username, pass: password }, forceAuth: true }),
    ...(signs && {
      dkim: { domainName: domain, keySelector: dkim_selector, privateKey: dkim_key },
    }),
    getSocket(_options, callback) {
      open().then(
        (connection) => {
          // Also once it is encrypted, when the library no longer listens to it.
          connection.on('error', (error) => callback(error, false));
          callback(null, { connection });
        },
        (error: Error) => callback(error, false),
      );
    },
  });
}
