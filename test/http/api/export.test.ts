// Events as a file, over a database, without a socket.

import { Hono } from 'hono';
import { expect, test, vi } from 'vitest';
import type { ApiDependencies } from '../../../src/http/api/answer.ts';
import { Exports } from '../../../src/http/api/export.ts';
import { events } from '../../../src/http/api/exported.ts';
import { ann, contextOn } from '../../operations/acting.ts';
import { draft, drafts, storePage, useDatabase } from '../../store/stored.ts';

const db = useDatabase();

function setUp(rowsMax?: number, more: Partial<ApiDependencies> = {}) {
  const ending = new AbortController();
  const onFailure = vi.fn();
  const deps = {
    ...{ version: '1', onFailure, ending: ending.signal, identify: async () => ({ actor: ann }) },
    contextOf: () => contextOn(db()),
    ...more,
  };
  const exports = new Exports(deps, events, rowsMax === undefined ? {} : { rowsMax });
  const app = new Hono().get('/export', (c) => exports.answer(c));
  const get = async (query: string) => app.request(`/export?${query}`);
  return { get, app, ending, onFailure };
}

test('all that fits, as lines of JSON with an end', async () => {
  await storePage(db(), { events: [...drafts(1, 450), draft(451, { type: 'OTHER' })] });
  const answer = await setUp().get('format=ndjson&type=STATIC_ANALYSIS');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="events.ndjson"',
  });
  const lines = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toEqual({ end: true, next: null });
  expect(lines.slice(0, -1).map(({ externalId }) => Number(externalId))).toEqual(
    Array.from({ length: 450 }, (_, at) => 450 - at),
  );
});

test('as CSV, in files of so many rows that go on where the last one ended', async () => {
  await storePage(db(), { events: drafts(1, 5) });
  const { get } = setUp(3);
  const first = (await (await get('format=csv')).text()).trimEnd().split('\r\n');
  expect(first[0]).toMatch(/^id,receivedAt,/);
  expect(first.length).toBe(5);
  const cursor = /^next: (.+)$/.exec(first.at(-1)!)![1]!;
  const second = (await (await get(`format=csv&cursor=${cursor}`)).text()).trimEnd().split('\r\n');
  expect(second.length).toBe(3);
});

test.each(['', 'format=xml', 'format=csv&colour=1', 'format=csv&cursor=abc', 'format=csv&limit=3'])(
  '"%s" is refused',
  async (query) => {
    expect((await setUp().get(query)).status).toBe(400);
  },
);

test('a failure on the way breaks the file off', async () => {
  await storePage(db(), { events: drafts(1, 450) });
  let asked = 0;
  const { get, onFailure } = setUp(undefined, {
    contextOf: () => {
      const context = contextOn(db());
      return {
        ...context,
        get db() {
          asked += 1;
          if (asked > 1) throw new Error('down');
          return context.db;
        },
      };
    },
  });
  const answer = await get('format=ndjson');
  await expect(answer.text()).rejects.toThrow('down');
  expect(onFailure).toHaveBeenCalledOnce();
});

test('a few are written at a time, and whoever leaves makes room', async () => {
  await storePage(db(), { events: drafts(1, 450) });
  const { get, app } = setUp();
  const open = [];
  for (let n = 0; n < 4; n += 1) open.push(await get('format=csv'));
  expect((await get('format=csv')).status).toBe(503);
  expect((await app.request('/export?format=csv', { method: 'HEAD' })).status).toBe(200);
  await open[0]?.body?.cancel();
  const next = await get('format=csv');
  expect(next.status).toBe(200);
  await next.text();
  expect((await get('format=csv')).status).toBe(200);
});

test('it ends when the service stops', async () => {
  await storePage(db(), { events: drafts(1, 450) });
  const { get, ending, onFailure } = setUp();
  const answer = await get('format=ndjson');
  ending.abort();
  await expect(answer.text()).rejects.toThrow('stops');
  expect(onFailure).not.toHaveBeenCalled();
  expect((await get('format=ndjson')).status).toBe(503);
});

test('strangers and a database that is not ready are answered', async () => {
  const stranger = { status: 401, detail: 'Sign in.' } as const;
  const status = async (more: Partial<ApiDependencies>) =>
    (await setUp(undefined, more).get('format=csv')).status;
  expect(await status({ identify: async () => ({ stranger }) })).toBe(401);
  expect(await status({ contextOf: () => undefined })).toBe(503);
});
