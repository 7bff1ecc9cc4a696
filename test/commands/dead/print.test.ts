// What `tocsin dead list` says of the far end's answer and of the number in the vendor's console.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { draft } from '../../store/stored.ts';
import { createTestDatabase, environmentOf } from '../../support/database.ts';
import { fillHistory } from '../history.ts';
import { runHere } from '../in-process.ts';

const hook = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';

test('the last answer is bounded, harmless and without a secret, and the item has its number in the console', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const at = '2026-02-01T12:00:00Z';
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-dead-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const where = { databaseUrl: database.directUrl, dataDir: directory };
  const numbered = draft('17001', {
    type: 'RANSOMWARE',
    body: { itemId: '17001', device: { name: 'PC-1' } },
  });
  await fillHistory(where, [
    { at, draft: numbered },
    { at, draft: draft('b', { type: 'SCRIPT', body: {} }) },
  ]);
  const sql = postgres(database.directUrl, { max: 1 });
  onTestFinished(() => sql.end());
  // As an earlier release may have stored it: long, and masked by another configuration.
  const answer = `Too long\u001B[2J\u202E\n9  old  by ${hook} ${'x'.repeat(5000)}`;
  await sql`update deliveries set state = 'dead', reason = 'rejected', attempts = 2, finalized_at = ${at}`;
  await sql`
    insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
    values (1, 'old', 'reject_event', 'rejected', 413, 1, ${answer})`;
  const env = { ...environmentOf(database), MATTERMOST_WEBHOOK_URL: hook };

  const { stdout } = await runHere(['dead', 'list'], env, directory);
  const lines = stdout.split('\n');
  expect(lines).toEqual([
    `2  old  ${lines[0]!.split('  ')[2]}  SCRIPT  -  rejected, 2 attempts, dead since 2026-02-01T12:00:00.000Z`,
    expect.stringMatching(
      /^1 {2}old {2}\w+ {2}RANSOMWARE {2}PC-1 {2}item 17001 {2}rejected, 2 attempts, dead since /,
    ),
    expect.stringMatching(
      /^ {4}last answer: HTTP 413 Too long\\u\{1B\}\[2J\\u\{202E\}⏎9 {2}old {2}by \[secret\] x+…x+$/,
    ),
    '',
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400);

  const json = (await runHere(['dead', 'list', '--json'], env, directory)).stdout;
  expect(JSON.parse(json)).toMatchObject([
    { eventId: 2, itemId: null, lastStatus: null, lastAnswer: null },
    { eventId: 1, itemId: '17001', lastStatus: 413, lastAnswer: answer.replace(hook, '[secret]') },
  ]);
  expect(json).not.toContain('\u202E');
});
