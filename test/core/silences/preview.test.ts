// What a silence would have hidden of what is stored: counted by severity and by day, with a sample,
// and never read without an end.
import { describe, expect, test } from 'vitest';
import { type Matcher, tryMatcher } from '../../../src/core/silences/index.ts';
import { dayMs, preview } from '../../../src/core/silences/preview.ts';
import { draft, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

const look = (matchers: Matcher[], withinMs = dayMs) => preview(database(), matchers, withinMs);

describe('what a silence would have hidden', () => {
  const matching = (written: Record<string, unknown>) => tryMatcher(written) as Matcher;
  const events = [
    draft(1, { type: 'A', severity: 5 }),
    draft(2, { type: 'A', severity: 2 }),
    draft(3, { type: 'B', severity: 5 }),
  ];

  test('is counted by severity, for each silence by itself, among all that were looked at', async () => {
    await storePage(database(), { events });
    const previews = await look([matching({ types: ['A'] }), matching({ types: ['C'] })]);
    expect(previews).toMatchObject([
      { looked: 3, isCut: false, severities: [0, 0, 1, 0, 0, 1] },
      { looked: 3, isCut: false, severities: [0, 0, 0, 0, 0, 0] },
    ]);
  });

  test('is nothing of what no sink that it names would have got', async () => {
    await storePage(database(), { events });
    const [of, ofOther] = await look([
      matching({ types: ['A'], sinks: ['soc'] }),
      matching({ types: ['A'], sinks: ['boss'] }),
    ]);
    expect([of!.severities[5], ofOther!.severities[5]]).toEqual([1, 0]);
  });

  test('leaves out what Tocsin says itself, and what is older than a day', async () => {
    await storePage(database(), { source: 'tocsin', events: [draft(1, { type: 'A' })] });
    await storePage(database(), { events });
    await database()
      .$client`update events set received_at = now() - interval '25 hours' where external_id = '1'`;
    expect(await look([matching({ types: ['A'] })])).toMatchObject([
      { looked: 2, severities: [0, 0, 1, 0, 0, 0] },
    ]);
  });

  test('is read page by page to its end', async () => {
    const many = Array.from({ length: 501 }, (_, n) => draft(n, { type: 'A', severity: 1 }));
    await storePage(database(), { events: many });
    expect(await look([matching({ types: ['A'] })])).toMatchObject([
      { looked: 501, isCut: false, severities: [0, 501, 0, 0, 0, 0] },
    ]);
  });

  test('is counted for each day, also those without any, and the most urgent are named', async () => {
    await storePage(database(), { events });
    await database().$client`
      update events set received_at = now() - interval '2 days' where external_id = '1'`;
    const [week] = await look([matching({ types: ['A'] })], 7 * dayMs);
    expect(week).toMatchObject({ looked: 3, isCut: false });
    expect(week!.days).toHaveLength(8);
    expect(week!.days.map(({ hidden }) => hidden)).toEqual([0, 0, 0, 0, 0, 1, 0, 1]);
    const today = new Date().toISOString().slice(0, 10);
    expect(week!.days.at(-1)!.day).toBe(today);
    expect(week!.sample.map(({ event }) => event.severity)).toEqual([5, 2]);
    expect(Date.now() - week!.searchedToMs).toBeGreaterThan(7 * dayMs - 60_000);
  });

  test('names ten at most, and of equally urgent ones the newest', async () => {
    const many = Array.from({ length: 30 }, (_, n) => draft(n, { severity: n < 3 ? 5 : 2 }));
    await storePage(database(), { events: many });
    const [all] = await look([matching({ streams: ['event'] })]);
    expect(all!.sample.map(({ event }) => event.body.itemId)).toEqual(
      [2, 1, 0, 29, 28, 27, 26, 25, 24, 23].map(String),
    );
  });

  test('ends after 10,000 events, and says how far it looked', async () => {
    await storePage(database(), { events: [draft(1, { type: 'A' })] });
    await database().$client`
      insert into events (source, external_id, subject, stream, type, severity, body, raw,
        routes, received_at)
      select source, 'x' || n, subject, stream, type, severity, body, raw, routes,
        now() - (12000 - n) * interval '1 second'
      from events, generate_series(1, 12000) n`;
    const [cut] = await look([matching({ types: ['A'] })]);
    expect(cut).toMatchObject({ looked: 10_000, isCut: true });
    const seconds = (Date.now() - cut!.searchedToMs) / 1000;
    expect(seconds).toBeGreaterThan(9900);
    expect(seconds).toBeLessThan(10_100);
  });
});
