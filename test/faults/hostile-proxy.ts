// A proxy between the service and the tenant that distorts what passes, as captive portals,
// gateways and broken middle boxes do.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { TenantStream } from '../../simulators/events/index.ts';

/** What is done to the page of a stream. */
export type Distortion = (page: Buffer, response: ServerResponse) => void;

export interface HostileProxy {
  readonly url: string;
  /** From now on; undefined lets the stream's pages through as they are. */
  distort(stream: TenantStream, distortion: Distortion | undefined): void;
  /** How many pages of the stream were distorted so far. */
  distorted(stream: TenantStream): number;
}

export async function startHostileProxy(tenantUrl: string): Promise<HostileProxy> {
  const current: Partial<Record<TenantStream, Distortion | undefined>> = {};
  const counts = { events: 0, suspicious: 0 };
  const server = createServer(async (request, response) => {
    response.on('error', () => {});
    const authorization = request.headers.authorization ?? '';
    const answer = await fetch(`${tenantUrl}${request.url}`, {
      headers: { authorization },
      redirect: 'manual',
    });
    const page = Buffer.from(await answer.arrayBuffer());
    const stream = request.url?.includes('/suspicious-events/') ? 'suspicious' : 'events';
    const distortion = answer.status === 200 ? current[stream] : undefined;
    if (distortion === undefined) return answerJson(response, page, answer.status);
    counts[stream] += 1;
    distortion(page, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    distort(stream, distortion) {
      current[stream] = distortion;
    },
    distorted: (stream) => counts[stream],
  };
}

function answerJson(
  response: ServerResponse,
  body: Buffer | string,
  status = 200,
  headers = {},
): void {
  const all = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  };
  response.writeHead(status, all).end(body);
}

const html =
  '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>';

/** These pages are whole, and are read. */
export const readable: Readonly<Record<string, Distortion>> = {
  'the wrong content type': (page, response) =>
    answerJson(response, page, 200, { 'Content-Type': 'text/html' }),
  'compressed without being asked': (page, response) =>
    answerJson(response, gzipSync(page), 200, {
      'Content-Encoding': 'gzip',
      'Content-Length': gzipSync(page).length,
    }),
  'a page of 10 MB': (page, response) =>
    answerJson(response, Buffer.concat([Buffer.alloc(10_000_000, ' '), page])),
  'an event that is no JSON': (page, response) =>
    answerJson(response, page.toString().replace(/"id": ?\d+,/, '$&"broken":NaN,')),
  'ids as strings': (page, response) =>
    answerJson(response, page.toString().replace(/"(id|last_id)": ?(\d+)/g, '"$1": "$2"')),
  'one byte at a time': (page, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    for (const byte of page.subarray(0, 2000)) response.write(Buffer.of(byte));
    response.end(page.subarray(2000));
  },
};

/** Nothing of these may be used. `elsewhere`: an address that a redirect leads to. */
export const unreadable = (elsewhere: string): Readonly<Record<string, Distortion>> => ({
  HTML: (_page, response) => answerJson(response, html, 200, { 'Content-Type': 'text/html' }),
  'half a JSON': (page, response) => answerJson(response, page.subarray(0, page.length >> 1)),
  'an empty body': (_page, response) => answerJson(response, ''),
  'a list in place of the object': (page, response) => answerJson(response, `[${page}]`),
  'an error in place of the page': (_page, response) =>
    answerJson(response, '{"error": "backend unavailable"}'),
  'damaged gzip': (page, response) => {
    const packed = gzipSync(page);
    packed.fill(0, packed.length >> 1);
    answerJson(response, packed, 200, { 'Content-Encoding': 'gzip' });
  },
  'gzip that is none': (page, response) =>
    answerJson(response, page, 200, { 'Content-Encoding': 'gzip' }),
  'a redirect to another host': (_page, response) =>
    answerJson(response, '', 302, { Location: `${elsewhere}/api/v1/events/` }),
  'a permanent redirect to another host': (_page, response) =>
    answerJson(response, '', 308, { Location: `${elsewhere}/api/v1/events/` }),
  'a flood without end': (page, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(page.subarray(0, page.length - 4));
    const spaces = Buffer.alloc(65_536, ' ');
    const pour = () => {
      while (!response.destroyed)
        if (!response.write(spaces)) return void response.once('drain', pour);
    };
    pour();
  },
});

const answerBytes = 32 * 1024 * 1024 - 1000;
const listOf = (element: string) =>
  `{"last_id":1,"events":[${element.repeat(Math.floor((answerBytes - 40) / element.length)).slice(0, -1)}]}`;

/**
 * Cheap to send and dear to read: none is a page, and none may cost more than an honest page of its
 * size.
 */
export const costly: Readonly<Record<string, Distortion>> = {
  'each byte in a chunk of its own': (_page, response) => pourRaw(response, '1\r\n{\r\n'),
  'chunks with extensions of 1 kB': (_page, response) =>
    pourRaw(response, `1;${'x'.repeat(1000)}\r\n{\r\n`),
  'one chunk extension without end': (_page, response) => pourRaw(response, 'x'.repeat(1000), '1;'),
  'hints without end': (_page, response) =>
    pourRaw(response, 'HTTP/1.1 103 Early Hints\r\n\r\n', ''),
  '32 MB of empty objects': (_page, response) => answerJson(response, listOf('{},')),
  '32 MB of zeros': (_page, response) => answerJson(response, listOf('0,')),
  'a list of 32 MB in place of the object': (_page, response) =>
    answerJson(response, `[${'0,'.repeat(answerBytes / 2)}0]`),
  'an object of 1.5 million members': (_page, response) =>
    answerJson(
      response,
      `{${Array.from({ length: 1_500_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
    ),
};

/**
 * As fast as it is taken, until the other side has enough; `head`: what stands before the first
 * block.
 */
function pourRaw(response: ServerResponse, block: string, head?: string): void {
  const socket = response.socket!;
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${head ?? ''}`;
  socket.write(head === '' ? '' : chunked);
  const blocks = Buffer.from(block.repeat(Math.ceil(65_536 / block.length)));
  const pour = () => {
    while (!socket.destroyed) if (!socket.write(blocks)) return void socket.once('drain', pour);
  };
  pour();
}

export const slowerThanTheTimeout: Distortion = () => {};

/** A byte each second: never silent, never done. */
export const endlessTrickle: Distortion = (page, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write(page.subarray(0, page.length >> 1));
  const timer = setInterval(
    () => (response.destroyed ? clearInterval(timer) : response.write(' ')),
    1000,
  );
  timer.unref();
};
