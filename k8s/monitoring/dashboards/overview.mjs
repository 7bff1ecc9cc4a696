// "Tocsin overview", for whoever leads the SOC: is anything lost or late, what came, and what was
// kept from the screen and why.
import { bars, chosen, dashboard, lines, row, stat, states, steps } from './panels.mjs';

const rise = (metric, by, more = '') =>
  `sum by (${by}) (increase(${metric}{${chosen}${more}}[$__rate_interval]))`;
const onScreen = (quantile) =>
  `histogram_quantile(${quantile}, sum by (le, severity) (rate(tocsin_event_to_screen_seconds_bucket{${chosen}}[$__rate_interval])))`;
const urgent = 'severity=~"high|critical"';
const greenUntil = (orange, red) => steps([null, 'green'], [orange, 'orange'], [red, 'red']);

const glance = row(
  'Is anything lost or late?',
  stat(
    'Longest since a source was read',
    'Grows while a source cannot be read, from the start on if it never was. More than 15 minutes: alarms of the vendor are not seen.',
    {
      worst: `max(time() - clamp_min(max by (source) (tocsin_source_last_success_timestamp_seconds{${chosen}}), scalar(min(process_start_time_seconds{${chosen}}))))`,
    },
    { unit: 's', steps: greenUntil(600, 900) },
  ),
  stat(
    'Oldest urgent event that waits',
    'HIGH, CRITICAL or of unknown severity, stored and not yet on the screen. More than 5 minutes wakes somebody.',
    { oldest: `max(tocsin_delivery_oldest_urgent_pending_age_seconds{${chosen}})` },
    { unit: 's', steps: greenUntil(60, 300) },
  ),
  stat(
    'Given up',
    'Deliveries that Tocsin does not try any more. "tocsin dead list" shows them.',
    { dead: `sum(max by (sink) (tocsin_deliveries_dead{${chosen}}))` },
    { steps: steps([null, 'green'], [1, 'red']) },
  ),
  stat(
    'Sinks that refuse us',
    'Paused: everything is kept, and somebody must mend the webhook.',
    { paused: `sum(max by (sink) (tocsin_sink_state{${chosen}, state="paused"}))` },
    { steps: steps([null, 'green'], [1, 'red']) },
  ),
  stat(
    'Urgent events within 2 minutes',
    'Of the HIGH and CRITICAL events of this time, how many were on the screen within 2 minutes. The objective is 99 %.',
    {
      'in time': `sum(increase(tocsin_event_to_screen_seconds_bucket{${chosen}, ${urgent}, le=~"120(\\\\.0)?"}[$__range])) / sum(increase(tocsin_event_to_screen_seconds_count{${chosen}, ${urgent}}[$__range]))`,
    },
    { unit: 'percentunit', steps: steps([null, 'red'], [0.95, 'orange'], [0.99, 'green']) },
  ),
  stat(
    'First key to end',
    'Time left until the first of the vendor’s keys ends. Empty if none of them says when.',
    { left: `min(tocsin_source_credential_expiry_timestamp_seconds{${chosen}}) - time()` },
    { unit: 's', steps: steps([null, 'red'], [172_800, 'orange'], [1_209_600, 'green']) },
  ),
);

const screen = row(
  'From the vendor to the screen',
  lines(
    'Half of the events within',
    'Median time from when the vendor first showed an event to when it was posted.',
    {
      '{{severity}}': onScreen(0.5),
    },
    { unit: 's', width: 12 },
  ),
  lines(
    '99 of 100 events within',
    'The same for the slowest hundredth. Events that came in a digest are not in it.',
    {
      '{{severity}}': onScreen(0.99),
    },
    { unit: 's', width: 12 },
  ),
);

const events = row(
  'Events',
  bars('Stored, by severity', 'New events, each counted once.', {
    '{{severity}}': rise('tocsin_source_events_total', 'severity'),
  }),
  bars(
    'Stored, by type',
    'The same by what the vendor calls it. Other: about a device or its agent, or new with the vendor.',
    {
      '{{type}}': `${rise('tocsin_source_event_types_total', 'type')} > 0`,
    },
  ),
  bars('Stored, by source', 'The same by where they came from.', {
    '{{source}}': rise('tocsin_source_events_total', 'source'),
  }),
  bars('Deliveries that ended', 'By sink, and how: shown, kept from it on purpose, or given up.', {
    '{{sink}} {{outcome}}': rise('tocsin_deliveries_total', 'sink, outcome'),
  }),
  bars('Suppressed, and why', 'What a route or a silence kept from a sink, by reason.', {
    '{{sink}} {{reason}}': `${rise('tocsin_deliveries_suppressed_total', 'sink, reason')} > 0`,
  }),
  bars('In digests', 'Digests, and the events in them.', {
    'events, {{kind}}': rise('tocsin_digest_events_total', 'kind'),
    'digests, {{kind}}': rise('tocsin_digests_total', 'kind'),
  }),
  lines('Active silences', 'How many silences hide events now. "tocsin silence list" shows them.', {
    silences: `max(tocsin_silences_active{${chosen}})`,
  }),
);

