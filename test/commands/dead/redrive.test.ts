// `tocsin dead redrive` and `dead groups`: dead letters by what went wrong, put back by filter.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { draft } from '../../store/stored.ts';
import { createTestDatabase, environmentOf } from '../../support/database.ts';
import { fillHistory } from '../history.ts';
import { onDatabase, runHere } from '../in-process.ts';

const hook = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';

/** Ten dead deliveries of `soc`: four too large, of which one is CRITICAL, and six refused. */
async function tenDead() {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-redrive-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const at = '2026-02-01T12:00:00Z';
  const events = Array.from({ length: 10 }, (_, n) => ({
    at,
    draft: draft(n + 1, { severity: n === 0 ? 5 : 2, body: { device: { name: `PC-${n + 1}` } } }),
  }));
  await fillHistory({ databaseUrl: database.directUrl, dataDir: directory }, events);
  const sql = postgres(database.directUrl, { max: 1 });
  onTestFinished(() => sql.end());
  await sql`
    update deliveries set sink = 'soc', state = 'dead', attempts = 2, finalized_at = ${at},
      priority = case when event_id = 1 then 0 else 3 end,
      reason = case when event_id <= 4 then 'too_large' else 'rejected' end`;
  await sql`
    insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
    select event_id, sink, 'reject_event', reason, case when event_id <= 4 then 413 else 400 end, 1,
      'no ' || chr(27) || '[2J ' || ${hook}
    from deliveries`;
  const env = { ...environmentOf(database), MATTERMOST_WEBHOOK_URL: hook };
  const run = (...argv: string[]) => runHere(['dead', ...argv], env, directory);
  const pending = async () => {
    const rows = await sql`
      select event_id::int as id from deliveries where state = 'pending' order by event_id`;
    return rows.map(({ id }) => id as number);
  };
  return { run, pending };
}

test('groups say how many died of what, what was answered, and what to do', async () => {
  const { run } = await tenDead();
  const { code, stdout } = await run('groups');
  expect(code).toBe(0);
  const time = '2026-02-01T12:00:00.000Z';
  expect(stdout.split('\n')).toEqual([
    `soc  6  rejected, HTTP 400  from ${time} to ${time}`,
    '    last answer: no \\u{1B}[2J [secret]',
    expect.stringMatching(/^ {4}The far end refused the content.* put these back; .*\.$/),
    `soc  4  too_large, HTTP 413  from ${time} to ${time}`,
    '    last answer: no \\u{1B}[2J [secret]',
    expect.stringMatching(/^ {4}Even the shortest message was too large\./),
    '',
  ]);
  const json = JSON.parse((await run('groups', '--json')).stdout) as unknown[];
  expect(json).toMatchObject([
    { sink: 'soc', reason: 'rejected', status: 400, count: 6, isPartial: false },
    { sink: 'soc', reason: 'too_large', status: 413, count: 4, isPartial: false },
  ]);
});

test('a dry run says how many, how grave and which, and changes nothing', async () => {
  const { run, pending } = await tenDead();
  const { code, stdout } = await run('redrive', '--status', '413', '--dry-run');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    '4 would be put back: 1 CRITICAL, 3 LOW',
    expect.stringMatching(
      /^ {4}1 {2}soc {2}CRITICAL {2}STATIC_ANALYSIS {2}PC-1 {2}too_large, 2 att/,
    ),
    ...[4, 3, 2].map((id): unknown => expect.stringMatching(`^ {4}${id} {2}soc {2}LOW {2}`)),
    '',
  ]);
  const json = await run('redrive', '--all', '--dry-run', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ count: 10, more: false });
  expect(await pending()).toEqual([]);
  const none = await run('redrive', '--reason', 'timeout', '--dry-run');
  expect([none.code, none.stdout]).toEqual([1, '0 would be put back\n']);
});

test('filters hold together, and each puts back no more than it means', async () => {
  const { run, pending } = await tenDead();
  const low = await run('redrive', '--reason', 'too_large', '--severity', 'low,high');
  expect(low).toEqual({ code: 0, stdout: '3 put back\n', stderr: onDatabase });
  expect(await pending()).toEqual([2, 3, 4]);
  expect((await run('redrive', '1', '9', '--reason', 'rejected')).stdout).toBe('1 put back\n');
  expect(await pending()).toEqual([2, 3, 4, 9]);
  expect((await run('redrive', '--status', '400', '--json')).stdout).toBe('{"redriven":5}\n');
  const again = await run('redrive', '--status', '400');
  expect([again.code, again.stdout]).toEqual([1, '0 put back\n']);
  expect((await run('redrive', '--all')).stdout).toBe('1 put back\n');
});
