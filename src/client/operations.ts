// The operations that the client knows: their types out of the table of operations, and their
// places in the API, which a test compares with the table.
import type {
  audit,
  dead,
  delivery,
  duty,
  event,
  hours,
  incident,
  numbers,
  Operation,
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
  token,
} from '../operations/index.ts';

interface Operations {
  'audit-list': typeof audit.list;
  'audit-verify': typeof audit.verify;
  'dead-groups': typeof dead.groups;
  'delivery-drop': typeof delivery.drop;
  'delivery-list': typeof delivery.list;
  'delivery-redrive': typeof delivery.redrive;
  'duty-show': typeof duty.shown;
  'event-hours': typeof hours.counted;
  'event-decide': typeof event.decide;
  'event-numbers': typeof numbers.shown;
  'event-search': typeof event.search;
  'event-show': typeof event.show;
  'incident-acknowledge': typeof incident.acknowledge;
  'incident-counts': typeof incident.counted;
  'incident-list': typeof incident.list;
  'incident-note': typeof incident.remark;
  'incident-reopen': typeof incident.reopen;
  'incident-escalate': typeof incident.escalate;
  'incident-resolve': typeof incident.resolve;
  'incident-show': typeof incident.show;
  'incident-snooze': typeof incident.snooze;
  'report-send': typeof report.send;
  'report-show': typeof report.show;
  'route-diff': typeof routeDiff.diff;
  'route-test': typeof route.test;
  'routes-show': typeof route.show;
  'session-list': typeof session.list;
  'session-revoke': typeof session.revoke;
  'silence-add': typeof silence.add;
  'silence-end': typeof silence.end;
  'silence-extend': typeof silence.extend;
  'silence-list': typeof silence.list;
  'silence-preview': typeof silence.preview;
  'silence-show': typeof silence.show;
  'sink-pause': typeof sink.pause;
  'sink-resume': typeof sink.resume;
  'sink-states': typeof states.sinks;
  'sink-test': typeof sink.test;
  'source-item': typeof sourceSearch.item;
  'source-pause': typeof source.pause;
  'source-poll': typeof source.poll;
  'source-reset': typeof source.reset;
  'source-resume': typeof source.resume;
  'source-states': typeof states.sources;
  'source-search': typeof sourceSearch.search;
  'status-show': typeof status.show;
  'token-create': typeof token.create;
  'token-list': typeof token.list;
  'token-revoke': typeof token.revoke;
}

export type OperationName = keyof Operations;

/** What an operation takes. */
export type Input<Name extends OperationName> =
  Operations[Name] extends Operation<infer In, infer _> ? In : never;

/** What an operation answers. */
export type Output<Name extends OperationName> =
  Operations[Name] extends Operation<infer _, infer Out> ? Out : never;

export const operationRoutes: Readonly<Record<OperationName, string>> = {
  'audit-list': 'GET /audit',
  'audit-verify': 'GET /audit/verification',
  'dead-groups': 'GET /deliveries/dead',
  'delivery-drop': 'POST /deliveries/drop',
  'delivery-list': 'GET /deliveries',
  'delivery-redrive': 'POST /deliveries/redrive',
  'duty-show': 'GET /duty',
  'event-hours': 'GET /events/hours',
  'event-numbers': 'GET /events/numbers',
  'event-decide': 'GET /events/{event}/decision',
  'event-search': 'GET /events',
  'event-show': 'GET /events/{event}',
  'incident-acknowledge': 'POST /incidents/{event}/acknowledge',
  'incident-counts': 'GET /incidents/counts',
  'incident-list': 'GET /incidents',
  'incident-note': 'POST /incidents/{event}/note',
  'incident-reopen': 'POST /incidents/{event}/reopen',
  'incident-escalate': 'POST /incidents/{event}/escalate',
  'incident-resolve': 'POST /incidents/{event}/resolve',
  'incident-show': 'GET /incidents/{event}',
  'incident-snooze': 'POST /incidents/{event}/snooze',
  'report-send': 'POST /report/send',
  'report-show': 'GET /report',
  'route-diff': 'POST /routes/diff',
  'route-test': 'POST /routes/test',
  'routes-show': 'GET /routes',
  'session-list': 'GET /sessions',
  'session-revoke': 'POST /sessions/revoke',
  'silence-add': 'POST /silences',
  'silence-end': 'POST /silences/{silence}/end',
  'silence-extend': 'POST /silences/{silence}/extend',
  'silence-list': 'GET /silences',
  'silence-preview': 'POST /silences/preview',
  'silence-show': 'GET /silences/{silence}',
  'sink-pause': 'POST /sinks/{sink}/pause',
  'sink-resume': 'POST /sinks/{sink}/resume',
  'sink-states': 'GET /sinks',
  'sink-test': 'POST /sinks/{sink}/test',
  'source-item': 'GET /sources/{source}/items/{item}',
  'source-pause': 'POST /sources/{source}/pause',
  'source-poll': 'POST /sources/{source}/poll',
  'source-reset': 'POST /sources/{source}/reset',
  'source-resume': 'POST /sources/{source}/resume',
  'source-states': 'GET /sources',
  'source-search': 'POST /sources/{source}/search',
  'status-show': 'GET /status',
  'token-create': 'POST /tokens',
  'token-list': 'GET /tokens',
  'token-revoke': 'POST /tokens/{token}/revoke',
};
