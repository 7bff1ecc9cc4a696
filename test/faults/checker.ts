// Compares what the tenant had with what is stored and what arrived, to the event. Reads the tables
// itself: it must not trust the code it judges.
import postgres from 'postgres';
import type { TenantStream } from '../../simulators/events/index.ts';
import type { Mattermost } from '../../simulators/mattermost/index.ts';
import type { Tenant } from '../../simulators/tenant/index.ts';
import { openEmbedded } from '../../src/store/embedded/open.ts';
import { numberOnCard } from '../support/cards.ts';

export const sourceOf = {
  events: 'deepinstinct_events',
  suspicious: 'deepinstinct_suspicious_events',
} as const;
export const sink = 'soc';

/** A server's address, or the DATA_DIR of an embedded database that no service has open. */
export type Stored = { readonly url: string } | { readonly dataDir: string };

/** What is to be compared. */
export interface Account {
  readonly tenant: Pick<Tenant, 'ids'>;
  /**
   * What the tenant had before it was rebuilt. Its numbers may have come again, for other items.
   */
  readonly beforeRebuild?: Partial<Readonly<Record<TenantStream, readonly number[]>>>;
  readonly mattermost: Pick<Mattermost, 'deliveries' | 'posts'>;
  readonly stored: Stored;
  /**
   * How often each delivery may have been repeated; absent: any, up to the number that is allowed.
   */
  readonly mayRepeat?: ReadonlyMap<string, number>;
}

export interface Judged {
  readonly events: number;
  /** Of the tenant, and not stored, not recorded as delivered, or not arrived. */
  readonly lost: readonly string[];
  /** More than one row for one item of the tenant, or for one delivery. */
  readonly doubledInStore: readonly string[];
  /** One entry for each repetition. */
  readonly doubledOnWire: readonly string[];
  /** In words; empty if every promise held. */
  readonly problems: readonly string[];
}

interface EventRow {
  readonly id: number;
  readonly source: string;
  /** The number in the vendor's own bytes, not in our key. */
  readonly item: string | null;
  /** Of a notice. */
  readonly kind: string | null;
  readonly states: string[];
  /** The digest in which it went, or was to go. */
  readonly digest: number | null;
}

