// A calendar at its address, on loopback, and in a file: what is asked for, and how each failure reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { originOf, readSource } from '../../../src/core/escalation/calendar-source.ts';
import type { CalendarSource } from '../../../src/core/rules/duty.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { type Answering, startFarEnd } from '../../support/far-end.ts';
import { calendarOf } from '../rules/calendar/calendars.ts';

const secret = 'basic-path-3hook5id7';
const nowMs = Date.parse('2026-12-01T00:00Z');
const event = ['SUMMARY:Ana', 'DTSTART:20261201T080000Z', 'DTEND:20261202T080000Z'];
const text = calendarOf(event);
const shared = { person: 'summary', timeZone: 'UTC', people: new Map() } as const;

async function read(
  place: CalendarSource['place'],
  known: { etag: string | null; lastModified: string | null } | null = null,
  signal = new AbortController().signal,
) {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  return readSource({ place, ...shared }, { http, signal, nowMs, known });
}

async function fetched(answering: Answering, known?: Parameters<typeof read>[1]) {
  const server = await startFarEnd(answering);
  const url = `${server.origin}/${secret}.ics?key=${secret}`;
  const news = await read({ kind: 'url', url, authorization: `Bearer ${secret}` }, known);
  return { news, server };
}

test('reads it with its credential, and keeps what tells a change', async () => {
  const { news, server } = await fetched((_, response) => {
    response.setHeader('etag', '"7"').setHeader('last-modified', 'Tue, 01 Dec 2026 00:00:00 GMT');
    response.end(text);
  });
  expect(news).toMatchObject({
    kind: 'read',
    read: { shifts: [{ who: 'Ana', fromMs: nowMs + 8 * 3_600_000 }], unread: [] },
    ...{ etag: '"7"', lastModified: 'Tue, 01 Dec 2026 00:00:00 GMT' },
  });
  expect(server.received[0]?.headers).toMatchObject({ authorization: `Bearer ${secret}` });
  expect(server.received[0]?.headers).not.toHaveProperty('if-none-match');
});

test('asks whether it has changed, and is told that it has not', async () => {
  const { news, server } = await fetched((_, response) => response.writeHead(304).end(), {
    ...{ etag: '"7"', lastModified: 'then' },
  });
  expect(news).toEqual({ kind: 'unchanged' });
  const asked = { 'if-none-match': '"7"', 'if-modified-since': 'then' };
  expect(server.received[0]?.headers).toMatchObject(asked);
});

test.each<[string, Answering, string]>([
  ['a 401', (_, response) => response.writeHead(401).end(), 'answered 401. The credential'],
  ['a 503', (_, response) => response.writeHead(503).end(), 'answered 503'],
  ['an unasked 304', (_, response) => response.writeHead(304).end(), 'answered 304'],
  ['a login page', (_, response) => response.end('<html>Sign in</html>'), 'is no calendar'],
  ['half of it', (_, response) => response.end(text.slice(0, 60)), 'is cut off'],
  ['a flood', (_, response) => response.end('x'.repeat(3_000_000)), 'more than 2048 kB'],
  ['a hang-up', (_request, response) => void response.destroy(), '127.0.0.1'],
])('%s is a failure, whose words hold no secret', async (_, answering, words) => {
  const { news } = await fetched(answering);
  expect(news).toMatchObject({ kind: 'failed', error: expect.stringContaining(words) });
  expect(JSON.stringify(news)).not.toContain(secret);
});

test('ends at once when it is stopped', async () => {
  const server = await startFarEnd(() => {});
  const stopping = new AbortController();
  const news = read({ kind: 'url', url: server.origin }, null, stopping.signal);
  stopping.abort(new Error('stopping'));
  await expect(news).rejects.toThrow('stopping');
});

test('reads a file, and says when it cannot', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-calendar-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'on-call.ics');
  expect(await read({ kind: 'file', path })).toEqual({
    kind: 'failed',
    error: `${path} cannot be read (ENOENT). Name a file that this user may read.`,
  });
  writeFileSync(path, text);
  expect(await read({ kind: 'file', path })).toMatchObject({ kind: 'read' });
});

test('another address, person or time zone is another calendar', () => {
  const place = { kind: 'url', url: `https://calendar.example/${secret}` } as const;
  const one = originOf({ place, ...shared });
  expect(one).not.toContain(secret);
  const others = [
    originOf({ place: { ...place, url: `${place.url}x` }, ...shared }),
    originOf({ place, ...shared, person: 'attendee' }),
    originOf({ place, ...shared, timeZone: 'Asia/Bangkok' }),
  ];
  expect(new Set([one, ...others]).size).toBe(4);
  expect(originOf({ place, ...shared, people: new Map([['ana', ['@a']]]) })).toBe(one);
});
