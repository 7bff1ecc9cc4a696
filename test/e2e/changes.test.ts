// The service as processes while items change at the console and processes are killed: every change
// is stored once, from what was known to what is true, and none of them posts anything.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../src/kit/incident.ts';
import { createWorld, until } from '../support/world.ts';

const budget = 300;
const configuration = `
sources:
  soc: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", start_from: all }
  later: { type: deepinstinct_changes, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", budget: ${budget} }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
polling_interval: 5
`;

interface StoredChange {
  readonly id: number;
  readonly subject: string;
  readonly change: Change;
}

async function startWorld() {
  const world = await createWorld({ database: 'postgres' });
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, configuration);
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end({ timeout: 0 }));
  const changes = async () => {
    const rows = await sql`
      select id, subject, body -> 'change' as change from events where stream = 'change' order by id`;
    return rows as unknown as readonly StoredChange[];
  };
  return {
    world,
    sql,
    changes,
    start: (home: string) => world.start(home, { TOCSIN_CONFIG: file }),
  };
}

/** What the chain of changes of an item came to, and where it breaks. */
function followed(changes: readonly StoredChange[]) {
  const last = new Map<string, string | null>();
  const breaks: string[] = [];
  for (const { id, subject, change } of changes)
    for (const { name, from, to } of change.fields) {
      const key = `${subject} ${name}`;
      if (last.has(key) && last.get(key) !== from) breaks.push(`${key} in event ${id}`);
      last.set(key, to);
    }
  return { last, breaks };
}

test('changes are stored once, whoever is killed while they are read, and post nothing', {
  timeout: 300_000,
}, async () => {
  const { world, sql, changes, start } = await startWorld();
  const { tenant } = world;
  const ids = tenant.add('events', 60);
  let running = start('a');
  await running.ready();
  // With the notice that Tocsin watches.
  expect(await world.arrived(61)).toBe(61);
  for (const [index, id] of ids.entries()) if (index % 3 === 0) tenant.closeItem('events', id);
  for (let kills = 0; kills < 4; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 4000));
    for (const [index, id] of ids.entries()) if (index % 7 === kills) tenant.recur('events', id);
    await running.end('SIGKILL');
    running = start('a');
  }
  await running.ready();
  const missing = async () => {
    const { last } = followed(await changes());
    return ids.flatMap((id, index) => {
      const { status, reoccurrence_count } = tenant.item('events', id);
      const known = (name: string) => last.get(`event/${id} ${name}`);
      return [
        ...(status !== 'CLOSED' || known('status') === status ? [] : [`${id} is ${status}`]),
        ...(index % 7 > 3 || known('recurrence') === String(reoccurrence_count)
          ? []
          : [`${id} came ${reoccurrence_count} times, not ${known('recurrence')}`]),
      ];
    });
  };
  await until(async () => (await missing()).length === 0, 90_000);
  expect(await missing()).toEqual([]);
  const all = await changes();
  expect(followed(all).breaks).toEqual([]);
  expect(new Set(all.map(({ change }) => change.source))).toEqual(new Set(['soc']));
  // One change of the status for each closing, and one of the count at least for each recurrence.
  const closings = all.filter(({ change }) => change.closing === 'closed');
  expect(closings).toHaveLength(20);
  const [resolved] = await sql`
    select count(*)::int as count from incidents where state = 'resolved'`;
  expect(resolved!.count).toBe(20);
  const [deliveries] = await sql`
    select count(*)::int as count from deliveries d join events e on e.id = d.event_id
    where e.stream = 'change'`;
  expect(deliveries!.count).toBe(0);
  expect(world.mattermost.deliveries.size).toBe(61);
  const asked = tenant.requests.log
    .filter(({ method }) => method === 'POST')
    .map((one) => one.atMs);
  for (const from of asked)
    expect(asked.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(
      budget,
    );
});

test('once reads changes as well, within the budget', { timeout: 120_000 }, async () => {
  const { world, changes } = await startWorld();
  const { tenant } = world;
  const [id] = tenant.add('events', 3);
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  const once = () => world.run(['once'], { TOCSIN_CONFIG: file });
  expect((await once()).code).toBe(0);
  tenant.closeItem('events', id!);
  // The next sweep is due half a minute after the first.
  await new Promise((resolve) => setTimeout(resolve, 31_000));
  expect((await once()).code).toBe(0);
  expect((await changes()).map(({ subject }) => subject)).toEqual([`event/${id}`]);
});
