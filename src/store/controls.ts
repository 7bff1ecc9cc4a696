// What people asked of running sources and sinks: to rest until a time, or to poll at once. Only
// the database's clock counts here.
import type { Pause, StoredControl } from '../kit/records/control.ts';
import type { Database } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { controls } from './schema.ts';

/** `remaining`: for how many milliseconds the pause lasts still. */
const row = new RowReader<ColumnOf<typeof controls> | 'remaining'>('controls');

/** A process that did not look for longer polls its sources anyway when it starts again. */
const pollAskedForSeconds = 600;

/** Those that are paused now, or that somebody asked to poll within the last minutes, by name. */
export async function readControls(db: Database): Promise<StoredControl[]> {
  // A clock that went back makes no pause longer than it was meant to be.
  const rows = await db.$client`
    select ${columns(db)}, coalesce(extract(epoch from
        least(paused_until - clock_timestamp(), paused_until - paused_at)) * 1000, 0)::float8
        as remaining
    from controls
    where paused_until > clock_timestamp()
      or poll_asked_at > clock_timestamp() - ${pollAskedForSeconds}::float8 * interval '1 second'
    order by name`;
  return rows.map((one) => {
    const remainingMs = row.number(one, 'remaining');
    const pause = remainingMs > 0 ? toPause(one) : null;
    return {
      name: row.text(one, 'name'),
      pause: pause && { ...pause, remainingMs },
      pollAskedAt: row.timeOrNull(one, 'poll_asked_at'),
    };
  });
}

export interface PauseRequest {
  /** `source:<id>` or `sink:<id>`. */
  readonly name: string;
  readonly by: string;
  readonly reason: string;
  /** From now, or the moment at which it ends; milliseconds. */
  readonly end: { readonly forMs: number } | { readonly untilMs: number };
  /** A pause that is on is replaced. */
  readonly replaces: boolean;
}

/**
 * Begins a pause. Of two at the same time one wins, unless they replace.
 * @returns null: it is paused already, and stays so
 */
export async function writePause(db: Database, request: PauseRequest): Promise<Pause | null> {
  const { name, by, reason, end, replaces } = request;
  const forMs = 'forMs' in end ? end.forMs : null;
  const untilMs = 'untilMs' in end ? end.untilMs : null;
  const [written] = await db.$client`
    with now as (select clock_timestamp() as at)
    insert into controls as c (name, paused_by, pause_reason, paused_at, paused_until)
    select ${name}::text, ${by}::text, ${reason}::text, at,
      coalesce(to_timestamp(${untilMs}::float8 / 1000),
        at + ${forMs}::float8 * interval '1 millisecond')
    from now
    on conflict (name) do update set paused_by = excluded.paused_by,
      pause_reason = excluded.pause_reason, paused_at = excluded.paused_at,
      paused_until = excluded.paused_until
    where ${replaces} or c.paused_until is null or c.paused_until <= clock_timestamp()
    returning ${columns(db)}`;
  return written === undefined ? null : toPause(written);
}

/** @returns the pause that ended; null if there was none */
export async function endPause(db: Database, name: string): Promise<Pause | null> {
  const [ended] = await db.$client`
    with paused as (
      select * from controls where name = ${name} and paused_until > clock_timestamp() for update
    ), ended as (
      update controls set paused_by = null, pause_reason = null, paused_at = null,
        paused_until = null
      where name in (select name from paused)
    )
    select ${columns(db)} from paused`;
  return ended === undefined ? null : toPause(ended);
}

/** @returns when it was asked, ISO 8601 in UTC */
export async function askForPoll(db: Database, name: string): Promise<string> {
  const [asked] = await db.$client`
    insert into controls (name, poll_asked_at) values (${name}, clock_timestamp())
    on conflict (name) do update set poll_asked_at = excluded.poll_asked_at
    returning ${columns(db)}`;
  return row.time(asked!, 'poll_asked_at');
}

function columns({ $client: client }: Database) {
  return client`name, paused_by, pause_reason, extract(epoch from paused_at) * 1000 as paused_at,
    extract(epoch from paused_until) * 1000 as paused_until,
    extract(epoch from poll_asked_at) * 1000 as poll_asked_at`;
}

function toPause(one: Row): Pause {
  return {
    by: row.text(one, 'paused_by'),
    reason: row.text(one, 'pause_reason'),
    since: row.time(one, 'paused_at'),
    until: row.time(one, 'paused_until'),
  };
}
