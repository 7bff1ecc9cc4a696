// Events that an attacker made so that Mattermost fails on each of them, every time: the others
// arrive all the same, and these end as bare cards without the attacker's text.
import { expect } from 'vitest';
import { createWorld, until } from '../support/world.ts';
import { sink, sourceOf, withDatabase } from './checker.ts';
import { accountOf, drain } from './drained.ts';
import { faultCase } from './fault-case.ts';

const marker = 'POISONEDHOST';
/**
 * The others have arrived by then. Usually it takes 1 to 3 s: one wait of the back-off, in which
 * the sink looks as if it were down.
 */
const promptMs = 15_000;

for (const status of [500, 400, 413]) {
  for (const count of [1, 20]) {
    const title = `poison: ${count} of the most urgent answered ${status} every time`;
    faultCase(title, { timeoutMs: 240_000 }, async (fault) => {
      const world = await createWorld({
        database: 'postgres',
        environment: { POLLING_INTERVAL: '1' },
      });
      const { tenant, mattermost } = world;
      const service = world.start();
      expect(await world.arrived(2)).toBe(2);
      mattermost.fail(status, Number.POSITIVE_INFINITY, (body) => body.includes(marker));
      const poison = tenant.add('events', count, { severity: 'VERY_HIGH', hostileShare: 0 });
      for (const id of poison)
        tenant.change('events', id, { recorded_device_info: { os: 'WINDOWS', hostname: marker } });
      const others = tenant.add('suspicious', fault.between(60, 150), {
        severity: 'LOW',
        hostileShare: 0,
      });
      const more = tenant.add('events', fault.between(20, 60), {
        severity: 'MEDIUM',
        hostileShare: 0,
      });
      const addedAt = performance.now();
      fault.struck();
      const isPoison = (deliveryId: string) => poisoned.has(deliveryId);
      const isStored = async () => (await deliveryIds(world.databaseUrl!, poison)).size === count;
      expect(await until(isStored, 20_000)).toBe(true);
      const poisoned = await deliveryIds(world.databaseUrl!, poison);
      const healthy = () =>
        [...mattermost.deliveries.keys()].filter((id) => !isPoison(id)).length - 2;
      expect(
        await until(() => healthy() === others.length + more.length, promptMs),
        `${healthy()} others`,
      ).toBe(true);
      const othersMs = performance.now() - addedAt;
      // Many that fail at once look like an outage. When one has passed, that they fail again does
      // not.
      expect(
        service.log.filter(({ msg }) => msg === 'the sink backs off').length,
      ).toBeLessThanOrEqual(4);
      await drain(world, service, 90_000);
      console.info(
        `${title}: others after ${Math.round(othersMs)} ms, all after ${Math.round(performance.now() - addedAt)} ms`,
      );
      expect(mattermost.requests.statuses[status]).toBeGreaterThanOrEqual(count);
      const shown = mattermost.posts.filter(({ deliveryId }) => isPoison(deliveryId ?? ''));
      expect(shown).toHaveLength(count);
      expect(JSON.stringify(shown)).not.toContain(marker);
      expect(await formsOf(world.databaseUrl!, poisoned)).toEqual(['bare']);
      expect(await service.metric(`tocsin_deliveries_dead{sink="${sink}"}`)).toBe(0);
      expect(await service.end('SIGTERM')).toBe(0);
      await fault.account(accountOf(world));
    });
  }
}

async function deliveryIds(url: string, items: readonly number[]): Promise<Set<string>> {
  const rows = await withDatabase(
    { url },
    (sql) => sql`select id, external_id from events where source = ${sourceOf.events}`,
  );
  return new Set(
    rows.filter((row) => items.includes(Number(row.external_id))).map((row) => `${sink}-${row.id}`),
  );
}

async function formsOf(url: string, ids: ReadonlySet<string>): Promise<string[]> {
  const rows = await withDatabase(
    { url },
    (sql) => sql`select event_id, form from deliveries where sink = ${sink}`,
  );
  return [
    ...new Set(
      rows.filter((row) => ids.has(`${sink}-${row.event_id}`)).map((row) => String(row.form)),
    ),
  ];
}
