// A datagram arrives whole, or the error of the system says why it was not sent.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { sendDatagram } from '../../src/kit/udp.ts';

const { signal } = new AbortController();

it('arrives as it was given, by name and by address', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const { port } = socket.address();
  for (const text of ['one', 'two']) {
    const arriving = once(socket, 'message');
    await sendDatagram(Buffer.from(text), { host: '127.0.0.1', port, signal });
    expect(String((await arriving)[0])).toBe(text);
  }
});

it('is refused with the code of the system', async () => {
  const long = Buffer.alloc(70_000);
  const sending = sendDatagram(long, { host: '127.0.0.1', port: 9, signal });
  await expect(sending).rejects.toMatchObject({ code: 'EMSGSIZE' });
  const unknown = { host: 'no-such.invalid', port: 9, signal };
  await expect(sendDatagram(long, unknown)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
});

it('is not sent after an abort', async () => {
  const reason = new Error('the service stops');
  const where = { host: '127.0.0.1', port: 9, signal: AbortSignal.abort(reason) };
  await expect(sendDatagram(Buffer.from('x'), where)).rejects.toBe(reason);
});
