// The weekly report over the wire: what it says of a week, and to whom it is sent.
import { expect, test } from 'vitest';
import { InputError, report } from '../../src/operations/index.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

test('the last whole week, or that of a day', async () => {
  await storePage(db(), { events: [draft(1, { severity: 5 })] });
  const today = new Date().toISOString().slice(0, 10);
  const now = await overTheWire(db(), report.show, { week: today });
  expect(now.from <= today && today <= now.until).toBe(true);
  expect(now.week).toMatchObject({
    events: 1,
    severities: [{ severity: 'CRITICAL', events: 1, open: 0 }],
  });
  const last = await overTheWire(db(), report.show, {});
  expect(Date.parse(now.from) - Date.parse(last.until)).toBe(86_400_000);
  expect(last.week.events).toBe(0);
});

test.each(['yesterday', '2026-02-30', '2026-11-23T00:00'])('"%s" is no day', async (week) => {
  await expect(report.show.run(contextOn(db()), { week })).rejects.toThrow(InputError);
});

test('it is sent to its sinks as often as is asked, and only if it is configured', async () => {
  const context = contextOn(db());
  await expect(report.send.run(context, {})).rejects.toThrow(/add "report: \{ to:/);
  const weekly = { to: ['soc', 'ops'], day: 1, minute: 540, timeZone: 'UTC' };
  const config = { ...context.config, report: weekly };
  const today = new Date().toISOString().slice(0, 10);
  await storePage(db(), { events: [draft(1)] });
  for (const _ of [1, 2])
    expect(await report.send.run({ ...context, config }, { week: today })).toMatchObject({
      to: weekly.to,
      week: { events: 1 },
    });
  const rows = await db().$client`
    select d.sink, e.body->'report'->'week'->>'events' as events
    from deliveries d join events e on e.id = d.event_id where e.type = 'REPORT' order by 1`;
  expect(rows.map(({ sink, events }) => [sink, events])).toEqual([
    ...[
      ['ops', '1'],
      ['ops', '1'],
    ],
    ...[
      ['soc', '1'],
      ['soc', '1'],
    ],
  ]);
});
