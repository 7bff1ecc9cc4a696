// What the log says of positions and backlogs that a configuration leaves behind.
import { expect, test } from 'vitest';
import { logLeftovers } from '../../../src/core/identity/leftovers.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { drafts, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

async function logged(console: string, sink: string) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const consoles = [{ id: 'a', console }];
  await logLeftovers({ db: database(), log, consoles, places: [{ id: sink, place: 'p' }] });
  return lines.map(({ msg, source, sink }) => [msg, source ?? sink]);
}

test.each([
  ['what is its own', 'A', 'soc', []],
  ['a position of another console', 'B', 'soc', [['this source cannot be read', 'a']]],
  ['a sink that is gone', 'A', 'boss', [['a backlog under another id', 'soc']]],
])('of %s', async (_title, console, sink, expected) => {
  await storePage(database(), { events: drafts(1, 1), cursor: 'c' });
  await database().$client`update cursors set console = 'A'`;
  expect(await logged(console, sink)).toEqual(expected);
});

test('of a position whose source is gone', async () => {
  await storePage(database(), { source: 'old', cursor: 'c' });
  await database().$client`update cursors set console = 'X'`;
  expect(await logged('A', 'soc')).toEqual([['a position under another id', 'old']]);
});
