// Triggers in a case's database that note how roles change hands, so that a test can say what a
// process waited for without a clock of its own. Postgres only.
import { withDatabase } from './checker.ts';

/** A role that one process held and another one took. */
export interface Handover {
  readonly role: string;
  /** Whether its holder gave it back; otherwise the holder's heartbeat had expired. */
  readonly isGivenBack: boolean;
  /** Heartbeats of the new holder between the moment when the role was free and its takeover. */
  readonly looks: number;
  /** Its heartbeats before that moment: it was there, and had to wait. */
  readonly waits: number;
}

/** The look at which a free role is seen, and one more if that came at the same moment. */
export const looksMax = 2;

/** Statements for a database that has its tables. Cost one row for each heartbeat. */
export const handoverTriggers = `
      create table heartbeats (replica uuid, at timestamptz);
      create table roles_freed (role text primary key, at timestamptz);
      create table handovers (n bigint generated always as identity, role text, given_back boolean, looks int, waits int);
      create function note_heartbeat() returns trigger language plpgsql as $$
      begin
        insert into heartbeats values (new.id, clock_timestamp());
        return null;
      end $$;
      create function note_handover() returns trigger language plpgsql as $$
      declare free_since timestamptz;
      begin
        if new.holder is null then
          insert into roles_freed values (new.name, clock_timestamp())
            on conflict (role) do update set at = excluded.at;
          return null;
        end if;
        if old.holder is null then
          select at into free_since from roles_freed where role = new.name;
        else
          select expires_at into free_since from replicas where id = old.holder;
        end if;
        if free_since is null then return null; end if;
        insert into handovers (role, given_back, looks, waits)
          select new.name, old.holder is null, count(*) filter (where at > free_since),
            count(*) filter (where at <= free_since)
          from heartbeats where replica = new.holder;
        return null;
      end $$;
      create trigger note_heartbeat after update on replicas for each row execute function note_heartbeat();
      create trigger note_handover after update on leases for each row
        when (new.holder is distinct from old.holder) execute function note_handover();`;

/** To be called once the tables are there. */
export async function watchHandovers(url: string): Promise<void> {
  await withDatabase({ url }, (sql) => sql.unsafe(handoverTriggers));
}

/** In the order in which they happened, without the first holder of each role. */
export async function handoversIn(url: string): Promise<Handover[]> {
  const rows = await withDatabase(
    { url },
    (sql) => sql`select role, given_back, looks, waits from handovers order by n`,
  );
  return rows.map((row) => ({
    role: String(row.role),
    isGivenBack: row.given_back === true,
    looks: Number(row.looks),
    waits: Number(row.waits),
  }));
}
