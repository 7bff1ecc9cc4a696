// A storm through the built service to a Mattermost with its rate limit on: few posts, everything
// counted once, what is critical first.
// `STORM_EVENTS=10000 STORM_SECONDS=60` makes it the long form; CI runs the short one. Then groups
// that are open when the process is killed.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Post } from '../../simulators/mattermost/post.ts';
import { createWorld, until, type World } from '../support/world.ts';

const events = Number(process.env.STORM_EVENTS ?? 1000);
const seconds = Number(process.env.STORM_SECONDS ?? 8);
const criticals = Math.max(4, Math.round(events / 500));
/**
 * Ten minutes of storm would be some 12 digests; the first minute has at most 7, and what came
 * before the storm began.
 */
const postsMax = 60;

function sqlOf(world: World): postgres.Sql {
  const sql = postgres(world.databaseUrl!, { max: 1 });
  onTestFinished(() => sql.end());
  return sql;
}

/**
 * What the store says: of each event of the tenant the delivery's state, and the digest in which it
 * went.
 */
async function accountOf(sql: postgres.Sql) {
  const rows = await sql`
    select d.event_id::int as id, e.severity, e.external_id, d.state, d.digest_id::int as digest
    from deliveries d join events e on e.id = d.event_id where e.source <> 'tocsin'`;
  const digests = await sql`
    select id::int, (body->'digest'->>'count')::int as count from events where stream = 'digest' order by id`;
  return { rows, digests };
}

describe('a storm', () => {
  test('comes as a few digests in which each event is counted once, and nothing younger overtakes what is critical', {
    timeout: 120_000 + seconds * 2000,
  }, async () => {
    const world = await createWorld({
      database: 'postgres',
      mattermost: { rateLimit: { perSecond: 10, burst: 100 } },
      environment: {
        STORM: '20',
        SINK_RATE: '10',
        POLLING_INTERVAL: '5',
        START_FROM: 'all',
        LOG_LEVEL: 'warn',
      },
    });
    const { tenant, mattermost } = world;
    const sql = sqlOf(world);
    /** Delivery ids in the order in which they arrived. */
    const arrivals: string[] = [];
    const postedAt = new Map<string, number>();
    mattermost.onPost(({ deliveryId = '' }) => {
      arrivals.push(deliveryId);
      postedAt.set(deliveryId, Date.now());
    });
    world.start();
    await world.arrived(2);

    const readableAt = new Map<number, number>();
    const steps = seconds * 4;
    for (let step = 0; step < steps; step += 1) {
      const count = Math.round((events * (step + 1)) / steps) - Math.round((events * step) / steps);
      const isCritical = step % Math.floor(steps / criticals) === 0 && readableAt.size < criticals;
      if (isCritical)
        for (const id of tenant.add('events', 1, { severity: 'VERY_HIGH' }))
          readableAt.set(id, Date.now());
      tenant.add('events', count - (isCritical ? 1 : 0), { severity: 'MODERATE' });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const isSettled = async () =>
      (
        await sql`select count(*) filter (where state = 'pending')::int as open, count(*)::int as all from deliveries`
      ).every(({ open, all }) => open === 0 && all >= events);
    expect(await until(isSettled, 100_000)).toBe(true);

    const { rows, digests } = await accountOf(sql);
    expect(rows).toHaveLength(events);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['delivered']));
    for (const { id, count } of digests)
      expect(rows.filter(({ digest }) => digest === id)).toHaveLength(count);
    // Every digest, and every event that is in none, has a post of its own, and only one.
    const singles = rows.filter(({ digest }) => digest === null);
    const own = [...singles, ...digests].map(({ id }) => mattermost.deliveries.get(`soc-${id}`));
    expect(new Set(own)).toEqual(new Set([1]));
    const critical = rows.filter(({ severity }) => severity === 5);
    expect(critical).toHaveLength(readableAt.size);
    expect(critical.every(({ digest }) => digest === null)).toBe(true);
    // What was stored after it, or with it, and is less urgent comes later: a card, or a digest
    // that holds such an event.
    const others = rows.filter(({ severity }) => severity < 5);
    const newestOf = new Map<string, number>();
    for (const { id, digest } of others) {
      const message = `soc-${digest ?? id}`;
      newestOf.set(message, Math.max(id, newestOf.get(message) ?? 0));
    }
    for (const { id } of critical) {
      const before = arrivals.slice(0, arrivals.indexOf(`soc-${id}`));
      expect(before.filter((message) => (newestOf.get(message) ?? 0) > id)).toEqual([]);
    }
    const posts = mattermost.requests.posts - critical.length;
    const waits = critical.map(
      ({ id, external_id }) => postedAt.get(`soc-${id}`)! - readableAt.get(Number(external_id))!,
    );
    console.info(
      `${events} events in ${seconds} s: ${posts} posts besides ${critical.length} critical ones, ${digests.length} digests of ${digests.map(({ count }) => count)}; ` +
        `critical ones after ${Math.min(...waits)} to ${Math.max(...waits)} ms`,
    );
    expect(posts).toBeLessThanOrEqual(postsMax);
  });
});

const kills = Number(process.env.KILLS ?? 2);
/** What may be in flight when the process dies: cards, or digests. */
const repeatedByKillMax = 132;
const grouping = `
sources:
  di: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", start_from: all }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
routes:
  - { name: all, to: [soc], group: { by: [device], wait: 1s, interval: 2s } }
polling_interval: 1
`;

describe('open groups', () => {
  test.each(['postgres', 'embedded'] as const)(
    'survive a kill -9 on %s: each event comes once, in one digest or card',
    {
      timeout: 90_000 + kills * 20_000,
    },
    async (database) => {
      const world = await createWorld({ database });
      const { tenant, mattermost } = world;
      const config = join(await temporaryFolder(), 'tocsin.yaml');
      writeFileSync(config, grouping);
      let service = world.start('data', { TOCSIN_CONFIG: config });
      let added = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        await service.ready();
        for (let step = 0; step < 6; step += 1) {
          added += tenant.add('events', 30, { severity: 'LOW' }).length;
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
        await service.end('SIGKILL');
        service = world.start('data', { TOCSIN_CONFIG: config });
      }
      await service.ready();
      const isSettled = async () => {
        const stored = postedEvents(mattermost.posts);
        return (
          stored >= added && (await service.metric('tocsin_deliveries_pending{sink="soc"}')) === 0
        );
      };
      expect(await until(isSettled, 40_000), `${postedEvents(mattermost.posts)} of ${added}`).toBe(
        true,
      );
      expect(postedEvents(mattermost.posts)).toBe(added);
      console.info(
        `${database}: ${kills} kills, ${added} events in ${mattermost.deliveries.size - 1} messages, ${world.repeated()} posts were repetitions`,
      );
      expect(mattermost.deliveries.size).toBeLessThan(added);
      expect(world.repeated()).toBeLessThanOrEqual(kills * repeatedByKillMax);
    },
  );
});

/**
 * How many events the channel was shown, by the number in each digest's first line; a repeated
 * message counts once.
 */
function postedEvents(posts: readonly Post[]): number {
  const byId = new Map(posts.map((post) => [post.deliveryId, post]));
  return [...byId.values()].reduce((sum, { props, text }) => {
    if ((props.tocsin as { source: string }).source === 'di') return sum + 1;
    return sum + Number(/(\d+) events/.exec(text)?.[1] ?? 0);
  }, 0);
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-storm-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
