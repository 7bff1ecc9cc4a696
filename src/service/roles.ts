// The roles of a configuration: one for each source, for each origin of sinks, and for each job,
// with all that their workers need.

import type { Config } from '../config/index.ts';
import { circumstancesOfEdit } from '../core/deliver/circumstances.ts';
import { type Lanes, offerFresh, startOrigin } from '../core/deliver/origin.ts';
import { defaultPolicy } from '../core/deliver/policy.ts';
import { stormTimes } from '../core/deliver/storm.ts';
import { readCalendarOf, startCalendar } from '../core/escalation/calendar.ts';
import { startEscalation } from '../core/escalation/job.ts';
import { placesById, Settling } from '../core/identity/backlog.ts';
import type { Works } from '../core/identity/standing.ts';
import { startIncidents } from '../core/incidents/over.ts';
import type { FreshDeliveries } from '../core/intake/intake.ts';
import { type PollDependencies, startPolling } from '../core/intake/poll.ts';
import { type PushDependencies, SourceDoor } from '../core/intake/push/door.ts';
import { Tenants } from '../core/intake/tenants.ts';
import type { Controls } from '../core/loops/controls.ts';
import type { Lease, RoleWorker } from '../core/loops/lease.ts';
import type { Writes } from '../core/loops/writes.ts';
import type { Audience } from '../core/notices/audience.ts';
import { startReports } from '../core/notices/report.ts';
import { createSinkNotices, type SinkNotices } from '../core/notices/sink-notices.ts';
import { startWatchdog } from '../core/notices/watchdog.ts';
import { type Groups, groupsOf } from '../core/roles/groups.ts';
import type { Role } from '../core/roles/index.ts';
import { startRetention } from '../core/roles/retention.ts';
import type { CalendarSource } from '../core/rules/duty.ts';
import { SilenceReader } from '../core/silences/reader.ts';
import { startSilenceSummaries } from '../core/silences/summary.ts';
import type { HttpClient } from '../kit/http/index.ts';
import type { PlaceOf } from '../kit/place.ts';
import type { DueEdit } from '../kit/records/edit.ts';
import type { Message } from '../kit/sink.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics/index.ts';
import type { Tracing } from '../observe/tracing/index.ts';
import type { Database } from '../store/database.ts';
import type { ConfiguredPush, ConfiguredSink, ConfiguredSource } from './adapters.ts';

const incidents = 'job:incidents';
const retention = 'job:retention';
const escalation = 'job:escalation';
const report = 'job:report';
const duty = 'job:duty';
const silences = 'job:silences';
const watchdog = 'job:watchdog';

export interface RoleParts {
  readonly config: Config;
  readonly db: Database;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly writes: Writes;
  readonly http: HttpClient;
  readonly controls?: Controls | undefined;
  readonly tracing: Tracing | undefined;
  readonly sources: readonly ConfiguredSource[];
  readonly pushed: readonly ConfiguredPush[];
  readonly sinks: readonly ConfiguredSink[];
  readonly audience: Audience;
}

/** Starts the worker of a source. */
export type StartSource = (deps: PollDependencies, lease: Lease) => RoleWorker;

export class RoleMaker {
  /** The lanes that run now, by sink. */
  readonly lanes: Lanes = new Map();
  readonly tenants = new Tenants();
  /** What this process can work, whether or not it holds the roles. */
  readonly works: Works;
  readonly #parts: RoleParts;
  readonly #groups: Groups;
  readonly #places: readonly PlaceOf[];
  readonly #silences: SilenceReader;
  readonly #notices: SinkNotices;

