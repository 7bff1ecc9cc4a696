// TLS on a connection to Postgres, against loopback servers that answer what they like.
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatabaseTls } from '../../src/kit/database-url-parameters.ts';
import { codedError, encrypt, offersTls } from '../../src/store/tls.ts';

const certificate = fileURLToPath(new URL('../fixtures/loopback-certificate.pem', import.meta.url));
const key = fileURLToPath(new URL('../fixtures/loopback-key.pem', import.meta.url));

async function connectTo(server: Server): Promise<Socket> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe('whether the server speaks TLS', () => {
  const ask = async (answer: (socket: Socket, question: Buffer) => void) =>
    offersTls(
      await connectTo(
        createServer((socket) => {
          socket.on('error', () => {});
          socket.once('data', (question) => answer(socket, question));
        }),
      ),
    );

  test('is asked as the protocol wants it', async () => {
    let asked: Buffer | undefined;
    await ask((socket, question) => {
      asked = question;
      socket.write('S');
    });
    expect([asked?.readInt32BE(0), asked?.readInt32BE(4), asked?.length]).toEqual([
      8, 80_877_103, 8,
    ]);
  });

  test.each([
    ['S', true],
    ['N', false],
  ])('is answered by one letter: %s', async (letter, speaks) => {
    expect(await ask((socket) => socket.write(letter))).toBe(speaks);
  });

  test.each(['X', 'E', 'SS', 'S\u0016\u0003\u0001', 'NR', 'HTTP/1.1 400 Bad Request\r\n'])(
    'is not known from any other answer: %j',
    async (answer) => {
      await expect(ask((socket) => socket.write(answer))).rejects.toMatchObject({
        code: 'CONNECTION_CLOSED',
        message: 'what answered the question for TLS is no Postgres',
      });
    },
  );

  test('is not known if the server hangs up', async () => {
    await expect(ask((socket) => socket.end())).rejects.toMatchObject({
      code: 'CONNECTION_CLOSED',
      message: 'the server hung up when it was asked for TLS',
    });
  });
});

describe('encrypt', () => {
  const plain: DatabaseTls = {
    mode: 'require',
    isDirect: false,
    sendsName: true,
    isChainVerified: false,
    isNameVerified: false,
  };
  const chain: DatabaseTls = { ...plain, isChainVerified: true, rootCertificate: certificate };
  const full: DatabaseTls = { ...chain, isNameVerified: true };

  /** By SNI; the types of Node do not know it. */
  const nameSentTo = (socket: TLSSocket) => (socket as { servername?: unknown }).servername;

  async function talk(name: string, tls: DatabaseTls, options: TlsOptions = {}) {
    const seen: { name?: unknown; protocol?: unknown; client?: string }[] = [];
    const server = createSecureServer(
      { cert: readFileSync(certificate), key: readFileSync(key), ...options },
      (socket: TLSSocket) => {
        socket.on('error', () => {});
        const shown = socket.getPeerCertificate()?.subject?.CN;
        seen.push({
          name: nameSentTo(socket),
          ...(socket.alpnProtocol && { protocol: socket.alpnProtocol }),
          ...(shown && { client: String(shown) }),
        });
        socket.write('hello');
      },
    );
    server.on('tlsClientError', () => {});
    const socket = await connectTo(server);
    const secure = await encrypt(socket, name, tls);
    const said = await new Promise((resolve) => secure.once('data', resolve));
    secure.destroy();
    return { said: String(said), ...seen[0] };
  }

  test.each<[string, string, DatabaseTls]>([
    ['any certificate, if none is to be verified', 'db.example', plain],
    ['a chain, whatever the name', 'db.example', chain],
    ['a chain and the name', 'localhost', full],
    ['a chain and an address', '127.0.0.1', full],
  ])('accepts %s', async (_, name, tls) => {
    expect(await talk(name, tls)).toMatchObject({ said: 'hello' });
  });

  test.each<[string, string, DatabaseTls, string]>([
    ['another name', 'db.example', full, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['another address', '::1', full, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'an authority that this machine does not know',
      'localhost',
      { ...plain, isChainVerified: true },
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [
      'one that the system does not know',
      'localhost',
      { ...plain, isChainVerified: true, rootCertificate: 'system' },
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
  ])('refuses %s', async (_, name, tls, code) => {
    await expect(talk(name, tls)).rejects.toMatchObject({ code });
  });

  test('names the host to the server, but no address, and not if that is not wanted', async () => {
    expect((await talk('db.example', plain)).name).toBe('db.example');
    expect((await talk('127.0.0.1', plain)).name).toBe(false);
    expect((await talk('db.example', { ...plain, sendsName: false })).name).toBe(false);
  });

  test('names the protocol where TLS comes before any question', async () => {
    const server = { ALPNProtocols: ['postgresql'] };
    expect((await talk('localhost', { ...plain, isDirect: true }, server)).protocol).toBe(
      'postgresql',
    );
    expect((await talk('localhost', plain, server)).protocol).toBeUndefined();
  });

  test('shows the certificate of the URL', async () => {
    const tls = { ...plain, certificate, key };
    const server = { requestCert: true, rejectUnauthorized: false };
    expect((await talk('localhost', tls, server)).client).toBe('localhost');
  });

  test.each([
    ['sslrootcert', { rootCertificate: '/nothing/here.pem' }],
    ['sslcert', { certificate: '/nothing/here.pem' }],
    ['sslkey', { key: '/nothing/here.pem' }],
  ])('says that the file of %s cannot be read, and why, but not which', async (name, more) => {
    await expect(talk('localhost', { ...plain, ...more })).rejects.toMatchObject({
      code: 'TLS_FILE',
      message: `${name} names a file that cannot be read (ENOENT)`,
    });
  });

  test('fails when the server hangs up, and does not wait for ever', async () => {
    const socket = await connectTo(createServer((far) => far.once('data', () => far.destroy())));
    await expect(encrypt(socket, 'localhost', plain)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

test('an error of ours has a code, as those of the system have', () => {
  expect(codedError('TLS_FILE', 'words')).toMatchObject({ code: 'TLS_FILE', message: 'words' });
});
