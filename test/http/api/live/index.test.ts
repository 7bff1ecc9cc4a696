// The live tail as a client meets it: over a database, without a socket.
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ApiDependencies } from '../../../../src/http/api/answer.ts';
import { createApi } from '../../../../src/http/api/index.ts';
import { newestEventId } from '../../../../src/store/tail.ts';
import { ann, contextOn } from '../../../operations/acting.ts';
import { draft, drafts, storePage, useDatabase } from '../../../store/stored.ts';

const db = useDatabase();

function setUp(more: Partial<ApiDependencies> = {}) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const onFailure = vi.fn();
  const app = createApi({
    ...{ version: '1', onFailure, ending: ending.signal },
    identify: async (c) => ({ actor: { ...ann, name: c.req.header('name') ?? 'ann' } }),
    contextOf: (actor) => contextOn(db(), { actor }),
    ...more,
  });
  const open = async (query = '', headers: Record<string, string> = {}) => {
    const answer = await app.request(`/events/stream${query}`, { headers });
    return { answer, ...reading(answer) };
  };
  return { app, open, ending, onFailure };
}

function reading(answer: Response) {
  const reader = answer.body!.getReader();
  let text = '';
  /** All that was sent, once it holds `words`. */
  async function until(words: string): Promise<string> {
    while (!text.includes(words)) {
      const { value, done } = await reader.read();
      if (done) return `${text}[end]`;
      text += new TextDecoder().decode(value);
    }
    return text;
  }
  return { until, leave: () => reader.cancel() };
}

const idsIn = (text: string) => [...text.matchAll(/"externalId":"(\w+)"/g)].map(([, id]) => id);

test('events are sent as they are stored, with what proxies need', async () => {
  await storePage(db(), { events: drafts(1, 2) });
  const { open } = setUp();
  const { answer, until } = await open();
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  });
  await storePage(db(), { events: drafts(3, 2) });
  expect(idsIn(await until('"externalId":"4"'))).toEqual(['3', '4']);
});

test('how many watch is counted', async () => {
  const onStreams = vi.fn();
  const { open } = setUp({ onStreams });
  const { until, leave } = await open();
  await until('retry');
  await (await open()).leave();
  await leave();
  expect(onStreams.mock.calls.flat()).toEqual([1, 2, 1, 0]);
});

test('only what was asked for is sent', async () => {
  const { open } = setUp();
  const { until } = await open('?minSeverity=HIGH&source=a,b&sink=soc');
  await storePage(db(), { events: [draft(1), draft(2, { severity: 4 })] });
  await storePage(db(), { source: 'c', events: [draft(3, { severity: 5 })] });
  await storePage(db(), { routes: [], events: [draft(4, { severity: 5 })] });
  await storePage(db(), { events: [draft(5, { severity: 5 })] });
  expect(idsIn(await until('"externalId":"5"'))).toEqual(['2', '5']);
});

test('a client that comes back is sent what it missed, or told that it is too much', async () => {
  await storePage(db(), { events: drafts(1, 3) });
  const newest = await newestEventId(db());
  const { open } = setUp();
  const back = await open('', { 'last-event-id': String(newest - 2) });
  expect(idsIn(await back.until('"externalId":"3"'))).toEqual(['2', '3']);
  await storePage(db(), { events: drafts(4, 1) });
  expect(idsIn(await back.until('"externalId":"4"'))).toEqual(['2', '3', '4']);
  await back.leave();
  await storePage(db(), { events: drafts(100, 1300) });
  const late = await open('?minSeverity=CRITICAL', { 'last-event-id': '0' });
  expect(await late.until('event: gap')).toContain(`"to":"${newest + 1301}"`);
});

test.each([
  ['?severity=1', {}],
  ['?minSeverity=9', {}],
  ['', { 'last-event-id': 'x' }],
])('%s with %j is refused', async (query, headers) => {
  const { app } = setUp();
  expect((await app.request(`/events/stream${query}`, { headers })).status).toBe(400);
});

test('other methods are refused, and HEAD opens nothing', async () => {
  const { app, open } = setUp();
  expect((await app.request('/events/stream', { method: 'POST' })).status).toBe(405);
  for (let n = 0; n < 6; n += 1) {
    const head = await app.request('/events/stream', { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, null]);
  }
  expect((await open()).answer.status).toBe(200);
});

test('a person has a few streams, a process some more, and whoever leaves makes room', async () => {
  const { open } = setUp();
  const own = [];
  for (let n = 0; n < 5; n += 1) own.push(await open());
  const more = await open();
  expect([more.answer.status, more.answer.headers.get('retry-after')]).toEqual([429, '30']);
  await own[0]?.leave();
  expect((await open()).answer.status).toBe(200);
  for (let n = 0; n < 15; n += 1)
    expect((await open('', { name: `p${n % 3}` })).answer.status).toBe(200);
  expect((await open('', { name: 'p9' })).answer.status).toBe(503);
});

test('all end when the service stops, and none begins', async () => {
  const { open, ending } = setUp();
  const { until } = await open();
  ending.abort();
  expect(await until('never')).toContain('[end]');
  expect((await open()).answer.status).toBe(503);
});

test('strangers, a database that is not ready and a failure are answered', async () => {
  const stranger = { status: 401, detail: 'Sign in.' } as const;
  const answer = async (more: Partial<ApiDependencies>) =>
    (await setUp(more).app.request('/events/stream')).status;
  expect(await answer({ identify: async () => ({ stranger }) })).toBe(401);
  expect(await answer({ contextOf: () => undefined })).toBe(503);
  const failing = new Proxy({} as never, {
    get: () => {
      throw new Error('down');
    },
  });
  expect(await answer({ contextOf: () => contextOn(failing) })).toBe(500);
});

test('whoever is shut out meanwhile is sent no more', async () => {
  let isIn = true;
  const stranger = { status: 401, detail: 'Sign in.' } as const;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { open } = setUp({ identify: async () => (isIn ? { actor: ann } : { stranger }) });
  const { until } = await open();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await until(': ping')).not.toContain('[end]');
  isIn = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await until('never')).toContain('[end]');
});
