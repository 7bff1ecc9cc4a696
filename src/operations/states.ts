// How the sources and sinks stand, from the database alone: every replica answers the same.
import { z } from 'zod';
import { createMask } from '../kit/mask.ts';
import type { Pause, StoredControl } from '../kit/records/control.ts';
import type { Replica, SourceFacts } from '../kit/records/role.ts';
import { readConditions } from '../store/conditions.ts';
import { readControls } from '../store/controls.ts';
import { listPositions } from '../store/cursors.ts';
import { countDeliveries } from '../store/deliveries/index.ts';
import { countRecentDeliveries, readNewestEvents } from '../store/newest.ts';
import { listReplicas } from '../store/replicas.ts';
import { listSinkRows } from '../store/sinks.ts';
import { text, time } from './fields.ts';
import type { Operation, OperationContext } from './operation.ts';
import { shownPause } from './pause.ts';
import { isPushed } from './pushed.ts';

const ofHolder = 'as the process that works it knew at its last heartbeat';
const holder = text.nullable().describe('The process that works it; null: nobody does now');
const type = text.nullable().describe('Null: it is not configured in the process that answers');

const sinkItem = z.object({
  sink: text,
  type,
  place: text.nullable().describe('Where it posts, without a secret; null: not known yet'),
  state: z.enum(['ok', 'backing_off', 'paused', 'paused_by_operator']),
  reason: text.nullable().describe('Of a sink that is down: why'),
  since: time.nullable().describe('When the state began; null: it never changed'),
  pause: shownPause.nullable(),
  pending: z.int(),
  grouped: z.int().describe('Of the pending ones: those that wait for their group'),
  dead: z.int(),
  oldestPendingSeconds: z.number().describe('Age of the oldest that is not held; 0: there is none'),
  nextProbeAt: time.nullable().describe(`When a sink that is down is tried again, ${ofHolder}`),
  delivered: z
    .object({ lastHour: z.int(), lastDay: z.int(), isCut: z.boolean() })
    .describe('Among the newest 10 000 deliveries of all sinks; cut: there may have been more'),
  storm: z
    .object({ since: time, due: z.int(), digests: z.int(), events: z.int() })
    .nullable()
    .describe('Too much is due at once, and goes out in digests'),
  holder,
});
export type SinkItem = z.infer<typeof sinkItem>;

export const sinks: Operation<Record<never, never>, { readonly items: readonly SinkItem[] }> = {
  name: 'sink-states',
  summary: 'How each sink stands: its state, its backlog, its pause',
  input: z.strictObject({}),
  output: z.object({ items: z.array(sinkItem) }),
  permission: 'read',
  route: 'GET /sinks',
  async run(context) {
    const { db, config } = context;
    const [rows, counts, recent, controls, replicas] = await Promise.all([
      listSinkRows(db),
      countDeliveries(db),
      countRecentDeliveries(db),
      readControls(db),
      listReplicas(db),
    ]);
    const facts = { rows, counts, recent, controls, replicas };
    // Of a sink that is no longer configured, only what is left matters.
    const left = [...counts.map(({ sink }) => sink), ...idsOf(controls, 'sink:')];
    const ids = new Set([...config.sinks.map(({ id }) => id), ...left]);
    return { items: [...ids].map((id) => sinkItemOf(id, context, facts)) };
  },
};

interface SinkFactsRead {
  readonly rows: Awaited<ReturnType<typeof listSinkRows>>;
  readonly counts: Awaited<ReturnType<typeof countDeliveries>>;
  readonly recent: Awaited<ReturnType<typeof countRecentDeliveries>>;
  readonly controls: readonly StoredControl[];
  readonly replicas: readonly Replica[];
}

