// The leanest HTTP/1.1 that a program can do the job with: sockets that stay open, one write a
// request, and no more of an answer looked at than its status and its length. For the far ends of
// the contest, which answer with a length and never in pieces.
import { connect } from 'node:net';

/** @param origin `http://host:port` @returns a function: the whole request -> status and body */
export function createExchange(origin) {
  const { hostname, port } = new URL(origin);
  const free = [];
  return (request) =>
    new Promise((resolve, reject) => {
      const line = free.pop() ?? open(hostname, Number(port), free);
      line.resolve = resolve;
      line.reject = reject;
      line.socket.write(request);
    });
}

function open(host, port, free) {
  const socket = connect({ host, port, noDelay: true });
  const line = { socket, resolve: undefined, reject: undefined };
  let pieces = [];
  let length = 0;
  let end;
  let head = 0;
  socket.on('data', (piece) => {
    pieces.push(piece);
    length += piece.length;
    if (end === undefined) {
      if (pieces.length > 1) pieces = [Buffer.concat(pieces)];
      head = pieces[0].indexOf('\r\n\r\n') + 4;
      if (head === 3) return;
      const found = /content-length: (\d+)/i.exec(pieces[0].latin1Slice(0, head));
      end = head + Number(found[1]);
    }
    if (length < end) return;
    const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const status = Number(bytes.latin1Slice(9, 12));
    const body = bytes.utf8Slice(head, end);
    const { resolve } = line;
    pieces = [];
    length = 0;
    end = undefined;
    free.push(line);
    resolve({ status, body });
  });
  socket.on('error', (error) => line.reject?.(error));
  return line;
}
