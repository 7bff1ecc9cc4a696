// A service that is pushed to, killed between its answers: whatever it answered with 202 is stored
// once and announced, and what it did not answer is stored once when it is sent again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished } from 'vitest';
import { createWorld, until } from '../support/world.ts';
import { faultCase, isLong } from './fault-case.ts';

const secret = 'a-secret-of-32-random-characters';
const runs = isLong ? 60 : 6;
const sendersMax = 8;

faultCase('push: kill -9 between answers', { timeoutMs: 60_000 + runs * 20_000 }, async (fault) => {
  const world = await createWorld({ database: 'postgres' });
  const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
  const tool = { type: 'webhook', proof: 'path', secret, id: 'item.n', rate: 1000 };
  const soc = { type: 'mattermost', url: world.mattermost.hookUrl };
  await writeFile(file, JSON.stringify({ sources: { tool }, sinks: { soc } }));
  const start = () => world.start('data', { TOCSIN_CONFIG: file });
  let service = start();
  let next = 0;
  const answered = new Set<number>();
  const unanswered = new Set<number>();

  /** One batch of two. @returns whether it was answered with 202 */
  const push = async (numbers: readonly number[]) => {
    const body = JSON.stringify(numbers.map((n) => ({ n })));
    const url = `${await service.address}/hooks/tool/${secret}`;
    const answer = await fetch(url, { method: 'POST', body }).catch(() => undefined);
    const isTaken = answer?.status === 202;
    for (const n of numbers) (isTaken ? answered : unanswered).add(n);
    return isTaken;
  };
  for (let run = 0; run < runs; run += 1) {
    await service.ready();
    let isOver = false;
    const sender = async () => {
      while (!isOver) {
        next += 2;
        await push([next - 1, next]);
      }
    };
    const senders = Array.from({ length: sendersMax }, sender);
    const enough = answered.size + fault.between(1, 60);
    expect(await until(() => answered.size >= enough, 60_000)).toBe(true);
    await service.end('SIGKILL');
    isOver = true;
    await Promise.all(senders);
    fault.struck();
    service = start();
  }
  await service.ready();
  // As a sender does that got no answer.
  for (const n of [...unanswered]) if (await push([n])) unanswered.delete(n);
  expect(unanswered.size).toBe(0);

  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  const rows = await sql`select external_id from events where source = 'tool'`;
  const stored = rows.map((row) => Number(row.external_id)).sort((a, b) => a - b);
  expect(stored).toEqual([...answered].sort((a, b) => a - b));
  const isDelivered = async () => {
    const [row] = await sql`select count(*)::integer as n from deliveries where state = 'pending'`;
    return row?.n === 0;
  };
  expect(await until(isDelivered, 120_000)).toBe(true);
  expect(await world.arrived(stored.length)).toBe(stored.length);
});