function sinkItemOf(id: string, context: OperationContext, facts: SinkFactsRead): SinkItem {
  const { config, farEnds } = context;
  const row = facts.rows.find((one) => one.id === id);
  const count = facts.counts.find(({ sink }) => sink === id);
  const recent = facts.recent.sinks.find(({ sink }) => sink === id);
  const pause = pauseIn(facts.controls, `sink:${id}`);
  const own = config.sinks.find((one) => one.id === id);
  const origin = own === undefined ? undefined : farEnds?.originOf(id);
  const holding = facts.replicas.find(({ facts: known }) => known.sinks?.[id] !== undefined);
  const byRole = facts.replicas.find(({ roles }) => roles.includes(`sink:${origin}`));
  const mask = createMask(config.secrets);
  return {
    sink: id,
    type: own?.type ?? null,
    place: row?.place ? mask(row.place) : null,
    state: pause === null ? (row?.state ?? 'ok') : 'paused_by_operator',
    reason: row?.reason ? mask(row.reason) : null,
    since: sinceOf(row, pause),
    pause,
    pending: count?.pending ?? 0,
    grouped: count?.grouped ?? 0,
    dead: count?.dead ?? 0,
    oldestPendingSeconds: count?.oldestPendingSeconds ?? 0,
    nextProbeAt: holding?.facts.sinks?.[id]?.nextProbeAt ?? null,
    delivered: {
      lastHour: recent?.lastHour ?? 0,
      lastDay: recent?.lastDay ?? 0,
      isCut: facts.recent.isCut,
    },
    storm: row?.storm ? { ...row.storm, since: new Date(row.storm.sinceMs).toISOString() } : null,
    holder: (holding ?? byRole)?.id ?? null,
  };
}

function sinceOf(row: { readonly sinceMs: number } | undefined, pause: Pause | null) {
  if (pause !== null) return pause.since;
  return row === undefined ? null : new Date(row.sinceMs).toISOString();
}

const sourceItem = z.object({
  source: text,
  type,
  isPushed: z.boolean().describe('Its product calls this service; else it is read'),
  console: text.nullable().describe('What is read there, without a secret'),
  cursor: text.nullable().describe('How far it was read; null: not yet, or to begin anew'),
  generation: z.int().describe('How often its numbers began anew'),
  positionMovedAt: time.nullable(),
  state: z
    .enum(['ok', 'failing', 'paused_by_operator', 'unread'])
    .describe('unread: nothing was ever read of it'),
  failingSince: time.nullable(),
  pause: shownPause.nullable(),
  lastSuccessAt: time
    .nullable()
    .describe(`When a page, or what was pushed, was last stored, ${ofHolder}`),
  lastError: z
    .object({ at: time, reason: text, message: text })
    .nullable()
    .describe(`Why it could last not be read, or what was last refused, ${ofHolder}`),
  nextPollAt: time.nullable().describe(`Null while it is read, or rests; ${ofHolder}`),
  newestEvent: z
    .object({ receivedAt: time, occurredAt: time.nullable(), lagSeconds: z.number().nullable() })
    .nullable()
    .describe('Among the newest 10 000 events of all sources; lag: from its occurrence to here'),
  holder,
});
export type SourceItem = z.infer<typeof sourceItem>;

export const sources: Operation<Record<never, never>, { readonly items: readonly SourceItem[] }> = {
  name: 'source-states',
  summary: 'How each source stands: how far it was read, when, its failures, its pause',
  input: z.strictObject({}),
  output: z.object({ items: z.array(sourceItem) }),
  permission: 'read',
  route: 'GET /sources',
  async run({ db, config }) {
    const [positions, conditions, newest, controls, replicas] = await Promise.all([
      listPositions(db),
      readConditions(db),
      readNewestEvents(db),
      readControls(db),
      listReplicas(db),
    ]);
    const facts = { positions, conditions, newest, controls, replicas };
    const ids = new Set([
      ...config.sources.map(({ id }) => id),
      // Empty: it has moved to another id.
      ...positions.flatMap(({ source, console }) => (console === '' ? [] : [source])),
      ...idsOf(controls, 'source:'),
    ]);
    const mask = createMask(config.secrets);
    const typeOf = (id: string) => config.sources.find((one) => one.id === id)?.type ?? null;
    const asked = (id: string) => ({ id, type: typeOf(id), isPushed: isPushed(config, id), mask });
    return { items: [...ids].map((id) => sourceItemOf(asked(id), facts)) };
  },
};

