// English. What `routes show` says of a route; see core/message/sentence.ts for the places of
// values.
import type { GroupField } from '../../core/rules/group.ts';

export const en = {
  /** For lists, numbers with their unit, and times. */
  language: 'en-GB',
  /** As `tocsin.yaml` has them, from the unknown one on. */
  severities: ['UNKNOWN', 'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
  everything: 'Everything[ from {sources}] goes to {sinks}.',
  from: '{severity} and above[ from {sources}] go to {sinks}.',
  only: '{severity} alone[ from {sources}] goes to {sinks}.',
  sink: '{sink} ({settings})',
  if: 'Only if {conditions}.',
  not: 'Not if {conditions}.',
  when: 'Only where this is true: {expression}',
  conditions: {
    min_severity: 'the severity is {value} or above',
    sources: 'it comes from {value}',
    streams: 'the stream is {value}',
    types: 'the type is {value}',
    actions: 'the action is {value}',
    statuses: 'the status is {value}',
    tenants: 'the tenant is {value}',
    devices: 'the device is {value}',
    groups: 'the group of the device is {value}',
    networks: 'an address of the device is in {value}',
  },
  active: 'Only in these times: {times}.',
  mute: 'Not in these times: {times}.',
  mention: 'It mentions {names}[, from {severity} up].',
  grouped:
    'What has the same {fields} goes out together: {first}, then every {interval}, or as soon as {max} wait.',
  groupedAll:
    'What it takes goes out together: {first}, then every {interval}, or as soon as {max} wait.',
  first: 'after {wait}',
  firstAtOnce: 'the first at once',
  throttled:
    'At most {max} in {window} go out one by one[, for each {fields}]; the others follow in one digest.',
  quiet:
    'In these times events wait, and go out together afterwards: {times}. {severity} and above wait for nothing.',
  quietBut:
    'In these times events wait, and go out together afterwards: {times}. Only {severity} waits for nothing.',
  step: 'If nobody acknowledges, it tells {sinks} after {after}[, and mentions {names}][, {again}][, from {severity} up][, in these times alone: {times}].',
  once: 'once more',
  times: '{count} more times',
  onDuty: 'whoever is on duty',
  firstOnly: 'What the vendor has seen before is left out.',
  changes: 'News of an incident are messages of their own where a sink cannot reply.',
  last: 'Later routes do not see what it takes.',
  fields: {
    source: 'source',
    stream: 'stream',
    type: 'type',
    severity: 'severity',
    status: 'status',
    action: 'action',
    tenant: 'tenant',
    device: 'device',
    device_group: 'group of devices',
    user: 'user',
    hash: 'file',
  } satisfies Record<GroupField, string>,
  week: {
    days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    span: '{first} to {last}',
    everyDay: 'every day',
    allDay: 'all day',
    nextDay: '{from} to {to} of the next day',
    hours: '{from} to {to}',
    dates: 'from {first} to {last}',
    since: 'from {first} on',
    until: 'until {last}',
    interval: '{days} {hours}[ {dates}] ({zone})',
  },
};

export type RouteWords = Omit<typeof en, 'fields'> & {
  readonly fields: Readonly<Record<GroupField, string>>;
};
