// Now: what goes on, with the worst first, in an order that a refresh does not change.
import { expect, test, vi } from 'vitest';
import { now } from '../../../../src/http/page/views/now.tsx';
import type { Shown } from '../../../../src/http/page/visit.ts';
import { states } from '../../../../src/operations/index.ts';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage, visitOf } from '../visiting.ts';

const db = useDatabase();
const keysOf = (html: string, kind: string) =>
  [...html.matchAll(/data-key="(\w+) ([^"]+)"/g)].flatMap((m) => (m[1] === kind ? [m[2]] : []));

test('a sink with dead letters stands above one that only waits', async () => {
  const routes = [{ name: 'r', minSeverity: 0 as const, to: ['a', 'b'] }];
  await storePage(db(), { events: drafts(1, 3), routes });
  await db().$client`
    update deliveries set state = 'dead', reason = 'x', finalized_at = now()
    where sink = 'b' and event_id = (select min(event_id) from deliveries)`;
  const html = await (await createTestPage(db()).request('/')).text();
  expect(keysOf(html, 'sink')).toEqual(['b', 'a', 'soc']);
  expect(html).toContain('<a href="/dead" class="tile bad">');
  expect(html).toMatch(/aria-label="Events by hour, last 24 hours: 3"/);
});

test('states come before dead letters, and names decide among equals', async () => {
  const sinkOf = (sink: string, more: object) => ({
    ...{ sink, state: 'ok', reason: null, pending: 0, dead: 0, oldestPendingSeconds: 0 },
    ...{ nextProbeAt: null, storm: null, delivered: { lastHour: 0, lastDay: 0, isCut: false } },
    ...more,
  });
  const items = [
    sinkOf('z', {}),
    sinkOf('y', { pending: 9000 }),
    sinkOf('c', { dead: 5, state: 'paused_by_operator' }),
    sinkOf('x', { dead: 1 }),
    sinkOf('w', { state: 'backing_off' }),
    sinkOf('v', { state: 'paused', reason: '<b>gone</b>' }),
    sinkOf('b', {}),
  ];
  const visit = visitOf(db());
  const operate = vi.fn(async (operation: unknown, input: never) =>
    operation === states.sinks ? { items } : visit.operate(operation as never, input),
  );
  const html = String(
    ((await now(visitOf(db(), '/', { operate: operate as never }), {})) as Shown).body,
  );
  expect(keysOf(html, 'sink')).toEqual(['v', 'w', 'c', 'x', 'y', 'b', 'z']);
  expect(html).toContain('&lt;b&gt;gone&lt;/b&gt;');
});

test('nobody works anything: the number of processes says so', async () => {
  const html = await (await createTestPage(db()).request('/')).text();
  expect(html).toContain('<a href="/status" class="tile bad">');
});
