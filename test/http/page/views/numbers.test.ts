// Numbers: a row for each severity, and the choice of days.
import { expect, test } from 'vitest';
import { recordDelivered } from '../../../../src/store/deliveries/index.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { visitor } from '../visiting.ts';

const db = useDatabase();

test('a row for each severity, and one for all', async () => {
  const stored = await storePage(db(), { events: [draft(1, { severity: 5 })] });
  const eventId = stored!.events[0]!.id;
  await db().$client`update events set received_at = received_at - interval '30 seconds'`;
  await recordDelivered(db(), 'soc', [{ eventId, afterFailure: false, durationMs: 1 }]);
  const html = await visitor(db(), 'read').get('/numbers?days=30');
  expect(html).toMatch(/data-key="CRITICAL (business|other)"/);
  expect(html).toContain('data-key="all"');
  expect(html).toMatch(/3\d(\.\d)? s, 3\d(\.\d)? s of 1/);
  expect(html).toContain('<strong>30 d</strong>');
  expect(html).toContain('href="/numbers?days=7"');
});

test('without events it says so, and an unknown number of days is a week', async () => {
  const html = await visitor(db(), 'read').get('/numbers?days=4711');
  expect(html).toContain('class="empty"');
  expect(html).toContain('<strong>7 d</strong>');
});

test.each([
  ['en', 'Critical', 'business|other'],
  ['th', 'วิกฤต', 'เวลาทำการ|นอกเวลาทำการ'],
] as const)('severities and hours have their names in %s', async (locale, severity, hours) => {
  await storePage(db(), { events: [draft(1, { severity: 5 })] });
  const html = await visitor(db(), 'read', { locale: () => locale }).get('/numbers');
  const row = /<tr data-key="CRITICAL [^>]*>(.*?)<\/tr>/.exec(html)?.[1] ?? '';
  const cells = [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g)].map(([, cell = '']) =>
    cell.replaceAll(/<[^>]*>/g, ''),
  );
  expect(cells[0]).toContain(severity);
  expect(cells[1]).toMatch(new RegExp(`^(${hours})$`));
});
