// What becomes of the items of the simulated tenant later, and how it is found there.
import { expect, onTestFinished, test } from 'vitest';
import { startTenant } from '../../simulators/tenant/index.ts';
import { closing, recurring, reopening } from '../../simulators/tenant/later.ts';

const atMs = Date.parse('2026-03-05T01:02:03Z');

test('an item is closed, opened again and seen again as at a console', () => {
  expect(closing({ atMs, comment: 'known' })).toEqual({
    ...{ status: 'CLOSED', close_timestamp: '2026-03-05T01:02:03.000000Z' },
    ...{ close_trigger: 'CLOSED_BY_ADMIN', comment: 'known' },
  });
  expect(closing({ atMs, trigger: 'FILE_DELETED' })).toMatchObject({
    close_trigger: 'FILE_DELETED',
  });
  expect(JSON.stringify(reopening())).toBe('{"status":"REOPEN"}');
  expect(recurring({ reoccurrence_count: 4 }, 2, atMs)).toEqual({
    ...{ reoccurrence_count: 6, last_reoccurrence: '2026-03-05T01:02:03.000000Z' },
  });
  expect(recurring({}, 1, atMs)).toMatchObject({ reoccurrence_count: 2 });
});

test('a search finds it by when that was, and the archive hides it from all but its number', async () => {
  const tenant = await startTenant({ now: () => atMs });
  onTestFinished(() => tenant.close());
  const ids = tenant.add('events', 4);
  tenant.closeItem('events', ids[1]!);
  tenant.closeItem('events', ids[2]!);
  tenant.reopenItem('events', ids[2]!);
  tenant.recur('events', ids[3]!);
  const ask = async (path: string, filter?: object) => {
    const response = await fetch(`${tenant.url}/api/v1/events/${path}`, {
      headers: { authorization: tenant.token },
      ...(filter && { method: 'POST', body: JSON.stringify(filter) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const found = async (filter: object) => {
    const { text } = await ask('search', filter);
    return (JSON.parse(text) as { events: { id: number }[] }).events.map(({ id }) => id);
  };
  const span = { from: '2026-03-05T01:00:00Z', to: '2026-03-05T02:00:00Z' };
  expect(await found({ close_timestamp: span })).toEqual([ids[1]]);
  expect(await found({ last_reoccurrence: { ...span, from: '2026-03-05T01:02:03Z' } })).toEqual([
    ids[3],
  ]);
  expect(await found({ status: ['REOPEN'] })).toEqual([ids[2]]);
  tenant.fail('events', 'unfiltered');
  expect(await found({ close_timestamp: span })).toEqual(ids);
  tenant.archive('events', ids[1]!);
  expect(await found({})).toEqual([ids[0], ids[2], ids[3]]);
  expect((await ask(String(ids[1]))).status).toBe(200);
  for (const fault of [500, 'half_json'] as const) tenant.failItem('events', fault);
  expect((await ask(String(ids[1]))).status).toBe(500);
  const half = await ask(String(ids[1]));
  expect(() => JSON.parse(half.text)).toThrow();
  tenant.failItem('events', 'reset');
  await expect(ask(String(ids[1]))).rejects.toThrow();
});