export async function withDatabase<Result>(
  stored: Stored,
  use: (sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  if ('url' in stored) {
    const sql = postgres(stored.url, { max: 1, fetch_types: false, onnotice() {} });
    try {
      return await use(sql as unknown as postgres.Sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  }
  const database = await openEmbedded({ dataDir: stored.dataDir, onFatal() {} });
  try {
    return await use(database.sql);
  } finally {
    await database.close();
  }
}

async function readEvents(sql: postgres.Sql): Promise<EventRow[]> {
  const rows = await sql`
    select e.id::text, e.source, coalesce(e.raw->>'id', e.body->>'itemId') as item, e.raw->>'kind' as kind,
      (select string_agg(d.state, ',') from deliveries d where d.event_id = e.id and d.sink = ${sink}) as states,
      (select min(d.digest_id) from deliveries d where d.event_id = e.id and d.sink = ${sink})::text as digest
    from events e order by e.id`;
  return rows.map((row) => ({
    id: Number(row.id),
    source: String(row.source),
    item: row.item === null ? null : String(row.item),
    kind: row.kind === null ? null : String(row.kind),
    states: row.states === null ? [] : String(row.states).split(','),
    digest: row.digest === null ? null : Number(row.digest),
  }));
}

/** Never throws for what it finds; {@link Judged.problems} says it. */
export async function judge(account: Account, allowed: number): Promise<Judged> {
  const { mattermost } = account;
  const rows = await withDatabase(account.stored, readEvents);
  const byItem = new Map<string, EventRow[]>();
  for (const row of rows) {
    const key = `${row.source}/${row.item ?? `row ${row.id}`}`;
    byItem.set(key, [...(byItem.get(key) ?? []), row]);
  }
  const wanted = new Map<string, number>();
  for (const stream of ['events', 'suspicious'] as const) {
    const earlier = account.beforeRebuild?.[stream] ?? [];
    for (const id of [...earlier, ...account.tenant.ids(stream)]) {
      const key = `${sourceOf[stream]}/${id}`;
      wanted.set(key, (wanted.get(key) ?? 0) + 1);
    }
  }
  const cards = itemsOnCards(account);
  const isArrived = ({ id, digest }: EventRow) =>
    [id, digest].some(
      (one) => one !== null && mattermost.deliveries.has(deliveryIdOf({ id: one })),
    );
  const lost = [...wanted].flatMap(([key, times]) => {
    const found = byItem.get(key) ?? [];
    if (found.length < times) return [`${key}: not stored`];
    return found.flatMap((row) => {
      const [state] = row.states;
      if (state === undefined) return [`${key}: no delivery`];
      if (state !== 'delivered') return [`${key}: ${state}`];
      if (!isArrived(row)) return [`${key}: recorded as delivered, and did not arrive`];
      const shown = cards.get(deliveryIdOf(row));
      return shown !== undefined && key !== `${row.source}/${shown}`
        ? [`${key}: its card shows ${shown}`]
        : [];
    });
  });
  const doubledInStore = [...byItem].flatMap(([key, found]) => [
    ...found.slice(wanted.get(key) ?? 1).map((row) => `${key}: again as ${row.id}`),
    ...found.flatMap((row) => row.states.slice(1).map(() => `${key}: two deliveries`)),
  ]);
  const repeats = [...mattermost.deliveries].map(([id, times]) => [id, times - 1] as const);
  const doubledOnWire = repeats.flatMap(([id, times]) => Array<string>(times).fill(id));
  const { mayRepeat } = account;
  const forbidden = mayRepeat
    ? repeats.filter(([id, times]) => times > (mayRepeat.get(id) ?? 0)).map(([id]) => id)
    : [];
  const known = new Set(rows.map(deliveryIdOf));
  // The one notice that goes past the database says that nothing can be stored.
  const isPast = (id: string) => id.startsWith(`${sink}-database_failing:`);
  const unknown = [...mattermost.deliveries.keys()].filter((id) => !known.has(id) && !isPast(id));
  // A digest that was split is not sent; its members are in others.
  const isSettled = ({ kind, states: [state] }: EventRow) =>
    state === 'delivered' || (state === 'suppressed' && (kind === 'group' || kind === 'storm'));
  const notices = rows.filter((row) => row.source === 'tocsin' && !isSettled(row));
  const problems = [
    told('lost', lost),
    told('doubled in the store', doubledInStore),
    told('repeated although neither in flight nor unwritten', forbidden),
    told('arrived and not stored', unknown),
    told(
      'notices that are not delivered',
      notices.map(({ kind, states }) => `${kind}: ${states}`),
    ),
    doubledOnWire.length > allowed
      ? `${doubledOnWire.length} doubled on the wire, ${allowed} allowed`
      : '',
  ].filter((problem) => problem !== '');
  const events = [...wanted.values()].reduce((sum, times) => sum + times, 0);
  return { events, lost, doubledInStore, doubledOnWire, problems };
}

function told(what: string, list: readonly string[]): string {
  if (list.length === 0) return '';
  return `${list.length} ${what}: ${list.slice(0, 10).join(', ')}${list.length > 10 ? ', …' : ''}`;
}

function deliveryIdOf({ id }: Pick<EventRow, 'id'>): string {
  return `${sink}-${id}`;
}

/**
 * The item's number as people see it, by delivery id; bare cards and posts that are no longer kept
 * have none.
 */
function itemsOnCards({ mattermost }: Account): Map<string, string> {
  const shown = new Map<string, string>();
  for (const post of mattermost.posts) {
    const number = numberOnCard(post);
    if (post.deliveryId !== undefined && number !== undefined)
      shown.set(post.deliveryId, `${number}`);
  }
  return shown;
}
