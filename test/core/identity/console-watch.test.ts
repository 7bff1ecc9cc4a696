// What a process does about positions of other consoles while it runs.
import { expect, test } from 'vitest';
import { ConsoleWatch } from '../../../src/core/identity/console-watch.ts';
import { createAudience } from '../../../src/core/notices/audience.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { toSoc, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

function setUp(recognises: () => Promise<boolean>) {
  const source = {
    ...{ kind: 'poll' as const, console: 'B', recognises },
    poll: () => Promise.reject(new Error('not asked')),
  };
  const metrics = createMetrics({ version: 't', sources: [{ id: 'a' }], sinks: [], roles: [] });
  const audience = createAudience({ routes: toSoc, sinks: ['soc'], operations: [] });
  const sources = [{ id: 'a', source }];
  const watch = new ConsoleWatch({ db: database(), sources, audience, metrics, now: Date.now });
  const shown = async () =>
    /tocsin_source_other_console\{source="a"\} (\d)/.exec(await metrics.expose())?.[1];
  return { watch, shown };
}

const readBy = (console: string) =>
  database().$client`insert into cursors (source, cursor, console) values ('a', 'c', ${console})`;
const announced = async () =>
  (await database().$client`select type from events order by id`).map(({ type }) => type);

test('a position of another console is shown and announced', async () => {
  await readBy('A');
  const { watch, shown } = setUp(async () => false);
  await watch.look();
  await watch.look();
  expect([await shown(), await announced()]).toEqual(['1', ['SOURCE_OTHER']]);
});

test('a position of its own console is neither', async () => {
  await readBy('B');
  const { watch, shown } = setUp(async () => false);
  await watch.look();
  expect([await shown(), await announced()]).toEqual(['0', []]);
});

test('nothing is known until the console was asked', async () => {
  await readBy('A');
  const { watch } = setUp(async () => false);
  expect(watch.refused()).toBeUndefined();
  await watch.ask();
  expect(watch.refused()).toEqual(new Set(['a']));
});

test('where the database cannot say, nothing counts as refused', async () => {
  const { watch } = setUp(async () => false);
  await database().$client`alter table cursors rename to away`;
  await expect(watch.ask()).rejects.toThrow();
  await database().$client`alter table away rename to cursors`;
  expect(watch.refused()).toEqual(new Set());
});
