// Events whose cards were delivered to a sink that gave an id of each, and what becomes of them.
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import type { Database } from '../../src/store/database.ts';
import { draft, storePage } from '../store/stored.ts';

export const acknowledge: Wanted = { kind: 'acknowledged', forMs: 3_600_000 };
export const resolve: Wanted = { kind: 'resolved' };

/** Stores so many events; sink `soc` has each as a message `post-<id of the event>`. */
export async function posted(db: Database, count = 1): Promise<number[]> {
  const events = Array.from({ length: count }, (_, n) =>
    draft(`posted ${n}`, { severity: 4, body: { itemId: `${n}`, device: { name: 'DC01' } } }),
  );
  const page = await storePage(db, { events });
  const ids = page!.events.map(({ id }) => id);
  await db.$client`
    update deliveries set state = 'delivered', finalized_at = now(), remote_id = 'post-' || event_id
    where event_id = any (string_to_array(${ids.join(',')}, ',')::bigint[])`;
  return ids;
}

/** Ana does this to the incident of an event, by a chat. */
export async function change(db: Database, eventId: number, wanted: Wanted = acknowledge) {
  return (await changeIncident(db, { eventId, wanted, actor: 'ana', via: 'chat' }))!.incident;
}

/**
 * Stores an escalation's step of the event for sink `soc`.
 * @param via `time`, or the door of whoever asked for it
 * @returns the id of its event
 */
export async function storeStep(db: Database, root: number, via = 'time'): Promise<number> {
  const news = {
    ...{ kind: 'escalated', incidentId: 1, eventId: root, state: 'open', actor: 'tocsin' },
    ...{ via, about: { severity: 4, type: 'X', device: 'DC01' }, values: { to: 'tier 2' } },
  };
  const [row] = await db.$client`
    with news as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw)
      values ('tocsin', 'step ' || ${root}::text, 'incident:1', 'incident', 'INCIDENT', 4, '{}',
        ${JSON.stringify({ news })}::text::json, '{}')
      returning id
    ), told as (
      insert into deliveries (event_id, sink, state, priority, kind, to_event)
      select id, 'soc', 'pending', 1, 'step', ${root}::bigint from news
    )
    select id from news`;
  return Number(row!.id);
}