const waiting = row(
  'What waits',
  states(
    'State of each sink',
    'Backing off: tried again by itself. Paused: somebody must mend it.',
    {
      '{{sink}}': `max by (sink) (tocsin_sink_state{${chosen}, state="backing_off"}) + 2 * max by (sink) (tocsin_sink_state{${chosen}, state="paused"})`,
    },
    [
      ['ok', 'green'],
      ['backing off', 'orange'],
      ['paused', 'red'],
    ],
  ),
  lines('Waiting deliveries', 'In the database, so they cost no memory.', {
    '{{sink}}': `max by (sink) (tocsin_deliveries_pending{${chosen}})`,
  }),
  lines(
    'Age of the oldest that waits',
    'Of all severities, and of what is urgent alone.',
    {
      '{{sink}}': `max by (sink) (tocsin_delivery_oldest_pending_age_seconds{${chosen}})`,
      '{{sink}}, urgent': `max by (sink) (tocsin_delivery_oldest_urgent_pending_age_seconds{${chosen}})`,
    },
    { unit: 's' },
  ),
  states(
    'Storms',
    'While too much is due at once, digests go out in place of cards.',
    {
      '{{sink}}': `max by (sink) (tocsin_sink_storm{${chosen}})`,
    },
    [
      ['cards', 'green'],
      ['digests', 'orange'],
    ],
  ),
  lines(
    'Since each source was read',
    'Time since the last page that was read and stored.',
    {
      '{{source}}': `time() - (max by (source) (tocsin_source_last_success_timestamp_seconds{${chosen}}) > 0)`,
    },
    { unit: 's', width: 16 },
  ),
  lines(
    'For sinks that are configured no more',
    'Kept, and shown to nobody. "tocsin dead list" says what to do.',
    {
      deliveries: `sum(max by (sink) (tocsin_deliveries_orphaned{${chosen}})) or vector(0)`,
    },
  ),
  states(
    'Whose position each source has',
    'If it may be that of another console, nothing is read until an operator says whose it is.',
    { '{{source}}': `max by (source) (tocsin_source_other_console{${chosen}})` },
    [
      ['its own', 'green'],
      ['another console', 'red'],
    ],
    { width: 16 },
  ),
  states(
    'Where each sink is posted',
    'Elsewhere: a process with another webhook works it, and this one waits for its end.',
    { '{{sink}}': `max by (sink) (tocsin_sink_other_place{${chosen}})` },
    [
      ['here', 'green'],
      ['elsewhere', 'red'],
    ],
    { width: 24 },
  ),
);

const people = row(
  'Does anybody answer?',
  lines(
    'The oldest that nobody acknowledged',
    'How long the oldest open incident of each severity has waited for somebody.',
    {
      '{{severity}}': `max by (severity) (tocsin_unacknowledged_oldest_age_seconds{${chosen}})`,
    },
    { unit: 's', width: 8 },
  ),
  lines(
    'Incidents',
    'By state: open, acknowledged, snoozed.',
    { '{{state}}': `sum by (state) (max by (state, severity) (tocsin_incidents{${chosen}}))` },
    { width: 8 },
  ),
  lines(
    'Escalations',
    'Steps that told more people, and those that were left out, an hour.',
    { '{{outcome}}': `sum by (outcome) (increase(tocsin_escalations_total{${chosen}}[1h]))` },
    { width: 8 },
  ),
);

/** People answer seldom: what a week saw says more than the last minutes. */
const took = (what, quantile) =>
  `histogram_quantile(${quantile}, sum by (le, severity, hours) (increase(tocsin_${what}_seconds_bucket{${chosen}}[7d])))`;
const answers = row(
  'How long people take',
  ...[
    ['acknowledge', 'Acknowledged', 'to the first acknowledgement'],
    ['resolve', 'Resolved', 'to the first resolution; what the vendor closed does not count'],
  ].flatMap(([what, title, end]) => [
    lines(
      `${title}: half within`,
      `Median time from the first delivered message of an incident ${end}. Of the 7 days before each point, by severity and hours.`,
      { '{{severity}}, {{hours}}': took(what, 0.5) },
      { unit: 's', width: 12 },
    ),
    lines(
      `${title}: 9 of 10 within`,
      'The same for all but the slowest tenth. No line: there was none.',
      { '{{severity}}, {{hours}}': took(what, 0.9) },
      { unit: 's', width: 12 },
    ),
  ]),
);

export const overview = dashboard({
  uid: 'tocsin-overview',
  title: 'Tocsin overview',
  description: 'Is anything lost or late?',
  from: 'now-24h',
  links: [{ title: 'Tocsin internals', uid: 'tocsin-internals' }],
  rows: [glance, screen, people, answers, events, waiting],
});