  constructor(parts: RoleParts) {
    const { config, db, log, controls, sources, sinks, audience } = parts;
    this.#parts = parts;
    this.#groups = groupsOf({
      sources: sources.map(({ id }) => id),
      sinks: sinks.map(({ id, sink }) => ({ id, origin: sink.origin })),
      routes: config.routes.map((route) => ({ ...route, sources: polledOf(route, sources) })),
    });
    this.#places = placesOfSinks(sinks);
    this.#silences = new SilenceReader(db, log);
    this.#notices = createSinkNotices({ db, audience, log, controls, now: Date.now });
    this.works = {
      roles: roleNames(parts),
      consoles: consolesById(sources),
      places: placesById(this.#places),
    };
  }

  /** @param startSource what to do with a source; default: polls it until stopped */
  roles(startSource: StartSource = startPolling): Role[] {
    const { sources, sinks } = this.#parts;
    return [
      ...sources.map((source) => this.#sourceRole(source, startSource)),
      ...originsOf(sinks).map((origin) => this.#originRole(origin)),
      ...this.#jobRoles(),
    ];
  }

  /** Where sources are pushed to, by their id. */
  doors({ isReady, act }: Pick<PushDependencies, 'isReady' | 'act'>): Map<string, SourceDoor> {
    const { config, pushed } = this.#parts;
    const around = {
      ...this.#shared(),
      ...this.#deciding(),
      ...{ isReady, act, isTrustedProxy: config.access.isTrustedProxy },
    };
    return new Map(pushed.map(({ id, source }) => [id, new SourceDoor({ ...around, id, source })]));
  }

  /** A posted message of the sink as it should be now. */
  messageOf({ id, voice, template }: ConfiguredSink, posted: DueEdit): Message {
    const { config, log, metrics } = this.#parts;
    const { routes } = config;
    const showTenant = () => this.tenants.areSeveral();
    const spokenFor = { id, voice, template, routes, log, metrics, showTenant };
    const options = { ...spokenFor, policy: defaultPolicy };
    return voice.message(posted.event, circumstancesOfEdit(options, posted));
  }

  #sourceRole({ id, source }: ConfiguredSource, startSource: StartSource): Role {
    const { config, sources } = this.#parts;
    const deps: PollDependencies = {
      ...this.#shared(),
      ...this.#deciding(),
      id,
      source,
      consoles: sources.map((one) => ({ id: one.id, console: one.source.console })),
      operations: config.operations,
      intervalMs: config.pollingIntervalSeconds * 1000,
    };
    return {
      name: sourceRole(id),
      group: this.#groups.ofSource(id),
      console: source.console,
      start: (lease) => startSource(deps, lease),
    };
  }

  #originRole(origin: string): Role {
    const { config, db, log } = this.#parts;
    const { sinkRate, storm } = config;
    const own = this.#parts.sinks.filter(({ sink }) => sink.origin === origin);
    const ids = own.map(({ id }) => id);
    const settling = { db, log, places: this.#places, own: ids, works: this.works };
    const deps = {
      ...this.#shared(),
      sinks: own,
      silences: this.#silences,
      routes: config.routes,
      perSecond: sinkRate === 'off' ? Number.POSITIVE_INFINITY : sinkRate,
      policy: { ...defaultPolicy, ...(storm !== 'off' && { storm: { ...storm, ...stormTimes } }) },
      showTenant: () => this.tenants.areSeveral(),
      announce: this.#notices.announce,
    };
    return {
      name: originRole(origin),
      group: this.#groups.ofSink(ids[0]!),
      sinks: ids,
      places: placesById(this.#places.filter(({ id }) => ids.includes(id))),
      start: (lease) => {
        const backlogs = new Settling(settling, lease);
        return startOrigin({ ...deps, settled: () => backlogs.done() }, this.lanes, lease);
      },
    };
  }

  #jobRoles(): Role[] {
    const { config, sources, audience } = this.#parts;
    const shared = this.#shared();
    const sinks = this.#parts.sinks.map(({ id }) => id);
    const { report: weekly } = config;
    const calendarAgeMs = () => this.#calendarAgeMs();
    const { retentionMs: ageMs, recurringSilences: recurring, businessHours } = config;
    return [
      ...(ageMs === 'off'
        ? []
        : [this.#job(retention, true, (lease) => startRetention({ ...shared, ageMs }, lease))]),
      ...(hasSteps(config)
        ? [this.#job(escalation, true, (lease) => startEscalation(this.#escalation(), lease))]
        : []),
      ...(config.duty?.calendar === undefined ? [] : [this.#calendarRole(config.duty.calendar)]),
      this.#job(incidents, false, (lease) => startIncidents({ ...shared, businessHours }, lease)),
      ...(weekly === undefined
        ? []
        : [this.#job(report, true, (lease) => startReports({ ...shared, report: weekly }, lease))]),
      this.#job(silences, true, (lease) =>
        startSilenceSummaries({ ...shared, sinks, recurring }, lease),
      ),
      this.#job(watchdog, false, (lease) =>
        startWatchdog({ ...shared, sources, sinks, audience, calendarAgeMs }, lease),
      ),
    ];
  }

  #calendarRole(calendar: CalendarSource): Role {
    const deps = { ...this.#shared(), http: this.#parts.http, calendar };
    return this.#job(duty, true, (lease) => startCalendar(deps, lease));
  }

  #escalation() {
    const { routes, duty, escalationMaxAgeMs: maxAgeMs } = this.#parts.config;
    return { ...this.#shared(), routes, duty, maxAgeMs, silences: this.#silences };
  }

  async #calendarAgeMs(): Promise<number | null> {
    const { config, db } = this.#parts;
    const stored = config.duty && (await readCalendarOf(db, config.duty));
    return stored?.ageMs ?? null;
  }

  #job(name: string, isByFile: boolean, start: Role['start']): Role {
    return { name, group: this.#groups.ofJob(name), isByFile, isFollower: true, start };
  }

  /** What decides what becomes of an event, and who gets it at once. */
  #deciding() {
    return {
      tenants: this.tenants,
      silences: this.#silences,
      routes: this.#parts.config.routes,
      lanes: { offer: (fresh: FreshDeliveries) => offerFresh(this.lanes, fresh) },
    };
  }

  #shared() {
    const { db, metrics, log, writes, controls, tracing } = this.#parts;
    return { db, metrics, log, writes, controls, tracing, now: Date.now, random: Math.random };
  }
}

/** Those of a route's sources that have a role. */
function polledOf(
  { sources: wanted }: Config['routes'][number],
  sources: readonly ConfiguredSource[],
): readonly string[] | undefined {
  return wanted?.filter((id) => sources.some((one) => one.id === id));
}

function roleNames({ config, sources, sinks }: RoleParts): string[] {
  return [
    ...sources.map(({ id }) => sourceRole(id)),
    ...originsOf(sinks).map(originRole),
    ...(config.retentionMs === 'off' ? [] : [retention]),
    ...(hasSteps(config) ? [escalation] : []),
    ...(config.duty?.calendar === undefined ? [] : [duty]),
    incidents,
    ...(config.report === undefined ? [] : [report]),
    silences,
    watchdog,
  ];
}

/** Without steps nothing is escalated, and nobody looks for it. */
function hasSteps({ routes }: Config): boolean {
  return routes.some(({ escalate }) => escalate !== undefined);
}

function sourceRole(id: string): string {
  return `source:${id}`;
}

function originRole(origin: string): string {
  return `sink:${origin}`;
}

function originsOf(sinks: readonly ConfiguredSink[]): string[] {
  return [...new Set(sinks.map(({ sink }) => sink.origin))];
}

/** Where each sink posts. */
export function placesOfSinks(sinks: readonly ConfiguredSink[]): PlaceOf[] {
  return sinks.map(({ id, sink }) => ({ id, place: sink.place }));
}

function consolesById(sources: readonly ConfiguredSource[]): Record<string, string> {
  const named = sources.flatMap(({ id, source }) => (source.console ? [[id, source.console]] : []));
  return Object.fromEntries(named);
}
