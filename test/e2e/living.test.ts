// Cards that stay true: the service posts as a bot of a simulated Mattermost, incidents change, and
// the service is killed meanwhile. Each card ends in the true state, and none comes twice.
// `INCIDENTS=1000 KILLS=5` makes it the long form.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fieldsDrawn, type Post } from '../../simulators/mattermost/post.ts';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { createWorld, until, type World } from '../support/world.ts';

const incidents = Number(process.env.INCIDENTS ?? 25);
const kills = Number(process.env.KILLS ?? 2);
const channel = 'security-alerts';
const changesOfEach: readonly Wanted[] = [
  { kind: 'acknowledged', forMs: 3_600_000 },
  { kind: 'noted' },
  { kind: 'reopened' },
  { kind: 'acknowledged', forMs: 3_600_000 },
  { kind: 'resolved' },
];

test('every card ends in the true state, across kills, and none comes twice', {
  timeout: 240_000 + incidents * 200,
}, async () => {
  const { world, db, cards } = await setUp();
  world.tenant.add('events', incidents);
  let service = world.start();
  await service.ready();
  expect(await until(() => cards().length === incidents, 60_000)).toBe(true);
  await until(async () => (await rootsOf(db)).length === incidents, 20_000);
  const roots = await rootsOf(db);
  expect(roots).toHaveLength(incidents);
  for (const [round, wanted] of changesOfEach.entries()) {
    for (const eventId of roots) await change(db, eventId, wanted);
    if (round >= kills) continue;
    await service.end('SIGKILL');
    service = world.start();
    await service.ready();
  }
  const isTrue = (post: Post) => /Resolved by `ana`/.test(textOf(post));
  await until(() => cards().every(isTrue), 60_000 + incidents * 100);
  expect(
    cards()
      .filter((post) => !isTrue(post))
      .map(textOf),
  ).toEqual([]);
  expect(cards()).toHaveLength(incidents);
  expect(await until(async () => (await pendingEdits(db)) === 0, 20_000)).toBe(true);
  expect(await service.metric('tocsin_deliveries_dead{sink="soc"}')).toBe(0);
  const edits = cards().reduce((sum, post) => sum + (post.edits ?? 0), 0);
  console.info(
    `${incidents} incidents, ${changesOfEach.length} changes each, ${kills} kills: ${edits} edits`,
  );
  expect(edits).toBeLessThan(incidents * changesOfEach.length);
});

async function setUp() {
  const world = await createWorld({
    database: 'postgres',
    environment: {
      TOCSIN_CONFIG: 'tocsin.yaml',
      POLLING_INTERVAL: '1',
      MATTERMOST_WEBHOOK_URL: '',
    },
  });
  const { mattermost } = world;
  const bot = mattermost.addBot('tocsin', { channels: [channel] });
  const settings = { url: mattermost.url, token: bot.token, channel: `secops/${channel}` };
  const soc = JSON.stringify({ type: 'mattermost_bot', ...settings });
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    `sinks: { soc: ${soc} }\nroutes: [{ name: all, match: { streams: [event] }, to: [soc] }]\n`,
  );
  const db = openPostgres({ url: world.databaseUrl!, prepare: true });
  onTestFinished(() => db.$client.end({ timeout: 5 }));
  return { world, db, cards: () => cardsOf(world) };
}

/** Cards of events, without what was written below them. */
function cardsOf({ mattermost }: World): Post[] {
  return mattermost.posts.filter(
    (post) => post.rootId === undefined && textOf(post).includes('Event ID'),
  );
}

function textOf({ text, attachments }: Post): string {
  return [
    text,
    ...attachments.flatMap((one) => [
      ...[one.title, one.text, one.footer].filter((part) => part !== undefined),
      ...fieldsDrawn(one).map(({ title, value }) => `${title} ${value}`),
    ]),
  ].join('\n');
}

async function rootsOf(db: Database): Promise<number[]> {
  const rows = await db.$client`
    select event_id from deliveries d join events e on e.id = d.event_id
    where e.source <> 'tocsin' and d.state = 'delivered' order by event_id`;
  return rows.map((row) => Number(row.event_id));
}

async function change(db: Database, eventId: number, wanted: Wanted): Promise<void> {
  const done = await changeIncident(db, { eventId, wanted, actor: 'ana', via: 'api' });
  expect(done?.outcome).toBe('changed');
}

async function pendingEdits(db: Database): Promise<number> {
  const [row] = await db.$client`
    select count(*)::int as count from message_edits where wanted > done`;
  return Number(row!.count);
}
