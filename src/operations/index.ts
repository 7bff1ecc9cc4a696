// The table of operations: everything that a person may do, whichever door they use.
import * as audit from './audit.ts';
import * as backlog from './backlog.ts';
import * as dead from './dead.ts';
import * as delivery from './delivery.ts';
import * as duty from './duty.ts';
import * as event from './event.ts';
import * as events from './events.ts';
import * as hours from './hours.ts';
import * as incident from './incident.ts';
import * as numbers from './numbers.ts';
import type { Operation } from './operation.ts';
import * as report from './report.ts';
import * as route from './route.ts';
import * as routeDiff from './route-diff.ts';
import * as session from './session.ts';
import * as silence from './silence.ts';
import * as sink from './sink.ts';
import * as source from './source.ts';
import * as sourceSearch from './source-search.ts';
import * as states from './states.ts';
import * as status from './status.ts';
import * as tail from './tail.ts';
import * as token from './token.ts';
import * as works from './works.ts';

export type { Failures } from '../kit/records/access.ts';
export type { Actor, Permission } from '../kit/records/audit.ts';
export { auditFilters } from './audit.ts';
export { type EventFilters, type EventItem, eventFilters } from './event-fields.ts';
export { csvHead, csvOf, ndjsonOf } from './export.ts';
export type { FarEnds } from './far-ends.ts';
export { listMax, type Page } from './fields.ts';
export { MissingIds } from './missing-ids.ts';
export { KeyReusedError, Once } from './once.ts';
export {
  ChangedError,
  ConflictError,
  type Doing,
  FormError,
  InputError,
  includes,
  inputOf,
  NotFoundError,
  type Operation,
  type OperationContext,
  OutputError,
  outputOf,
  PermissionError,
  perform,
  RefusedError,
} from './operation.ts';
export { placeOfPress, shownByAnswer, shownByCard, UsedError, usingToken } from './presses.ts';
export { type Person, type Proof, type SignIn, signInOn } from './sign-in.ts';
export { type ShownTailed, tailAlsoMax, tailMax } from './tail.ts';
export {
  audit,
  backlog,
  dead,
  delivery,
  duty,
  event,
  events,
  hours,
  incident,
  numbers,
  report,
  route,
  routeDiff,
  session,
  silence,
  sink,
  source,
  sourceSearch,
  states,
  status,
  tail,
  token,
  works,
};

/** Of any input and output; {@link perform} checks both. */
export type AnyOperation = Operation<unknown, unknown>;

export const operations: readonly AnyOperation[] = [
  ...[delivery.list, delivery.redrive, delivery.drop, dead.groups],
  ...[backlog.list, backlog.move, backlog.drop],
  works.list,
  ...[route.show, route.test, routeDiff.diff],
  ...[sourceSearch.search, sourceSearch.item],
  ...[source.list, source.reset, source.rename, source.adopt, source.remove],
  ...[source.pause, source.resume, source.poll],
  ...[sink.pause, sink.resume, sink.test],
  ...[states.sinks, states.sources, status.show],
  ...[audit.list, audit.verify],
  ...[events.page, events.read, tail.tail],
  ...[event.search, event.show, event.decide, hours.counted, numbers.shown, duty.shown],
  ...[report.show, report.send],
  ...[incident.list, incident.counted, incident.show],
  ...[
    incident.acknowledge,
    incident.resolve,
    incident.snooze,
    incident.escalate,
    incident.reopen,
    incident.remark,
  ],
  ...[token.list, token.create, token.revoke],
  ...[session.list, session.revoke],
  ...[silence.list, silence.show, silence.preview, silence.add, silence.extend, silence.end],
];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** Undefined if this release has none of this name. */
export function operationNamed(name: string): AnyOperation | undefined {
  return byName.get(name);
}
