// What the database's thread keeps and reports when it is ended from inside or from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { builtFile } from '../../support/built.ts';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

test('the database reports the cause when the server panics in the middle of a statement', async () => {
  const { sql } = await place.open();
  await sql`create table big (text text storage plain)`;
  await rm(join(place.dataDir, 'postgres', 'pg_wal'), { recursive: true });
  const writing = sql`insert into big select repeat('x', 1000) from generate_series(1, 60000)`;
  await expect(writing).rejects.toThrow(/embedded database failed: could not .*pg_wal/);
  expect(place.fatal).toHaveLength(1);
});

describe('SIGKILL in the middle of commits', () => {
  test('ten times in a row loses nothing that was acknowledged', async () => {
    const script = fileURLToPath(new URL('../processes/commit-loop.mjs', import.meta.url));
    let acknowledged = 0;
    for (let round = 0; round < 10; round += 1) {
      const child = spawn(
        process.execPath,
        [script, builtFile('store/embedded/open.ts'), place.dataDir],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
      const ended = once(child, 'close');
      while (!output.includes('\n') && child.exitCode === null) await sleep(5);
      await sleep(100 + 70 * round);
      child.kill('SIGKILL');
      await ended;
      const lines = output.split('\n').slice(0, -1);
      expect(Number(lines[0])).toBeGreaterThan(acknowledged);
      acknowledged = Number(lines.at(-1));
    }
    const { sql } = await place.open();
    const [state] =
      await sql`select (select n from counter) as counter, (select count(*) from row) as rows, (select max(n) from row) as last`;
    expect(acknowledged).toBeGreaterThan(100);
    expect([acknowledged, acknowledged + 1]).toContain(state?.counter);
    expect(state).toEqual({ counter: state?.counter, rows: state?.counter, last: state?.counter });
  }, 120_000);
});
