// Many stored events to look at, made by the database itself.
import { keyOf } from '../../dist/src/kit/event-keys.js';

const batch = 20_000;

/**
 * One event in ten is of the device `busy`, the first tenth of the `old` one, the others of 5,000
 * devices. Hashes are of 20,000 files. One delivery in a thousand is dead, and one waits. One of ten
 * of the newest 50,000 events has an incident, of every state.
 */
export async function fill({ $client: sql }, events) {
  const names = Array.from({ length: 5000 }, (_, n) => `ws-${n}`);
  const hashes = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(64, 'ab'));
  const pool = (kind, values) => `{${values.map((value) => keyOf(kind, value)).join(',')}}`;
  const [busy, old] = ['busy', 'old'].map((name) => keyOf('device', name));
  const [deviceKeys, hashKeys] = [pool('device', names), pool('hash', hashes)];
  for (let from = 0; from < events; from += batch) {
    await sql`
      with pools as materialized (
        select ${deviceKeys}::text::integer[] as device_keys,
          ${hashKeys}::text::integer[] as hash_keys
      )
      insert into events (source, external_id, subject, stream, type, severity, status, received_at,
        body, raw, routes, keys)
      select 'di', n::text, 'event/' || n, 'event',
        case when n % 1000 = 0 then 'RANSOMWARE' else 'STATIC_ANALYSIS' end, n % 6, 'OPEN',
        now() - (${events}::integer - n) * interval '1 minute',
        json_build_object('itemId', n::text, 'device', json_build_object('name', device,
            'os', 'WINDOWS', 'osVersion', 'Windows 11 Pro', 'ip', '192.0.2.' || n % 250,
            'mac', '00:00:5e:00:53:18'), 'user', 'SHOP\\operator',
          'description', 'The file is known as malicious, and the agent has put it away.',
          'file', json_build_object('hash', lpad(to_hex(n % 20000), 64, 'ab'),
            'path', 'C:\\Users\\operator\\Downloads\\setup-' || n || '.exe')),
        json_build_object('id', n, 'text', md5(n::text) || repeat(md5((n + 1)::text), 20)), '{all}',
        array[case device when 'busy' then ${busy}::integer when 'old' then ${old}::integer
            else device_keys[n % 5000 + 1] end,
          hash_keys[n % 20000 + 1]]
      from (
        select n, case when n % 10 = 0 then 'busy' when n <= ${events / 10}::integer then 'old'
          else 'ws-' || n % 5000 end as device
        from generate_series(${from + 1}::integer, ${Math.min(from + batch, events)}::integer) n
      ) g, pools`;
  }
  await sql`
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select id, 'soc', state, case state when 'dead' then 'rejected' end, 1,
      case when state <> 'pending' then now() end
    from (select id, case when id % 1000 = 1 then 'dead' when id % 1000 = 2 then 'pending'
      else 'delivered' end as state from events) e`;
  await sql`
    with made as (
      insert into incidents (source, subject, event_id, state, severity, opened_at, changed_at, by,
        via, until, acknowledged_at, resolved_at, occurrences)
      select source, subject, id, state, severity, received_at, received_at + interval '2 minutes',
        case when state <> 'open' then 'anong' end, case when state <> 'open' then 'page' end,
        case when state = 'snoozed' then now() + interval '1 day' end,
        case when state in ('acknowledged', 'resolved') then received_at + interval '2 minutes' end,
        case when state = 'resolved' then received_at + interval '1 hour' end, 1 + id % 7
      from (
        select *, (array['open', 'acknowledged', 'snoozed', 'resolved'])[id / 10 % 4 + 1] as state
        from events where id > ${events - 50_000} and id % 10 = 0
      ) e
      returning id, changed_at, state
    )
    insert into incident_changes (incident_id, at, kind, from_state, to_state, actor, via)
    select id, changed_at, state, 'open', state, 'anong', 'page' from made where state <> 'open'`;
  await sql`vacuum analyze events, deliveries, incidents, incident_changes`;
}
