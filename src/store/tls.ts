// TLS on a connection to Postgres: requested as its protocol requires, and verified as the address
// says.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect } from 'node:tls';
import type { DatabaseTls } from '../kit/database-url-parameters.ts';

/** An error with a code, like those of the system. */
export function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** `SSLRequest` of the Postgres protocol: its length and its code. */
const question = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Asks the server whether it speaks TLS. Nothing else may come with the answer: somebody in between
 * could have put it there.
 * @throws with code `CONNECTION_CLOSED`: what answered is no Postgres, or it hung up
 */
export async function offersTls(socket: Socket): Promise<boolean> {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const hungUp = () =>
      reject(codedError('CONNECTION_CLOSED', 'the server hung up when it was asked for TLS'));
    socket.once('close', hungUp);
    socket.once('data', (bytes: Buffer) => {
      socket.pause();
      socket.off('close', hungUp);
      resolve(bytes);
    });
    socket.write(question);
  });
  if (answer.length === 1 && answer[0] === 0x53) return true;
  if (answer.length === 1 && answer[0] === 0x4e) return false;
  throw codedError('CONNECTION_CLOSED', 'what answered the question for TLS is no Postgres');
}

/**
 * Resolves when the server has proved its identity, as far as the address asks for it. Certificate
 * files are read each time, because they are renewed.
 * @throws with the code of TLS, or `TLS_FILE`
 */
export async function encrypt(socket: Socket, name: string, tls: DatabaseTls): Promise<Socket> {
  const options = await tlsOptions(name, tls);
  return new Promise((resolve, reject) => {
    const secure = connect({ socket, ...options });
    const hungUp = () => reject(codedError('ECONNRESET', 'the connection was cut while TLS began'));
    secure.once('error', reject);
    secure.once('close', hungUp);
    secure.once('secureConnect', () => {
      secure.off('error', reject);
      secure.off('close', hungUp);
      resolve(secure);
    });
  });
}

async function tlsOptions(name: string, tls: DatabaseTls): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    readAuthorities(tls.rootCertificate),
    readPem('sslcert', tls.certificate),
    readPem('sslkey', tls.key),
  ]);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls.keyPassword && { passphrase: tls.keyPassword }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
    ...(tls.isDirect && { ALPNProtocols: ['postgresql'] }),
    ...(tls.sendsName && isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: tls.isChainVerified,
    // Node would look for "localhost" where the host is an address.
    checkServerIdentity: (_, certificate) =>
      tls.isNameVerified ? checkServerIdentity(name, certificate) : undefined,
  };
}

/** Where operating systems keep the authorities that they trust. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Undefined stands for the authorities of Node itself and of NODE_EXTRA_CA_CERTS. */
async function readAuthorities(root: string | undefined): Promise<Buffer | undefined> {
  if (root !== 'system') return readPem('sslrootcert', root);
  return readPem(
    'sslrootcert=system',
    bundles.find((path) => existsSync(path)),
  );
}

async function readPem(name: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw codedError('TLS_FILE', `${name} names a file that cannot be read (${code})`);
  }
}
