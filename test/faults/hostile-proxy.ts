// A proxy between the service and the tenant that distorts what passes, as captive portals, gateways and broken middle boxes do.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { TenantStream } from '../../src/demo/events.ts';

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
    const answer = await fetch(`${tenantUrl}${request.url}`, { headers: { authorization }, redirect: 'manual' });
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

function answerJson(response: ServerResponse, body: Buffer | string, status = 200, headers = {}): void {
  const all = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers };
  response.writeHead(status, all).end(body);
}

const html = '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>';

/** These pages are whole, and are read. */
export const readable: Readonly<Record<string, Distortion>> = {
  'the wrong content type': (page, response) => answerJson(response, page, 200, { 'Content-Type': 'text/html' }),
  'compressed without being asked': (page, response) =>
    answerJson(response, gzipSync(page), 200, {
      'Content-Encoding': 'gzip',
      'Content-Length': gzipSync(page).length,
    }),
  'a page of 10 MB': (page, response) => answerJson(response, Buffer.concat([Buffer.alloc(10_000_000, ' '), page])),
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
  'an error in place of the page': (_page, response) => answerJson(response, '{"error": "backend unavailable"}'),
  'damaged gzip': (page, response) => {
    const packed = gzipSync(page);
    packed.fill(0, packed.length >> 1);
    answerJson(response, packed, 200, { 'Content-Encoding': 'gzip' });
  },
  'gzip that is none': (page, response) => answerJson(response, page, 200, { 'Content-Encoding': 'gzip' }),
  'a redirect to another host': (_page, response) =>
    answerJson(response, '', 302, { Location: `${elsewhere}/api/v1/events/` }),
  'a permanent redirect to another host': (_page, response) =>
    answerJson(response, '', 308, { Location: `${elsewhere}/api/v1/events/` }),
  'a flood without end': (page, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(page.subarray(0, page.length - 4));
    const spaces = Buffer.alloc(65_536, ' ');
    const pour = () => {
      while (!response.destroyed) if (!response.write(spaces)) return void response.once('drain', pour);
    };
    pour();
  },
});

export const slowerThanTheTimeout: Distortion = () => {};

/** A byte each second: never silent, never done. */
export const endlessTrickle: Distortion = (page, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write(page.subarray(0, page.length >> 1));
  const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write(' ')), 1000);
  timer.unref();
};
