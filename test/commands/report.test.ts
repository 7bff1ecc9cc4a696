// `tocsin report`: rows of a week, one line of an empty one, and sending it.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openPostgres } from '../../src/store/database.ts';
import { draft, storePage } from '../store/stored.ts';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

async function reported() {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const db = openPostgres({ url: world.databaseUrl!, prepare: true });
  const events = [1, 2].map((id) => draft(id, { severity: 5, body: { device: { name: 'PC-1' } } }));
  await storePage(db, { events });
  await db.$client`
    update deliveries set state = 'delivered', finalized_at = now() + interval '5 seconds'`;
  return { world, db, today: new Date().toISOString().slice(0, 10) };
}

test('a week is rows, a week without events one line, and --json has it as it is', async () => {
  const { world, db, today } = await reported();
  const { code, stdout } = await runIn(world, ['report', '--week', today]);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$/),
    'events  2  before 0',
    'CRITICAL  2  open 2',
    expect.stringMatching(/^screen {2}[\d.]+ s, [\d.]+ s of 2 {2}before -$/),
    'acknowledge  -  before -',
    'resolve  -  before -',
    'open  2  before 0',
    'noisiest device  PC-1  messages 2  saved by a silence after the first 1',
    expect.stringMatching(/^noisiest route {2}default {2}messages 2/),
    'given up  0',
  ]);
  const empty = await runIn(world, ['report', '--week', '2001-01-03']);
  expect(empty.stdout).toBe('2001-01-01 to 2001-01-07  nothing was to be announced\n');
  const json = await runIn(world, ['report', '--week', today, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ week: { events: 2 }, dead: 0 });
  const wrong = await runIn(world, ['report', '--week', 'today']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"week" is no day')]);
  await db.$client.end({ timeout: 5 });
});

test('--send needs sinks, and stores the report for them', async () => {
  const { world, db, today } = await reported();
  const none = await runIn(world, ['report', '--send']);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('report: { to:')]);
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, 'sinks: { soc: { type: stdout } }\nreport: { to: soc }\n');
  const sent = await runIn(world, ['report', '--week', today, '--send'], { TOCSIN_CONFIG: file });
  expect([sent.code, sent.stdout]).toEqual([0, expect.stringMatching(/sent to {2}soc\n$/)]);
  const rows = await db.$client`
    select d.sink, d.state from deliveries d join events e on e.id = d.event_id
    where e.type = 'REPORT'`;
  expect(rows.map((one) => ({ ...one }))).toEqual([{ sink: 'soc', state: 'pending' }]);
  await db.$client.end({ timeout: 5 });
});
