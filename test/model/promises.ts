// The promises of the store, the lanes and the roles, watched over at every statement, send and
// answer of a schedule.
import type { Lease } from '../../src/core/loops/lease.ts';
import { priorityOf } from '../../src/core/routing/index.ts';
import type { Send } from './calls.ts';
import {
  type DeliveryRow,
  deliveryKey,
  type EventRow,
  emptyPicture,
  type Picture,
} from './picture.ts';
import { policy, sinkIds, sinkRole, source } from './replica.ts';
import type { Statement } from './statements.ts';
import { externalIdOf, type Tenant } from './tenant.ts';

/** What a lane has been shown, and must respect. */
interface Knowledge {
  /**
   * Due deliveries that a reading showed or that were offered, with the number of sends at that
   * time.
   */
  readonly due: Map<number, number>;
  /** What a probe's reading showed. */
  probes: Set<number>;
}

export interface Promises {
  /** What was broken, first things first. */
  readonly broken: readonly string[];
  readonly picture: Picture;
  /**
   * The operator or the clock of the database took this process's roles away: what it has begun may
   * still go out.
   */
  cutOff(processId: string): void;
  died(processId: string): void;
  /** A statement of it failed: it may give up writing when it ends. */
  lostConnection(processId: string): void;
  /** A statement ran, or an operator's act (undefined). */
  changed(statement: Statement | undefined, after: Picture, act?: 'reset' | 'redrive'): void;
  /** A reading was answered. `sends`: how many had begun when it was asked for. */
  shown(statement: Statement, sends: number): void;
  offered(lease: Lease, eventIds: readonly number[], sends: number): void;
  sendBegins(send: Send): void;
  accepted(send: Send): void;
  /** What must still go out. */
  waiting(): readonly DeliveryRow[];
  end(): void;
}

