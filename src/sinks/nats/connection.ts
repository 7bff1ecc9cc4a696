// A connection to NATS by its library, made so that an abort ends also one that is being opened.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { optionalLibrary } from '../../kit/optional-library.ts';

export interface Server {
  /** `host:port`; one after the other is tried. */
  readonly addresses: readonly string[];
  /** Undefined: in clear. */
  readonly tls: NonNullable<ConnectionOptions['tls']> | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** The text of a file of credentials: a JWT and the seed of its key. */
  readonly credentials?: string | undefined;
}

/** For each server, milliseconds. The signal ends it sooner. */
const connectTimeout = 5_000;

interface Transport {
  discard(): void;
}
/** Gets each transport that a connection opens. */
const opening = new AsyncLocalStorage<(transport: Transport) => void>();

/** @throws the library's error, or an AdapterError if it is not installed */
export async function connect(server: Server, signal: AbortSignal): Promise<NatsConnection> {
  const { Connection, authenticator } = await library();
  const transports: Transport[] = [];
  const discard = () => {
    for (const transport of transports) transport.discard();
  };
  signal.addEventListener('abort', discard, { once: true });
  try {
    return await opening.run(
      (transport) => transports.push(transport),
      () =>
        Connection.connect({
          servers: [...server.addresses],
          name: 'tocsin',
          tls: server.tls ?? null,
          ...authenticator(server),
          timeout: connectTimeout,
          reconnect: false,
          ignoreClusterUpdates: true,
          noAsyncTraces: true,
          resolve: false,
        }),
    );
  } catch (error) {
    // The library leaves a socket open that it no longer waits for.
    discard();
    throw error;
  } finally {
    signal.removeEventListener('abort', discard);
  }
}

/** The longest that a sink's timeout may be, milliseconds: the signal ends a request, not this. */
const timeout = 300_000;

/** @returns the text of the answer. @throws the library's error, also where nobody listens */
export async function request(
  connection: NatsConnection,
  subject: string,
  body: string,
  head: Readonly<Record<string, string>> = {},
): Promise<string> {
  const headers = (await library()).headers();
  for (const [name, value] of Object.entries(head)) headers.set(name, value);
  return (await connection.request(subject, body, { timeout, headers })).string();
}

let loaded: ReturnType<typeof load> | undefined;

function library(): ReturnType<typeof load> {
  loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load() {
  const [core, { NodeTransport }] = await optionalLibrary('nats', '@nats-io/transport-node', () =>
    Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/transport-node/lib/node_transport.js'),
    ]),
  );
  class Watched extends NodeTransport {
    constructor() {
      super();
      opening.getStore()?.(this);
    }
    override startTLS() {
      if (this.options.tls === null) return Promise.reject(new Error('wants encryption'));
      return super.startTLS();
    }
  }
  core.setTransportFactory({ factory: () => new Watched() });
  const authenticator = ({ username, password, token, credentials }: Server) => ({
    ...(username !== undefined && { user: username, pass: password ?? '' }),
    ...(token !== undefined && { token }),
    ...(credentials !== undefined && {
      authenticator: core.credsAuthenticator(Buffer.from(credentials)),
    }),
  });
  return { Connection: core.NatsConnectionImpl, headers: core.headers, authenticator };
}
