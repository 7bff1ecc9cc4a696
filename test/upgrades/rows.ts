// Rows of every table, and of every kind that an upgrade could lose: pending, retried, dead, held in
// a group or a digest, silenced, replies and steps. A table or column of a new migration gets values
// here; the dump of its level then has them (dumps.ts).
import type { AuditRow } from '../../src/kit/records/audit.ts';
import { auditHash, auditOrigin } from '../../src/kit/records/audit-chain.ts';

export interface StoredRow {
  readonly table: string;
  /** The number of the migration from which on such a row can be; absent: from the first. */
  readonly since?: number;
  /** Columns that a level lacks are left out there. Objects and lists of objects are JSON. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The times of rows are hours around this one. */
export const baseTime = Date.UTC(2026, 10, 20, 12);
const at = (hours: number) => new Date(baseTime + hours * 3_600_000).toISOString();

const hostile = 'a\\b "c" \'d\' $1 %s <@x> 日本語 😀 \u202e\nnew line';

interface EventParts {
  readonly since?: number;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

function event(id: number, severity: number, { since, more, body }: EventParts = {}): StoredRow {
  const values = {
    ...{ id, source: 'edr', external_id: `1:${id}`, subject: String(id), stream: 'event' },
    ...{ type: 'STATIC_ANALYSIS', severity, status: 'OPEN', action: 'PREVENTED' },
    ...{ occurred_at: at(-1), received_at: at(0), routes: ['default'], keys: [id, -id] },
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    body: { itemId: String(id), severityRaw: 'HIGH', device: { name: `PC-${id}` }, ...body },
    raw: { id, text: hostile, nothing: null },
    ...more,
  };
  return { table: 'events', values, ...(since !== undefined && { since }) };
}

function delivery(
  eventId: number,
  state: string,
  priority: number,
  more: Readonly<Record<string, unknown>> = {},
  since?: number,
): StoredRow {
  const finalized = state === 'pending' ? null : at(0.1);
  const values = {
    ...{ event_id: eventId, sink: 'soc', state, priority, finalized_at: finalized },
    ...{ reason: null, attempts: 0, form: 'full', scheduled_at: at(0), route: 'default' },
    ...{ group_key: null, digest_id: null, silence_id: null, remote_id: null, held_by: null },
    ...{ held_until: null, kind: 'card', to_event: null, ...more },
  };
  return { table: 'deliveries', values, ...(since !== undefined && { since }) };
}

const counted = [{ name: 'PC-12', count: 2 }];
const digest = {
  ...{ kind: 'group', count: 2, before: 0, route: 'quiet', by: [], firstAt: at(0), lastAt: at(0) },
  ...{ severities: [0, 0, 2, 0, 0, 0], types: [{ name: 'STATIC_ANALYSIS', count: 2 }] },
  ...{ typeCount: 1, devices: counted, deviceCount: 1, files: [], fileCount: 0, rows: [] },
};
const group = '["quiet"]';

const eventsAndDeliveries: readonly StoredRow[] = [
  event(1, 4),
  delivery(1, 'delivered', 1, { attempts: 1, remote_id: 'post1' }),
  event(2, 4),
  delivery(2, 'pending', 1),
  event(3, 3),
  delivery(3, 'pending', 2, { attempts: 3, form: 'short', reason: 'HTTP 503' }),
  event(4, 5, { more: { traceparent: null, keys: null } }),
  delivery(4, 'dead', 0, { attempts: 10, form: 'bare', reason: 'refused' }),
  event(5, 1),
  delivery(5, 'suppressed', 4, { reason: 'muted' }),
  event(6, 5, { body: { description: hostile, user: hostile } }),
  delivery(6, 'pending', 0),
  event(7, 0, { more: { routes: [], status: null, action: null, occurred_at: null } }),
  event(8, 4, { more: { routes: ['a "quoted", name', 'b\\c', ''] } }),
  delivery(8, 'delivered', 1),
  delivery(8, 'pending', 1, { sink: 'gone', route: null }),
  event(9, 2, { since: 2 }),
  delivery(9, 'pending', 13, { route: 'quiet', group_key: group, held_by: 'group' }, 2),
  event(10, 2, { since: 2 }),
  delivery(10, 'pending', 13, { route: 'quiet', group_key: group, held_until: at(5) }, 2),
  event(11, 2, {
    since: 2,
    more: { source: 'tocsin', external_id: 'digest-11', stream: 'digest', type: 'digest' },
    body: { digest },
  }),
  delivery(11, 'pending', 3, { route: 'quiet' }, 2),
  event(12, 2, { since: 2 }),
  delivery(12, 'pending', 13, { route: 'quiet', group_key: group, digest_id: 11 }, 2),
  event(13, 2, { since: 2 }),
  delivery(13, 'pending', 13, { route: 'quiet', digest_id: 11 }, 2),
  event(14, 4, { since: 2 }),
  delivery(14, 'suppressed', 1, { reason: 'silenced', silence_id: 1 }, 2),
  event(15, 4, { since: 11, more: { stream: 'change', subject: '1', external_id: '1:1@2' } }),
  delivery(15, 'pending', 1, { kind: 'reply', to_event: 1 }, 11),
  event(16, 4, { since: 11, more: { stream: 'change', subject: '2', external_id: '1:2@2' } }),
  delivery(16, 'pending', 1, { kind: 'step', to_event: 2 }, 11),
  {
    table: 'delivery_attempts',
    values: {
      ...{ id: 1, event_id: 3, sink: 'soc', at: at(0), outcome: 'retry', reason: 'HTTP 503' },
      ...{ status: 503, duration_ms: 12, answer: hostile },
    },
  },
  {
    table: 'delivery_attempts',
    values: {
      ...{ id: 5, event_id: 4, sink: 'soc', at: at(0), outcome: 'poison', reason: 'timeout' },
      ...{ status: null, duration_ms: 30_000, answer: null },
    },
  },
];

const holder = '7b0f3c1e-8a53-4b8b-9d3e-0c1f5a6d7e80';
const state: readonly StoredRow[] = [
  { table: 'cursors', values: { source: 'edr', cursor: '16', generation: 2, updated_at: at(0) } },
  {
    table: 'cursors',
    since: 6,
    values: {
      ...{ source: 'renamed', cursor: null, generation: 1, updated_at: at(0), console: 'c1' },
      former: { generation: 1, names: [{ id: 'former', until: 5 }] },
    },
  },
  { table: 'replicas', values: { id: holder, expires_at: at(0), works: { roles: ['sink:soc'] } } },
  { table: 'leases', values: { name: 'sink:soc', holder, epoch: 7 } },
  { table: 'leases', values: { name: 'source:edr', holder: null, epoch: 9_007_199_254 } },
  {
    table: 'sinks',
    values: { sink: 'soc', state: 'backing_off', reason: 'HTTP 503', since: at(0), place: null },
  },
  {
    table: 'sinks',
    since: 3,
    values: {
      ...{
        sink: 'gone',
        state: 'paused',
        reason: null,
        since: at(-9),
        place: 'https://example.com',
      },
      storm: { sinceMs: baseTime, due: 120, digests: 2, events: 90 },
    },
  },
  { table: 'groups', since: 2, values: { sink: 'soc', key: group, sent_at: at(0), total: 3 } },
  {
    table: 'silences',
    since: 2,
    values: {
      ...{
        id: 1,
        matcher: { min_severity: 'HIGH' },
        owner: 'anna',
        reason: 'test',
        starts_at: at(-2),
      },
      ...{ created_at: at(-2), ends_at: at(48), summarised_at: null },
    },
  },
  {
    table: 'silences',
    since: 2,
    values: {
      ...{ id: 4, matcher: {}, owner: 'bo', reason: hostile, starts_at: at(-9), ends_at: at(-8) },
      ...{ created_at: at(-9), summarised_at: at(-8) },
    },
  },
  { table: 'conditions', since: 4, values: { name: 'sink:soc', since: at(-1), told: 'failing' } },
  { table: 'conditions', since: 4, values: { name: 'dead:soc', since: at(-1), told: null } },
];

const auditRows: readonly StoredRow[] = chain([
  { operation: 'silence-add', target: 'silence:1', after: '{"id":1}' },
  { operation: 'sink-pause', target: 'sink:soc', after: null },
]).map((values) => ({ table: 'audit_log', since: 9, values }));

function chain(acts: readonly Pick<AuditRow, 'operation' | 'target' | 'after'>[]) {
  let previous = auditOrigin;
  return acts.map((act, index) => {
    const linked = {
      ...{ at: at(index), actor: 'anna', via: 'cli', address: null, input: '{}', before: null },
      ...{ ...act, previous },
    };
    previous = auditHash(linked);
    return { id: index + 1, ...linked, hash: previous };
  });
}

const people: readonly StoredRow[] = [
  {
    table: 'controls',
    since: 9,
    values: {
      ...{ name: 'source:edr', paused_by: 'anna', pause_reason: 'test', paused_at: at(0) },
      ...{ paused_until: at(1), poll_asked_at: null },
    },
  },
  {
    table: 'api_tokens',
    since: 9,
    values: {
      ...{ id: 3, name: 'ci', hash: 'a'.repeat(64), role: 'operate', created_by: 'anna' },
      ...{ created_at: at(0), expires_at: at(900), revoked_at: null, used_at: null },
    },
  },
  {
    table: 'sessions',
    since: 9,
    values: {
      ...{ hash: 'b'.repeat(64), subject: 'anna', role: 'read', via: 'token', token_id: 3 },
      ...{ created_at: at(0), seen_at: at(0), expires_at: at(8) },
    },
  },
  { table: 'failed_logins', since: 9, values: { address: '127.0.0.1', minute: at(0), count: 2 } },
  {
    table: 'idempotency_keys',
    since: 9,
    values: {
      ...{ actor: 'ci', key: 'k1', request: 'c'.repeat(64), created_at: at(0), status: 200 },
      answer: '{"ok":true}',
    },
  },
];

const incident = (
  id: number,
  state: string,
  more: Readonly<Record<string, unknown>>,
): StoredRow => ({
  table: 'incidents',
  since: 11,
  values: {
    ...{ id, source: 'edr', subject: String(id), event_id: id, state, severity: 4, version: 2 },
    ...{ opened_at: at(0), changed_at: at(0), by: 'anna', via: 'chat', until: null, note: null },
    ...{ acknowledged_at: null, resolved_at: null, occurrences: 1, last_seen_at: null },
    ...{ route: null, step: 0, step_at: null, escalated_to: null, ...more },
  },
});

const change = (id: number, incidentId: number, kind: string, values: unknown): StoredRow => ({
  table: 'incident_changes',
  since: 11,
  values: {
    ...{ id, incident_id: incidentId, at: at(0), kind, from_state: 'open', actor: 'anna' },
    ...{ to_state: 'acknowledged', via: 'chat', note: hostile, values },
  },
});

const edit = (eventId: number, more: Readonly<Record<string, unknown>>): StoredRow => ({
  table: 'message_edits',
  since: 11,
  values: {
    ...{ event_id: eventId, sink: 'soc', wanted: 2, done: 1, scheduled_at: at(0), attempts: 0 },
    ...{ edited_at: at(0), state: 'current', reason: null, ...more },
  },
});

const incidents: readonly StoredRow[] = [
  incident(1, 'acknowledged', { acknowledged_at: at(0), until: at(50), note: hostile }),
  incident(2, 'open', { route: 'default', step: 1, step_at: at(60), escalated_to: 'anna' }),
  incident(3, 'snoozed', { until: at(50), occurrences: 4, last_seen_at: at(0) }),
  incident(8, 'resolved', { resolved_at: at(0), by: null, via: null }),
  change(1, 1, 'acknowledged', null),
  change(2, 2, 'step', { step: '1', to: 'anna' }),
  edit(1, {}),
  edit(4, { state: 'dead', reason: 'refused', attempts: 5 }),
  edit(8, { state: 'gone', reason: 'removed', done: 2, edited_at: null }),
  {
    table: 'chat_tokens',
    since: 11,
    values: { hash: 'd'.repeat(64), used_at: at(0), expires_at: at(24) },
  },
  {
    table: 'calendars',
    since: 12,
    values: {
      ...{ name: 'duty', origin: 'e'.repeat(64), etag: '"1"', last_modified: null, since: at(0) },
      ...{ read: { shifts: [], unread: [hostile] }, read_at: at(0), whole_at: at(0), error: null },
    },
  },
];

export const rows: readonly StoredRow[] = [
  ...eventsAndDeliveries,
  ...state,
  ...auditRows,
  ...people,
  ...incidents,
];
