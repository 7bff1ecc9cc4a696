// The receiver of the contest: answers each post as the simulated Mattermost answers one that it
// takes, by the same headers, and counts. It reads no more of a request than that needs, so that
// little of the machine goes to what is not measured.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';

/** The server makes a number for each request; here it is the same for a second, as the date is. */
const makeAnswer = () =>
  [
    'HTTP/1.1 200 OK',
    `X-Request-Id: ${randomBytes(13).toString('hex')}`,
    'X-Version-Id: 11.10.0.simulated',
    'Content-Type: text/plain',
    'Content-Length: 2',
    `Date: ${new Date().toUTCString()}`,
    'Connection: keep-alive',
    'Keep-Alive: timeout=65',
    '',
    'ok',
  ].join('\r\n');

/** @returns where to post, how often each delivery came, and how to end it */
export async function startReceiver() {
  /** By delivery id. */
  const deliveries = new Map();
  let bytes = 0;
  let firstAt;
  const perSecond = [];
  const sockets = new Set();
  let answer = makeAnswer();
  const timer = setInterval(() => {
    answer = makeAnswer();
  }, 1000);
  timer.unref();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let rest = '';
    socket.on('data', (chunk) => {
      // One character a byte, so that lengths are those of the wire.
      rest += chunk.toString('latin1');
      for (let request = take(rest); request !== undefined; request = take(rest)) {
        rest = rest.slice(request.end);
        if (request.deliveryId === undefined) {
          socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
          return;
        }
        deliveries.set(request.deliveryId, (deliveries.get(request.deliveryId) ?? 0) + 1);
        bytes += request.bytes;
        const now = performance.now();
        firstAt ??= now;
        const second = Math.floor((now - firstAt) / 1000);
        perSecond[second] = (perSecond[second] ?? 0) + 1;
        socket.write(answer, 'latin1');
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    hookUrl: `http://127.0.0.1:${server.address().port}/hooks/${'x'.repeat(26)}`,
    deliveries,
    /** Of the bodies, all together. */
    bytes: () => bytes,
    perSecond: () => Array.from(perSecond, (posts) => posts ?? 0),
    async close() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The first whole request; undefined if there is none yet. Without a `deliveryId`, which stands at
 * the end of every card, no contestant sent it.
 */
function take(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = /^content-length: (\d+)\r?$/im.exec(text.slice(0, head));
  const end = head + 4 + Number(length?.[1] ?? 0);
  if (text.length < end) return undefined;
  const isPost =
    text.startsWith('POST /hooks/') && length !== null && text.charCodeAt(end - 1) === 0x7d;
  const at = isPost ? text.lastIndexOf('"delivery_id":"', end) : -1;
  return {
    end,
    bytes: end - head - 4,
    deliveryId: at > head ? text.slice(at + 15, text.indexOf('"', at + 15)) : undefined,
  };
}
