// What people hear of a position that is another console's from a process that cannot work the
// source, since the other service does.
import { expect, test } from 'vitest';
import {
  announceForeign,
  foreignSources,
  refusedSources,
} from '../../../src/core/identity/foreign.ts';
import { SourceHealth } from '../../../src/core/intake/source-health.ts';
import type { Audience } from '../../../src/core/notices/audience.ts';
import { adoptConsole } from '../../../src/store/cursors.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const audience = { ofSource: () => ['soc'] } as unknown as Audience;
const looked = () => ({
  db: database(),
  consoles: [{ id: 'a', console: 'B' }],
  audience,
  now: Date.now,
});
const said = async () =>
  (await database().$client`select type from events order by id`).map(({ type }) => type as string);
const readBy = (console: string | null) =>
  database().$client`insert into cursors (source, cursor, console) values ('a', 'c1', ${console})`;

test('it is said once, however often it is looked at', async () => {
  await readBy('A');
  await announceForeign(looked());
  await announceForeign(looked());
  expect(await said()).toEqual(['SOURCE_OTHER']);
  const [row] = await database().$client`select sink, state from deliveries`;
  expect(row).toEqual({ sink: 'soc', state: 'pending' });
});

test('who reads the source says it no second time, and says when it is over', async () => {
  await readBy('A');
  await announceForeign(looked());
  const deps = { id: 'a', db: database(), log: quiet, now: Date.now, to: ['soc'] };
  const health = new SourceHealth(deps, await hold(database(), 'source:a'));
  await health.after({ failure: { reason: 'other_console', message: 'another console' } });
  expect(await said()).toEqual(['SOURCE_OTHER']);
  await health.after({});
  expect(await said()).toEqual(['SOURCE_OTHER', 'SOURCE_BACK']);
});

test.each<[string, string | null]>([
  ['a position of its own console', 'B'],
  ['one of the release before, which named none', null],
])('nothing is said of %s', async (_title, console) => {
  await readBy(console);
  await announceForeign(looked());
  expect(await said()).toEqual([]);
});

test('it is no fault any more when an operator has said whose it is', async () => {
  await readBy('A');
  expect(await foreignSources(looked())).toMatchObject([{ source: 'a', isFault: true }]);
  await adoptConsole(database(), 'a', 'B');
  expect(await foreignSources(looked())).toEqual([]);
});

test.each<[string, () => Promise<boolean | undefined>, string[]]>([
  ['does not know the position', async () => false, ['a']],
  ['cannot tell', async () => undefined, ['a']],
  ['knows it, having moved', async () => true, []],
  ['does not answer', () => Promise.reject(new Error('away')), []],
])('a console that %s', async (_title, recognises, refused) => {
  await readBy('A');
  const source = {
    kind: 'poll' as const,
    console: 'B',
    recognises,
    poll: () => Promise.reject(new Error('no')),
  };
  const asked = refusedSources(database(), [{ id: 'a', source }], AbortSignal.timeout(1000));
  expect([...(await asked)]).toEqual(refused);
});
