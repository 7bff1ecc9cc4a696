// What an answer costs besides its body: chunks, hints and extensions count too, so that no far end
// keeps a request busy for ever.
import { describe, expect, test } from 'vitest';
import { watchWire } from '../../../src/kit/http/wire.ts';
import { startSocketServer } from '../../support/far-end.ts';
import { client, failure, post, secretPath } from './calling.ts';

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Answers with `head` and then `block` again and again, as fast as it is taken. */
async function startEndless(head: string, block: string) {
  const blocks = Buffer.from(block.repeat(Math.ceil(65_536 / block.length)));
  let written = 0;
  const port = await startSocketServer((socket) => {
    const pour = () => {
      while (!socket.destroyed) {
        written += blocks.length;
        if (!socket.write(blocks)) return void socket.once('drain', pour);
      }
    };
    socket.once('data', () => {
      socket.write(head);
      pour();
    });
  });
  return { url: `http://127.0.0.1:${port}`, written: () => written };
}

describe('an answer that costs more than its body', () => {
  test('a body of which each byte is a chunk of its own is whole', async () => {
    const body = 'abcdefghij'.repeat(20_000);
    const port = await startSocketServer((socket) => {
      const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
      socket.on('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
      );
    });
    const answer = await client().request(
      post(`http://127.0.0.1:${port}`, { bodyBytesMax: 1_000_000 }),
    );
    expect(answer).toEqual(expect.objectContaining({ status: 200, truncated: false, body }));
  });

  test.each([
    ['chunks of one byte', chunkedHead, '1\r\nx\r\n'],
    ['extensions of chunks', chunkedHead, `1;${'e'.repeat(900)}\r\nx\r\n`],
  ])('%s without end are read for some megabytes, and no more', async (_name, head, block) => {
    const endless = await startEndless(head, block);
    const answer = await client().request(
      post(endless.url, { bodyBytesMax: 100_000_000, timeoutMs: 60_000 }),
    );
    expect(answer).toMatchObject({ status: 200, truncated: true });
    expect(answer.body).toMatch(/^x+$/);
    // The system takes some more from it than we have read.
    expect(endless.written()).toBeLessThan(100_000_000);
  });

  test('hints without end are no answer, and end soon', async () => {
    const endless = await startEndless('', 'HTTP/1.1 103 Early Hints\r\n\r\n');
    const error = await failure(
      client().request(post(endless.url + secretPath, { timeoutMs: 60_000 })),
    );
    expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    expect(error.message).toMatch(/more headers than fit/);
    expect(endless.written()).toBeLessThan(100_000_000);
  });
});

test('a watch looks until it is ended, and the other watches go on', async () => {
  const looks = { ended: 0, kept: 0 };
  let onLook = () => {};
  const end = watchWire(() => {
    looks.ended += 1;
  });
  const endOther = watchWire(() => {
    looks.kept += 1;
    onLook();
  });
  const nextLook = () =>
    new Promise<void>((resolve) => {
      onLook = resolve;
    });
  await nextLook();
  const seen = { ...looks };
  expect(seen).toEqual({ ended: 1, kept: 1 });
  end();
  await nextLook();
  expect(looks).toEqual({ ended: 1, kept: 2 });
  endOther();
});
