// One source on the page: read now, paused, resumed, started anew.
import { expect, test } from 'vitest';
import type { Actor } from '../../../../src/operations/index.ts';
import { listAudit } from '../../../../src/store/audit.ts';
import { readPosition } from '../../../../src/store/cursors.ts';
import { contextOn } from '../../../operations/acting.ts';
import { useDatabase } from '../../../store/stored.ts';
import { sentTo, visitor } from '../visiting.ts';

const db = useDatabase();
const operations = async () =>
  (await listAudit(db(), { limit: 9 })).map(({ operation }) => operation);

test('it is read now, paused and resumed', async () => {
  const { get, post } = visitor(db());
  expect(await get('/sources/a')).toContain('action="/sources/a/poll"');
  const polled = await post('/sources/a/poll', {});
  expect(sentTo(polled)).toBe('/sources/a sourceAsked');
  const paused = await post('/sources/a/pause', { reason: 'moving', for: '1h' });
  expect(sentTo(paused)).toBe('/sources/a sourcePaused');
  const html = await get('/sources/a');
  expect(html).toContain('Resume, and read at once');
  expect(html).not.toContain('action="/sources/a/poll"');
  expect((await post('/sources/a/poll', {})).status).toBe(409);
  const resumed = await post('/sources/a/resume', {});
  expect(sentTo(resumed)).toBe('/sources/a sourceResumed');
  expect(await get('/sources/a')).not.toContain('Resume, and read at once');
  expect(await operations()).toEqual(['source-resume', 'source-pause', 'source-poll']);
});

test('whoever resumes a source that goes on already learns that', async () => {
  expect(sentTo(await visitor(db()).post('/sources/a/resume', {}))).toBe('/sources/a wasNotPaused');
});

test('starting anew says what it means, and happens only with the name written again', async () => {
  const farEnds = { source: () => ({ console: 'https://console.example' }) } as never;
  const contextOf = (actor: Actor) => contextOn(db(), { actor, farEnds });
  const { get, post } = visitor(db(), 'admin', { contextOf });
  expect(await get('/sources/a/reset')).toContain('read, stored and announced again');
  expect((await post('/sources/a/reset', { confirm: 'b' })).status).toBe(400);
  expect(await readPosition(db(), 'a')).toBeUndefined();
  const done = await post('/sources/a/reset', { confirm: 'a' });
  expect(sentTo(done)).toBe('/sources/a sourceReset');
  expect((await readPosition(db(), 'a'))?.generation).toBe(1);
  expect(await operations()).toEqual(['source-reset']);
});

test('who may not start it anew sees no way to it', async () => {
  const { get, post } = visitor(db(), 'operate');
  expect(await get('/sources/a')).not.toContain('href="/sources/a/reset"');
  expect((await post('/sources/a/reset', { confirm: 'a' })).status).toBe(403);
});

test('of a source that is not there, the page says so', async () => {
  expect(await visitor(db()).get('/sources/other')).toContain('No source is called');
});
