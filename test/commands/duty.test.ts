// `tocsin duty`: who is on duty, who is next, and what is told in a gap.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('it names both, or says that nobody is', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  expect((await runIn(world, ['duty'])).stdout).toBe(
    'nobody is ever on duty: tocsin.yaml has no duty\n',
  );
  const path = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  const shift = '{ who: ana, from: "2020-01-01T00:00", to: "2900-01-01T00:00", time_zone: UTC }';
  const write = (table: string) =>
    writeFileSync(
      path,
      `sinks: { soc: { type: stdout } }\nduty: { table: [${table}], fallback: { who: lead } }\n`,
    );
  write(shift);
  const config = { TOCSIN_CONFIG: path };
  expect((await runIn(world, ['duty'], config)).stdout).toBe(
    'now  ana  until 2900-01-01T00:00:00.000Z\nnext  nobody: the table ends\n',
  );
  write(shift.replace('2020', '2899'));
  expect((await runIn(world, ['duty'], config)).stdout).toBe(
    'now  nobody: lead is told\nnext  ana  from 2899-01-01T00:00:00.000Z\n',
  );
});

test('a calendar is shown with its state, for any time', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const path = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(
    path,
    'sinks: { soc: { type: stdout } }\nduty: { calendar: { file: on-call.ics }, fallback: { who: lead } }\n',
  );
  const config = { TOCSIN_CONFIG: path };
  expect((await runIn(world, ['duty', '--at', '2026-12-24T20:00+07:00'], config)).stdout).toBe(
    'now  nobody: lead is told\nnext  nobody: nothing is planned\ncalendar  was never read\n',
  );
  const wrong = await runIn(world, ['duty', '--at', 'tomorrow'], config);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--at is no time')]);
});