export function createPromises(tenant: Tenant, wallMs: () => number): Promises {
  const broken: string[] = [];
  const sends: Send[] = [];
  const knowledge = new Map<Lease, Knowledge>();
  /** Leases that were taken away from a process that could not know. */
  const cut = new Set<string>();
  const troubled = new Set<string>();
  let picture = emptyPicture;

  const keyOf = (lease: Lease) => `${lease.name} ${lease.holder} ${lease.epoch}`;
  const isHeld = ({ name, holder, epoch }: Lease, { leases }: Picture) =>
    leases.get(name)?.holder === holder && leases.get(name)?.epoch === epoch;
  const know = (lease: Lease) => {
    const known = knowledge.get(lease) ?? { due: new Map(), probes: new Set() };
    knowledge.set(lease, known);
    return known;
  };
  const itemOf = (event: EventRow | undefined) =>
    tenant
      .items()
      .find((item) => event?.source === source && externalIdOf(item) === event.externalId);
  const nameOf = (sink: string, eventId: number) => {
    const event = picture.events.get(eventId);
    return `${sink}/${event?.source === source ? event.externalId : event?.source}`;
  };
  const say = (promise: string, what: string) => broken.push(`${promise}: ${what}`);

  function cursorKept(before: Picture, after: Picture): void {
    const stored = new Set(
      [...after.events.values()].filter((e) => e.source === source).map((e) => e.externalId),
    );
    if (after.generation === before.generation) {
      if (before.cursor !== null && after.cursor === null)
        say('the cursor is never null again', before.cursor);
      if (Number(after.cursor) < Number(before.cursor))
        say('the cursor never moves back', `${before.cursor} to ${after.cursor}`);
    }
    for (const item of tenant.items()) {
      const isPassed = item.generation === after.generation && item.id <= Number(after.cursor ?? 0);
      if (isPassed && !stored.has(externalIdOf(item)))
        say(
          'the cursor is never beyond what is stored',
          `${after.cursor}, without ${externalIdOf(item)}`,
        );
    }
  }

  function storedOnce(after: Picture): void {
    const seen = new Set<string>();
    for (const event of after.events.values()) {
      const key = `${event.source} ${event.externalId}`;
      if (seen.has(key)) say('stored once', key);
      seen.add(key);
      if (event.source === source && !itemOf(event)) say('stored is what the tenant showed', key);
    }
  }

  function decided(after: Picture): void {
    for (const event of after.events.values()) {
      const rows = sinkIds.map((sink) => after.deliveries.get(deliveryKey(sink, event.id)));
      if (event.source !== source) {
        if (!rows.some(Boolean)) say('each event has its decision', `notice ${event.externalId}`);
        continue;
      }
      const [all, urgent] = rows;
      const isUrgent = event.severity === 0 || event.severity >= 4;
      if (!all || !urgent) say('each event has its decision', event.externalId);
      if (all?.state === 'suppressed') say('the decision stays', event.externalId);
      if (urgent && (urgent.state === 'suppressed') === isUrgent)
        say('the decision stays', event.externalId);
      if (all && all.priority % 10 !== priorityOf(event.severity as 0))
        say('the decision stays', event.externalId);
    }
  }

  function deliveriesKept(before: Picture, after: Picture, isRedrive: boolean): void {
    for (const [key, old] of before.deliveries) {
      const now = after.deliveries.get(key);
      const name = nameOf(old.sink, old.eventId);
      if (!now) say('a delivery never goes', name);
      else if (old.state === 'delivered' && now.state !== 'delivered')
        say('delivered is for ever', `${name} is ${now.state}`);
      else if (old.state === 'delivered' && now.finalizedMs !== old.finalizedMs)
        say('delivered is said once', name);
      else if (old.state === 'dead' && now.state === 'pending' && !isRedrive)
        say('only an operator redrives', name);
    }
    for (const row of after.deliveries.values()) {
      const name = nameOf(row.sink, row.eventId);
      const carried = { sink: row.sink, eventId: row.digestId ?? row.eventId };
      const carrier = after.deliveries.get(deliveryKey(row.sink, carried.eventId));
      const isShown = sends.some((send) => isOf(send, carried) && send.isAccepted);
      if (row.state === 'delivered' && !isShown)
        say('delivered is what the far end accepted', name);
      if (row.state === 'dead' && !carrier?.failures) say('nothing dies without an attempt', name);
      if (row.digestId !== null && row.state !== carrier?.state)
        say('a member ends with its digest, and not before', name);
    }
  }

  const isOf = (send: Send, { sink, eventId }: Pick<DeliveryRow, 'sink' | 'eventId'>) =>
    send.sink === sink && send.message.event.id === eventId;

  /**
   * A statement under a lease that is no longer held may state what was delivered, and nothing
   * else.
   */
  function fenced(statement: Statement, before: Picture, after: Picture): void {
    const { lease } = statement.context;
    if (!lease || isHeld(lease, before)) return;
    const owned = (picture: Picture) =>
      [...picture.events.values()].filter((event) => event.source === source).length;
    if (before.cursor !== after.cursor)
      say('a stale process moves no cursor', `to ${after.cursor}`);
    if (owned(before) !== owned(after))
      say('a stale process stores no page', `${owned(after) - owned(before)} events`);
    for (const [key, old] of before.deliveries) {
      const now = after.deliveries.get(key)!;
      const isSame = now.state === 'delivered' || JSON.stringify(now) === JSON.stringify(old);
      if (!isSame) say('a stale process reschedules nothing', nameOf(old.sink, old.eventId));
    }
  }

  function leasesKept(statement: Statement | undefined, before: Picture, after: Picture): void {
    for (const [name, old] of before.leases) {
      const now = after.leases.get(name)!;
      if (now.holder === old.holder && now.epoch === old.epoch) continue;
      if (now.epoch < old.epoch) say('epochs grow', name);
      const isTaken = now.holder !== null && old.holder !== null && now.holder !== old.holder;
      const endsMs = before.heartbeats.get(old.holder ?? '') ?? 0;
      if (isTaken && endsMs > wallMs())
        say('nobody takes a role from a living holder', `${name}, ${endsMs - wallMs()} ms early`);
      if (isTaken && now.epoch === old.epoch) say('each holder has an epoch of its own', name);
      if (now.holder === null && statement && statement.context.process.id !== old.holder)
        say('only the holder gives a role back', name);
    }
  }

  /** What of the sends is written now, and which of them lost their role before that. */
  function settle(statement: Statement | undefined, before: Picture, after: Picture): void {
    for (const send of sends) {
      if (send.isWritten || send.isCutOff) continue;
      const key = deliveryKey(send.sink, send.message.event.id);
      const [old, now] = [before.deliveries.get(key), after.deliveries.get(key)];
      const { lease: by, process: writer } = statement?.context ?? {};
      // A stop has the last outcomes written, and it is the roles that stop a lane: no lease is
      // known there, the fence is in the statement.
      const isOwn =
        by === send.context.lease || (by === undefined && writer === send.context.process);
      if (send.known === 'delivered' && now?.state === 'delivered') send.isWritten = true;
      else if (send.known === 'failed' && isOwn && (now?.failures ?? 0) > (old?.failures ?? 0))
        send.isWritten = true;
      else if (!isHeld(send.context.lease!, after)) {
        send.isCutOff = true;
        const { lease, process } = send.context;
        const isGivenBack = statement?.context.process === process && isHeld(lease!, before);
        if (isGivenBack && !cut.has(keyOf(lease!)) && !troubled.has(process.id))
          say(
            'no role is given back before all is written',
            nameOf(send.sink, send.message.event.id),
          );
      }
    }
  }

  function inOrder(send: Send, row: DeliveryRow): void {
    const known = know(send.context.lease!);
    if (known.probes.delete(row.eventId)) return;
    for (const [eventId, shownAt] of known.due) {
      const other = picture.deliveries.get(deliveryKey(send.sink, eventId));
      const isDue = other?.state === 'pending' && other.scheduledMs <= wallMs();
      if (!isDue || other.priority >= row.priority) continue;
      const isTouched = sends.some(
        (s) => isOf(s, other) && s !== send && (s.number >= shownAt || !s.isWritten),
      );
      if (!isTouched)
        say(
          'the most urgent goes first',
          `${nameOf(send.sink, row.eventId)} before ${nameOf(send.sink, eventId)}`,
        );
    }
  }

  /**
   * But what is refused in every form: with nothing else left that passes, it is kept (decision 6).
   */
  const waiting = () =>
    [...picture.deliveries.values()].filter(
      ({ state, eventId }) =>
        state === 'pending' && itemOf(picture.events.get(eventId))?.nature !== 'hopeless',
    );

  return {
    broken,
    waiting,
    get picture() {
      return picture;
    },
    cutOff(processId) {
      for (const [name, { holder, epoch }] of picture.leases)
        if (holder === processId) cut.add(`${name} ${holder} ${epoch}`);
    },
    lostConnection(processId) {
      troubled.add(processId);
    },
    died(processId) {
      for (const send of sends)
        if (send.context.process.id === processId && !send.isWritten) send.isCutOff = true;
    },
    changed(statement, after, act) {
      const before = picture;
      picture = after;
      settle(statement, before, after);
      storedOnce(after);
      if (act !== 'reset') cursorKept(before, after);
      decided(after);
      deliveriesKept(before, after, act === 'redrive');
      if (statement) fenced(statement, before, after);
      leasesKept(statement, before, after);
    },
    shown(statement, begun) {
      const { lease } = statement.context;
      if (!lease || !statement.rows) return;
      const ids = statement.rows.map((row) => Number(row.id));
      if (ids.some(Number.isNaN)) throw new Error('a reading of what is due shows no ids');
      const known = know(lease);
      if (statement.isProbe) known.probes = new Set(ids);
      else for (const id of ids) known.due.set(id, begun);
    },
    offered(lease, eventIds, begun) {
      for (const id of eventIds) if (!know(lease).due.has(id)) know(lease).due.set(id, begun);
    },
    sendBegins(send) {
      const row = picture.deliveries.get(deliveryKey(send.sink, send.message.event.id));
      const lease = send.context.lease!;
      const name = nameOf(send.sink, send.message.event.id);
      const endsMs = picture.heartbeats.get(lease.holder) ?? 0;
      if (
        !cut.has(keyOf(lease)) &&
        !(isHeld(lease, picture) && endsMs - wallMs() >= policy.sendTimeoutMs)
      )
        say(
          'no send begins on a lease that does not outlast it',
          `${name}, ${sinkRole(send.sink)}`,
        );
      send.isCutOff = cut.has(keyOf(lease)) && !isHeld(lease, picture);
      for (const earlier of send.isCutOff ? [] : sends) {
        if (
          earlier.sink !== send.sink ||
          earlier.message.event.id !== send.message.event.id ||
          earlier.isCutOff
        )
          continue;
        if (!earlier.isWritten) say('nothing is sent while it is in flight or unwritten', name);
        else if (earlier.known === 'delivered')
          say('nothing is sent again after it was written', name);
      }
      if (!row) say('what is sent is stored', name);
      else inOrder(send, row);
      const { digest } = send.message.event.body;
      const members = [...picture.deliveries.values()].filter(
        ({ sink, digestId }) => sink === send.sink && digestId === send.message.event.id,
      );
      if (digest && members.length !== digest.count)
        say('a digest counts what it carries', `${name}: ${members.length}`);
      if (row?.digestId) say('what a digest carries does not go out singly', name);
      sends.push(send);
    },
    accepted(send) {
      send.isAccepted = true;
      const others = sends.filter(
        (s) =>
          s !== send &&
          s.isAccepted &&
          s.sink === send.sink &&
          s.message.event.id === send.message.event.id,
      );
      const isExcused =
        [send, ...others].filter((s) => !s.isCutOff && s.known !== 'failed').length <= 1;
      if (others.length > 0 && !isExcused)
        say('nothing is accepted twice', nameOf(send.sink, send.message.event.id));
    },
    end() {
      for (const item of tenant.items()) {
        const stored = [...picture.events.values()].filter(
          (e) => e.source === source && e.externalId === externalIdOf(item),
        );
        if (stored.length !== 1)
          say('in the end all is stored', `${externalIdOf(item)}: ${stored.length} times`);
      }
      for (const row of waiting())
        say('in the end nothing is pending', nameOf(row.sink, row.eventId));
      for (const [name, { holder }] of picture.leases)
        if (holder !== null) say('a process that ends gives its roles back', name);
    },
  };
}
