// A world whose sink is a bot of a chat, what people do to its incidents, and what the database says of
// them; for the fault cases of the conversation.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { fieldsDrawn, type Post } from '../../simulators/mattermost/post.ts';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { createWorld, type World } from '../support/world.ts';
import { sink } from './checker.ts';

const channel = 'security-alerts';

export const acknowledged: Wanted = { kind: 'acknowledged', forMs: 3_600_000 };

export async function setUp(
  escalate: readonly object[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const world = await createWorld({
    database: 'postgres',
    environment: { TOCSIN_CONFIG: 'tocsin.yaml', MATTERMOST_WEBHOOK_URL: '', ...environment },
  });
  configure(world, escalate);
  const db = openPostgres({ url: world.databaseUrl!, prepare: true });
  onTestFinished(() => db.$client.end({ timeout: 5 }));
  return { world, db };
}

function configure({ environment, mattermost, tenant }: World, escalate: readonly object[]): void {
  const bot = mattermost.addBot('tocsin', { channels: [channel] });
  const console = { url: tenant.url, token: tenant.token };
  const configuration = {
    polling_interval: 1,
    sources: {
      soc: { type: 'deepinstinct_events', ...console, start_from: 'all' },
      later: { type: 'deepinstinct_changes', ...console, budget: 300, streams: ['event'] },
    },
    sinks: {
      [sink]: {
        ...{ type: 'mattermost_bot', url: mattermost.url, token: bot.token },
        channel: `secops/${channel}`,
      },
    },
    routes: [
      {
        ...{ name: 'all', match: { streams: ['event'] }, to: [sink] },
        ...(escalate.length > 0 && { escalate }),
      },
    ],
  };
  // JSON is YAML as well.
  const file = join(dirname(environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, JSON.stringify(configuration));
}

/** What a person wants; that it is so already, or that the console was first, is no failure. */
export async function act(db: Database, eventId: number, wanted: Wanted): Promise<void> {
  const done = await changeIncident(db, { eventId, wanted, actor: 'ana', via: 'api' });
  expect(done).not.toBeNull();
}

export async function rootsOf(db: Database): Promise<number[]> {
  const rows = await db.$client`
    select event_id from deliveries d join events e on e.id = d.event_id
    where e.source = 'soc' and d.state = 'delivered' order by event_id`;
  return rows.map((row) => Number(row.event_id));
}

/** Edits that are to be made, and messages that are to be sent. */
export async function open(db: Database): Promise<number> {
  const [row] = await db.$client`
    select (select count(*)::int from message_edits where wanted > done)
      + (select count(*)::int from deliveries where state = 'pending') as count`;
  return Number(row!.count);
}

export async function stepsOf(db: Database) {
  const rows = await db.$client`
    select event_id::int as id, state, reason from deliveries where kind = 'step' order by 1`;
  return rows as unknown as readonly { id: number; state: string; reason: string | null }[];
}

/** By delivery id. */
export function cardsOf({ mattermost }: World): ReadonlyMap<string, Post> {
  const posts = mattermost.posts.filter(({ rootId }) => rootId === undefined);
  return new Map(posts.map((post) => [post.deliveryId ?? '', post]));
}

export function textOf({ text, attachments }: Post): string {
  return [
    text,
    ...attachments.flatMap((one) => [
      ...[one.title, one.text, one.footer].filter((part) => part !== undefined),
      ...fieldsDrawn(one).map(({ title, value }) => `${title} ${value}`),
    ]),
  ].join('\n');
}
