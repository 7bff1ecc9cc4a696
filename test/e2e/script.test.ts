// What the replaced script promised, with its three variables and nothing else: every event of both
// streams arrives, once, and is counted.
// `EACH_STREAM=2000` makes it the long form.
import { expect, test } from 'vitest';
import { cardsOf } from '../support/cards.ts';
import { createWorld, until } from '../support/world.ts';

const eachStream = Number(process.env.EACH_STREAM ?? 600);

test('three variables and both streams: everything on Mattermost exactly once, counted so, and never again', {
  timeout: 150_000,
}, async () => {
  const world = await createWorld({ database: 'embedded' });
  const { tenant, mattermost } = world;
  tenant.add('events', eachStream, { ageSeconds: 3600 });
  tenant.add('suspicious', eachStream, { ageSeconds: 3600 });
  const service = world.start();
  await service.ready();
  const unwell: number[] = [];
  const expected = eachStream * 2 + 2;
  await until(async () => {
    const { status } = await service.get('/healthz');
    if (status !== 200) unwell.push(status);
    return mattermost.deliveries.size >= expected;
  }, 120_000);
  expect(mattermost.deliveries.size).toBe(expected);
  expect(mattermost.requests.posts).toBe(expected);
  expect(unwell).toEqual([]);
  for (const stream of ['events', 'suspicious'] as const)
    expect(cardsOf(stream, mattermost.posts)).toHaveLength(eachStream);

  const delivered = 'tocsin_deliveries_total{sink="soc",outcome="delivered"}';
  expect(await until(async () => (await service.metric(delivered)) === expected, 5000)).toBe(true);
  for (const source of ['deepinstinct_events', 'deepinstinct_suspicious_events']) {
    const { body } = await service.get('/metrics');
    const counts = body
      .split('\n')
      .filter((line) => line.startsWith(`tocsin_source_events_total{source="${source}"`));
    expect(counts.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)).toBe(eachStream);
  }
  expect(await service.end('SIGTERM')).toBe(0);
  const again = world.start();
  await again.ready();
  const polled = () =>
    again.metric('tocsin_source_polls_total{source="deepinstinct_events",outcome="empty"}');
  expect(await until(async () => ((await polled()) ?? 0) > 0, 20_000)).toBe(true);
  expect(mattermost.requests.posts).toBe(expected);
});
