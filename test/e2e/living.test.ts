// Cards that stay true: the service posts as a bot of a simulated Mattermost, incidents change, and
// the service is killed meanwhile. Each card ends in the true state, and none comes twice.
// `INCIDENTS=1000 KILLS=5` makes it the long form, `PRESSES=200` presses more buttons.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fieldsDrawn, type Post } from '../../simulators/mattermost/post.ts';
import { ButtonTokens } from '../../src/core/chat/index.ts';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import type { CardButton } from '../../src/core/message/actions.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { createWorld, until, type World } from '../support/world.ts';

const incidents = Number(process.env.INCIDENTS ?? 25);
const kills = Number(process.env.KILLS ?? 2);
const presses = Number(process.env.PRESSES ?? 20);
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

test('a press is answered while the edit of its card hangs', { timeout: 120_000 }, async () => {
  // An answer that waited for the edit would come after this test.
  const { world, db, bot, cards } = await setUp({ people: 'members', timeout: '5m' });
  const { mattermost } = world;
  const ana = mattermost.addUser('ana', { channels: [channel] });
  world.tenant.add('events', 1);
  const service = world.start();
  await service.ready();
  await until(async () => (await rootsOf(db)).length === 1, 60_000);
  const [eventId] = (await rootsOf(db)) as [number];
  const [card] = cards() as [Post];
  const tokens = new ButtonTokens({ sink: 'soc', credential: bot.token });
  const press = async (action: CardButton['action'], version: number) => {
    const token = tokens.tokenOf({ action, eventId, version });
    const person = { user_id: ana.id, user_name: 'ana', post_id: card.id };
    const body = JSON.stringify({ ...person, context: { token } });
    const beganMs = performance.now();
    const answer = await fetch(`${await service.address}/chat/soc/actions`, {
      ...{ method: 'POST', body },
    });
    const said = (await answer.json()) as { readonly ephemeral_text: string };
    return { text: said.ephemeral_text, ms: performance.now() - beganMs };
  };
  mattermost.fail('hang', Number.POSITIVE_INFINITY, (_body, call) => call.startsWith('PUT '));
  expect((await press('acknowledge', 0)).text).toMatch(/^Done\. Acknowledged by/);
  const hanging = () => mattermost.requests.log.filter(({ call }) => call?.startsWith('PUT '));
  expect(await until(() => hanging().length === 1, 60_000)).toBe(true);
  expect((await press('resolve', 1)).text).toMatch(/^Done\. Resolved by/);
  const times: number[] = [];
  for (let n = 0; n < presses; n += 1) {
    times.push((await press(n % 2 === 0 ? 'acknowledge' : 'why', n + 2)).ms);
    if (n % 2 === 0) times.push((await press('reopen', n + 2)).ms);
  }
  expect(hanging()).toHaveLength(1);
  expect(cards()[0]!.edits ?? 0).toBe(0);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]!.toFixed(1);
  console.info(`${times.length} presses: median ${at(0.5)} ms, p99 ${at(0.99)} ms`);
});

/** @param more of the sink */
async function setUp(more: object = {}) {
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
  const settings = { url: mattermost.url, token: bot.token, channel: `secops/${channel}`, ...more };
  const soc = JSON.stringify({ type: 'mattermost_bot', ...settings });
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    `sinks: { soc: ${soc} }\nroutes: [{ name: all, match: { streams: [event] }, to: [soc] }]\n`,
  );
  const db = openPostgres({ url: world.databaseUrl!, prepare: true });
  onTestFinished(() => db.$client.end({ timeout: 5 }));
  return { world, db, bot, cards: () => cardsOf(world) };
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
