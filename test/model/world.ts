// The world of one schedule: processes, their open operations, the tenant, the far ends, and the
// acts that a schedule is made of.
import { setMaxListeners } from 'node:events';
import type postgres from 'postgres';
import { AdapterError } from '../../src/kit/errors.ts';
import type { Severity } from '../../src/kit/event.ts';
import type { Metrics } from '../../src/observe/metrics/index.ts';
import { resetSource } from '../../src/store/cursors.ts';
import { databaseOf } from '../../src/store/database.ts';
import { chooseDeliveries, redriveDeliveries } from '../../src/store/deliveries/index.ts';
import {
  type Answer,
  answerIn,
  errorOf,
  type Mode,
  type Operation,
  type Poll,
  type Send,
} from './calls.ts';
import { type Clock, type Context, running, settled } from './clock.ts';
import { takePicture } from './picture.ts';
import { createPromises } from './promises.ts';
import { type Replica, sinkIds, source, startReplica } from './replica.ts';
import { holdBack, type Statement, type StatementKind, statementKinds } from './statements.ts';
import { createTenant, externalIdOf, type Nature, type PageShape } from './tenant.ts';

/** `late`: it runs only when released; `slow`: it runs, and its answer comes only then. */
export const statementFates = ['late', 'slow', 'cut before', 'cut after'] as const;
export type Fate = (typeof statementFates)[number];

const replicasMax = 3;
/** More operations than this without any time passing are a loop that does not wait. */
const turnsMax = 2000;
/** So long everything may need, once all is well, until nothing waits. */
const recoveryMaxMs = 600_000;
/** A process that is asked to end has ended after this. */
const endingMaxMs = 30_000;

export type World = ReturnType<typeof createWorld>;

