// One message, one connection. Syslog has no answers, so the end of the connection has to be one:
// who closes it after us has read everything, and whose machine died resets it.
import { meanings, type Problem, problemOf, whyNotConnected } from '../../kit/error-codes.ts';
import { AdapterError } from '../../kit/errors.ts';
import {
  type ClientIdentity,
  openConnection,
  openTlsConnection,
  type Socket,
} from '../../kit/tcp.ts';
import { sendDatagram } from '../../kit/udp.ts';

export interface Receiver {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tls' | 'tcp' | 'udp';
  /** Whether the far end has to close the connection before a message counts as taken. */
  readonly confirm: 'close' | 'none';
  readonly identity?: ClientIdentity | undefined;
}

/**
 * Resolves once the receiver has read the message, as far as its transport tells. @param line none
 * to try the connection alone
 * @throws {AdapterError} or the signal's reason
 */
export async function handOver(
  receiver: Receiver,
  line: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, transport, confirm, identity } = receiver;
  const where = { host, port, signal };
  let opened: Socket | undefined;
  try {
    signal.throwIfAborted();
    if (transport === 'udp') return await sendDatagram(Buffer.from(line ?? ''), where);
    opened = await (transport === 'tls'
      ? openTlsConnection(where, identity)
      : openConnection(where));
    await ended(opened, framed(line), confirm === 'close');
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error as Error, `${host}:${port}`);
  } finally {
    opened?.destroy();
  }
}

/** RFC 6587 section 3.4.1, and RFC 5425: the number of bytes, then they. */
function framed(line: string | undefined): Buffer {
  const bytes = Buffer.from(line ?? '');
  return line === undefined ? bytes : Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

/** Its code is none of the system's. */
class Talks extends Error {}

function ended(socket: Socket, bytes: Buffer, isClosedByPeer: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isSent = false;
    const early = Object.assign(new Error('closed early'), { code: 'ECONNRESET' });
    socket
      .on('error', reject)
      .once('data', () => reject(new Talks()))
      // Also what comes before all is sent: nobody can have read it.
      .once('end', () => (isSent ? resolve() : reject(early)))
      .once('close', () => reject(early));
    socket.end(bytes, () => {
      isSent = true;
      if (!isClosedByPeer) resolve();
    });
  });
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
}

/** What is wrong with a certificate, and stays so until somebody looks. */
const distrust: Readonly<Partial<Record<Problem, string>>> = {
  untrusted: 'Let NODE_EXTRA_CA_CERTS name a PEM file with the certificate of its authority.',
  expired: 'Renew it there.',
  not_yet_valid: 'Look at the clock of this machine.',
  misnamed: 'Let host be a name that it holds.',
};

function failureOf(error: SystemError, receiver: string): AdapterError {
  const { code = '', syscall = '' } = error;
  if (error instanceof Talks)
    return new AdapterError(
      'retry',
      'malformed',
      `${receiver} answers, which no receiver of syslog does. Check host, port and transport.`,
    );
  if (code === 'EMSGSIZE')
    return new AdapterError(
      'reject_event',
      'too_large',
      `${receiver}: the message does not fit into a datagram.`,
    );
  const problem = problemOf(code);
  const advice = problem && distrust[problem];
  if (problem !== undefined && advice !== undefined)
    return new AdapterError(
      'reject_sink',
      'bad_config',
      `${receiver}: ${meanings[problem as keyof typeof meanings]}. ${advice}`,
    );
  if (/^(?:ERR_SSL|EPROTO)/.test(code)) return ofEncryption(code, receiver);
  if (['connect', 'getaddrinfo', 'send'].includes(syscall)) {
    const text = `${receiver} (${code}): ${whyNotConnected(code)}`;
    return new AdapterError('retry', 'connection', text);
  }
  const text = `${receiver} broke off (${code}), and may have the message. It is tried again.`;
  return new AdapterError('retry', 'interrupted', text);
}

function ofEncryption(code: string, receiver: string): AdapterError {
  const isOurs = /CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE/.test(code);
  const advice = isOurs
    ? 'It may want another certificate of this client. Check client_certificate.'
    : 'Check that it speaks TLS at this port, and transport.';
  const text = `${receiver} and this sink agree on no encryption (${code}). ${advice}`;
  return new AdapterError('reject_sink', 'bad_config', text);
}
