// Now: the sinks with the worst first.
import { expect, test } from 'vitest';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();

test('a sink with dead letters stands above one that only waits', async () => {
  const routes = [{ name: 'r', minSeverity: 0 as const, to: ['a', 'b'] }];
  await storePage(db(), { events: drafts(1, 3), routes });
  await db().$client`
    update deliveries set state = 'dead', reason = 'x', finalized_at = now()
    where sink = 'b' and event_id = (select min(event_id) from deliveries)`;
  const html = await (await createTestPage(db()).request('/')).text();
  expect(html).toContain('data-key="a"');
  expect(html.indexOf('data-key="b"')).toBeGreaterThan(0);
  expect(html.indexOf('data-key="b"')).toBeLessThan(html.indexOf('data-key="a"'));
});