/** @param client of an empty database with the schedule's clock in it */
export function createWorld(client: postgres.Sql, clock: Clock, metrics: Metrics) {
  const tenant = createTenant();
  const promises = createPromises(tenant, clock.wallMs);
  const operator = databaseOf(client);
  const replicas: Replica[] = [];
  const modes = new Map<string, Mode>(sinkIds.map((sink) => [sink, 'up']));
  const operations = new Set<Operation>();
  /** How many sends had begun when a reading was asked for. */
  const askedAfter = new Map<Statement, number>();
  /** What will become of the next statement of a kind, and of those that met it. */
  const traps = new Map<StatementKind, Fate>();
  const fates = new Map<Statement, Fate>();
  const heirless: string[] = [];
  let sends = 0;
  let randoms = 0;
  let shownMs: number | undefined;

  const open = (operation: Operation) => {
    if (!operation.context.process.isDead) operations.add(operation);
  };
  const db = holdBack(client, (statement) => {
    askedAfter.set(statement, sends);
    for (const [kind, fate] of traps) {
      if (!statementKinds[kind].test(statement.text)) continue;
      traps.delete(kind);
      fates.set(statement, fate);
    }
    open(statement);
  });

  async function showTime(): Promise<void> {
    if (shownMs === clock.wallMs()) return;
    shownMs = clock.wallMs();
    await client.unsafe(`set model.ms = '${shownMs}'`);
  }

  // Each of these ends with everything settled that follows from it.

  async function execute(statement: Statement): Promise<void> {
    await showTime();
    await statement.execute();
    if (/\b(insert|update|delete)\b/.test(statement.text))
      promises.changed(statement, await takePicture(client, source));
  }

  async function answerStatement(statement: Statement): Promise<void> {
    operations.delete(statement);
    if (statementKinds.reading.test(statement.text))
      promises.shown(statement, askedAfter.get(statement) ?? 0);
    askedAfter.delete(statement);
    statement.answer();
    await settled();
  }

  async function answerSend(send: Send, answer: Answer): Promise<void> {
    const isKnown =
      send.known === 'flying' && !send.context.process.isFrozen && !send.context.process.isDead;
    if (answer === 'ok' || answer === 'lost' || answer === 'silent and shown') {
      if (!send.isAccepted) promises.accepted(send);
    }
    if (!isKnown || answer.startsWith('silent')) {
      // Whoever waits for it gives up by itself.
      if (send.known !== 'flying' || send.context.process.isDead || answer.startsWith('silent'))
        operations.delete(send);
      return;
    }
    operations.delete(send);
    send.known = answer === 'ok' ? 'delivered' : 'failed';
    if (answer === 'ok') send.resolve();
    else send.reject(errorOf(answer));
    await settled();
  }

  async function answerPoll(poll: Poll, shape: PageShape | 'error'): Promise<void> {
    operations.delete(poll);
    if (shape === 'error')
      poll.reject(new AdapterError('retry', 'connection', 'the tenant is away'));
    else poll.resolve(tenant.page(poll.cursor, shape));
    await settled();
  }

  /** The connection breaks under it. */
  async function cutOff(statement: Statement): Promise<void> {
    operations.delete(statement);
    promises.lostConnection(statement.context.process.id);
    statement.cut();
    await settled();
  }

  function natureOf(send: Send): Nature {
    const item = tenant
      .items()
      .find((candidate) => externalIdOf(candidate) === send.message.event.externalId);
    return send.message.event.source === source ? (item?.nature ?? 'plain') : 'plain';
  }

  /** As a healthy database and network would, and the far ends as they are for the time being. */
  async function progress(operation: Operation): Promise<void> {
    if (operation.kind === 'statement') {
      const fate = fates.get(operation);
      if (!operation.isExecuted && fate !== 'cut before') await execute(operation);
      if (fate === 'slow') return;
      return fate === undefined ? answerStatement(operation) : cutOff(operation);
    }
    if (operation.kind === 'poll') return answerPoll(operation, 'plain');
    const mode = modes.get(operation.sink)!;
    if (operation.kind === 'send')
      return answerSend(operation, answerIn(mode, natureOf(operation), operation.message.form));
    operations.delete(operation);
    if (mode === 'up') operation.resolve();
    else if (mode === 'locked out' || mode === 'unknown hook')
      operation.reject(new AdapterError('reject_sink', 'bad_config', mode));
    else operation.reject(errorOf('refused connection'));
    await settled();
  }

  /** The database works on, even if nobody waits for it. */
  const isUnderWay = (operation: Operation) =>
    operation.kind === 'statement' && !operation.isExecuted && fates.get(operation) !== 'late';
  function canGoOn(operation: Operation): boolean {
    const { process } = operation.context;
    if (process.isFrozen || process.isDead) return false;
    if (operation.kind !== 'statement') return true;
    return isUnderWay(operation) || (operation.isExecuted && fates.get(operation) !== 'slow');
  }
  const living = () => replicas.filter((replica) => !replica.isDead);
  const pick = <T>(list: readonly T[], index: number): T | undefined =>
    list[index % Math.max(1, list.length)];

  const nameOfOperation = (operation: Operation) =>
    operation.kind === 'statement' ? operation.text.trim().slice(0, 80) : operation.kind;

  /** Time passes, and whatever is asked for comes at once. */
  async function pass(ms: number): Promise<void> {
    const endMs = clock.monotonicMs() + ms;
    let turns = 0;
    for (;;) {
      const operation = [...operations].find(canGoOn);
      if (operation) {
        turns += 1;
        if (turns > turnsMax)
          throw new Error(`it turns without end: ${nameOfOperation(operation)}`);
        await progress(operation);
      } else {
        turns = 0;
        const nextMs = clock.nextMs() ?? Number.POSITIVE_INFINITY;
        await clock.advanceTo(Math.min(nextMs, endMs));
        if (nextMs > endMs) return;
      }
    }
  }

  function callsOf(context: Context, sink: string) {
    const call = <T>(
      make: (resolve: (value: T) => void, reject: (error: unknown) => void) => Operation,
    ) => new Promise<T>((resolve, reject) => open(make(resolve, reject)));
    return {
      origin: `${sink}:`,
      check: () =>
        call<void>((resolve, reject) => ({ kind: 'check', context, sink, resolve, reject })),
      send: (message: Send['message'], { signal }: { signal: AbortSignal }) =>
        call<void>((resolve, reject) => {
          sends += 1;
          const send: Send = {
            ...{ kind: 'send', context, sink, message, number: sends, known: 'flying' },
            ...{ isAccepted: false, isWritten: false, isCutOff: false, resolve, reject },
          };
          if (!context.process.isDead) promises.sendBegins(send);
          signal.addEventListener('abort', () => {
            send.known = 'failed';
          });
          return send;
        }),
    };
  }

  function pollsOf(context: Context) {
    return {
      kind: 'poll' as const,
      poll: (cursor: string | null, signal: AbortSignal) =>
        new Promise<ReturnType<typeof tenant.page>>((resolve, reject) => {
          const poll: Poll = { kind: 'poll', context, cursor, resolve, reject };
          open(poll);
          setMaxListeners(0, signal);
          signal.addEventListener('abort', () => {
            operations.delete(poll);
            reject(new AdapterError('retry', 'connection', 'stopping'));
          });
        }),
    };
  }

  const acts = {
    pass,
    /** Time passes, and nobody answers. */
    stall: (ms: number) => clock.advanceTo(clock.monotonicMs() + ms),
    arrive(severities: readonly Severity[], nature: Nature): void {
      for (const severity of severities) tenant.add(severity, nature);
    },
    /** A statement runs, or a statement that ran is answered; or another call is. */
    async step(index: number): Promise<void> {
      const operation = pick(
        [...operations].filter((o) => canGoOn(o) || isUnderWay(o)),
        index,
      );
      if (operation?.kind === 'statement' && !operation.isExecuted) await execute(operation);
      else if (operation) await progress(operation);
    },
    async answer(index: number, answer: Answer): Promise<void> {
      const send = pick(
        [...operations].filter((o) => o.kind === 'send'),
        index,
      );
      if (send) await answerSend(send, answer);
    },
    async page(index: number, shape: PageShape | 'error'): Promise<void> {
      const poll = pick(
        [...operations].filter((o) => o.kind === 'poll' && canGoOn(o)) as Poll[],
        index,
      );
      if (poll) await answerPoll(poll, shape);
    },
    /**
     * The next statement of this kind is late, or its answer is, until all is released; or the
     * connection breaks under it.
     */
    trap(kind: StatementKind, fate: Fate): void {
      traps.set(kind, fate);
    },
    release(): void {
      fates.clear();
    },
    /** What it had asked of the database and of far ends may still happen. */
    crash(index: number, isLate: boolean): void {
      const replica = pick(living(), index);
      if (!replica) return;
      replica.isDead = true;
      heirless.push(replica.id);
      promises.died(replica.id);
      for (const operation of operations) {
        if (operation.context.process !== replica) continue;
        const isSent =
          operation.kind === 'send' || (operation.kind === 'statement' && !operation.isExecuted);
        if (!isLate || !isSent) operations.delete(operation);
      }
    },
    async start(isHeir: boolean): Promise<void> {
      if (living().length >= replicasMax) return;
      const number = String(replicas.length + 1).padStart(12, '0');
      const id = `00000000-0000-4000-8000-${number}`;
      const predecessor = isHeir ? (heirless.pop() ?? null) : null;
      replicas.push(
        startReplica(
          {
            ...{ db, metrics, wallMs: clock.wallMs, source: pollsOf, sink: callsOf },
            random: () => (randoms++ * 0.381_966) % 1,
            offered: (lease, _sink, eventIds) => promises.offered(lease, eventIds, sends),
          },
          id,
          predecessor,
        ),
      );
      await settled();
    },
    async stop(index: number): Promise<void> {
      const replica = pick(
        living().filter(({ ending }) => ending === undefined),
        index,
      );
      if (!replica) return;
      replica.ending = running
        .run({ process: replica, lease: undefined }, () => replica.roles.stop())
        // It fails if the database does not take the roles back: they run out.
        .catch(() => promises.died(replica.id))
        .then(() => {
          replica.isDead = true;
        });
      await settled();
    },
    freeze(index: number): void {
      const replica = pick(living(), index);
      if (replica) replica.isFrozen = true;
    },
    async thaw(): Promise<void> {
      for (const replica of living()) replica.isFrozen = false;
      await clock.advanceTo(clock.monotonicMs());
    },
    /**
     * The database believes its heartbeat to be over: its clock jumped, or somebody deleted the
     * row.
     */
    async expire(index: number): Promise<void> {
      const replica = pick(living(), index);
      if (!replica) return;
      await showTime();
      await client`update replicas set expires_at = now() - interval '1 second' where id = ${replica.id}::uuid`;
      promises.cutOff(replica.id);
      promises.changed(undefined, await takePicture(client, source));
    },
    /** Its own clock jumps; the database's does not. */
    jump(index: number, ms: number): void {
      const replica = pick(living(), index);
      if (replica) replica.clockOffMs += ms;
    },
    mode(sink: (typeof sinkIds)[number], mode: Mode): void {
      modes.set(sink, mode);
    },
    async redrive(): Promise<void> {
      await showTime();
      const { deliveries } = await chooseDeliveries(operator, { states: ['dead'] }, 10_000);
      await redriveDeliveries(operator, deliveries);
      promises.changed(undefined, await takePicture(client, source), 'redrive');
    },
    /** The tenant is built anew, and the operator says so. */
    async reset(): Promise<void> {
      await showTime();
      if ((await resetSource(operator, source)) === undefined) return;
      const stored = new Set(
        [...promises.picture.events.values()].map(({ externalId }) => externalId),
      );
      tenant.rebuild((item) => stored.has(externalIdOf(item)));
      promises.changed(undefined, await takePicture(client, source), 'reset');
    },
  };

  function isDone(): boolean {
    const { picture } = promises;
    const isRead = tenant
      .items()
      .every((item) => item.generation < tenant.generation || item.id <= Number(picture.cursor));
    const isWorked = [...picture.leases.values()].every(({ holder }) =>
      living().some(({ id }) => id === holder),
    );
    return isRead && isWorked && promises.waiting().length === 0;
  }

  return {
    acts,
    broken: promises.broken,
    /**
     * All is mended, one process at least lives, and whatever waits must go out; then a clean end.
     */
    async end(): Promise<void> {
      for (const sink of sinkIds) modes.set(sink, 'up');
      traps.clear();
      acts.release();
      await acts.thaw();
      if (living().every(({ ending }) => ending !== undefined)) {
        await pass(endingMaxMs);
        await acts.start(false);
      }
      const deadlineMs = clock.monotonicMs() + recoveryMaxMs;
      while (!isDone() && clock.monotonicMs() < deadlineMs && promises.broken.length === 0)
        await pass(1000);
      for (let n = living().length; n > 0; n -= 1) await acts.stop(0);
      await pass(endingMaxMs);
      if (living().length > 0) throw new Error('a process does not end');
      promises.end();
    },
  };
}