interface SourceFactsRead {
  readonly positions: Awaited<ReturnType<typeof listPositions>>;
  readonly conditions: Awaited<ReturnType<typeof readConditions>>;
  readonly newest: Awaited<ReturnType<typeof readNewestEvents>>;
  readonly controls: readonly StoredControl[];
  readonly replicas: readonly Replica[];
}

interface Asked {
  readonly id: string;
  readonly type: string | null;
  readonly isPushed: boolean;
  mask(text: string): string;
}

function sourceItemOf(
  { id, type: typeName, isPushed: isCalled, mask }: Asked,
  facts: SourceFactsRead,
): SourceItem {
  const role = `source:${id}`;
  const position = facts.positions.find(({ source }) => source === id);
  const failing = facts.conditions.find(({ name }) => name === role);
  const pause = pauseIn(facts.controls, role);
  const holding = facts.replicas.find(({ roles }) => roles.includes(role));
  const known = isCalled ? factsOfAll(facts.replicas, id) : holding?.facts.sources?.[id];
  const newest = facts.newest.find(({ source }) => source === id);
  const error = known?.lastError ?? null;
  return {
    source: id,
    type: typeName,
    isPushed: isCalled,
    console: position?.console ?? null,
    cursor: position?.cursor ?? null,
    generation: position?.generation ?? 1,
    positionMovedAt: position === undefined ? null : isoTime(position.updatedAt),
    state: stateOf({
      ...{ isPaused: pause !== null, isFailing: failing !== undefined },
      isUnread: position === undefined && !isCalled,
    }),
    failingSince: failing === undefined ? null : isoTime(failing.sinceMs),
    pause,
    lastSuccessAt: known?.lastSuccessAt ?? null,
    lastError: error && { ...error, message: mask(error.message) },
    nextPollAt: known?.nextPollAt ?? null,
    newestEvent: newest === undefined ? null : withLag(newest),
    holder: holding?.id ?? null,
  };
}

/** Any process may have been called. */
function factsOfAll(replicas: readonly Replica[], id: string): SourceFacts {
  const known = replicas.flatMap(({ facts }) => facts.sources?.[id] ?? []);
  const newest = <Part>(parts: readonly (Part | null)[], at: (part: Part) => string) =>
    parts.reduce(
      (best, one) => (one !== null && (best === null || at(one) > at(best)) ? one : best),
      null,
    );
  return {
    lastSuccessAt: newest(
      known.map(({ lastSuccessAt }) => lastSuccessAt),
      (at) => at,
    ),
    lastError: newest(
      known.map(({ lastError }) => lastError),
      ({ at }) => at,
    ),
    nextPollAt: null,
  };
}

function stateOf(known: {
  readonly isPaused: boolean;
  readonly isFailing: boolean;
  readonly isUnread: boolean;
}): SourceItem['state'] {
  if (known.isPaused) return 'paused_by_operator';
  if (known.isFailing) return 'failing';
  return known.isUnread ? 'unread' : 'ok';
}

function withLag({ receivedAt, occurredAt }: Awaited<ReturnType<typeof readNewestEvents>>[number]) {
  if (occurredAt === null) return { receivedAt, occurredAt, lagSeconds: null };
  const lagMs = Date.parse(receivedAt) - Date.parse(occurredAt);
  return { receivedAt, occurredAt, lagSeconds: Math.max(0, lagMs / 1000) };
}

function pauseIn(controls: readonly StoredControl[], name: string): Pause | null {
  const found = controls.find((one) => one.name === name)?.pause;
  if (!found) return null;
  const { by, reason, since, until } = found;
  return { by, reason, since, until };
}

/** Ids of those of one kind that are paused. */
function idsOf(controls: readonly StoredControl[], prefix: string): string[] {
  return controls.flatMap(({ name, pause }) =>
    pause !== null && name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
}

function isoTime(at: string | number): string {
  return new Date(at).toISOString();
}
