// "Tocsin internals", for whoever runs it: replicas and their roles, polls, attempts, the database,
// HTTP, and the process itself.
import { chosen, dashboard, lines, row, states, table } from './panels.mjs';

const rate = (metric, by, more = '') =>
  `sum by (${by}) (rate(${metric}{${chosen}${more}}[$__rate_interval]))`;
const quantile = (q, metric, by) =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${metric}_bucket{${chosen}}[$__rate_interval])))`;
const each = (metric) => ({ '{{instance}}': `${metric}{${chosen}}` });
const yesNo = [
  ['no', 'red'],
  ['yes', 'green'],
];
const seconds = { unit: 's' };
const bytes = { unit: 'bytes' };
const perSecond = { unit: 'reqps' };

const replicas = row(
  'Replicas',
  states('Answers Prometheus', 'Whether each replica can be scraped.', each('up'), yesNo),
  states(
    'Reaches the database',
    'Whether the last query for these figures was answered.',
    each('tocsin_database_up'),
    yesNo,
  ),
  states(
    'Can store',
    'No: the database answers and takes no writes. Its disk is full, or it is read-only; /readyz says which.',
    { '{{instance}}': `1 - max by (instance) (tocsin_database_writes_failing{${chosen}})` },
    yesNo,
  ),
  states(
    'Runs the last configuration',
    'No: a changed configuration was refused, and the log says why.',
    each('tocsin_config_last_reload_successful'),
    yesNo,
  ),
  table('Who works what', 'Each role is held by one replica.', {
    '': `tocsin_role_held{${chosen}} == 1`,
  }),
  lines('Holders of each role', '1 is right. 0 for more than 25 s: its work stands still.', {
    '{{role}}': `sum by (role) (tocsin_role_held{${chosen}})`,
  }),
  table('Versions', 'What runs where.', {
    '': `max by (instance, version, node) (tocsin_build_info{${chosen}})`,
  }),
  lines(
    'Configuration',
    'A number made of the configuration: the same for replicas that were told the same.',
    each('tocsin_config_hash'),
  ),
  lines(
    'Heartbeats',
    'Calls to the outside that say that all is well, by what became of them. All at 0: none is configured.',
    {
      '{{instance}} {{outcome}}': `increase(tocsin_heartbeats_total{${chosen}}[$__rate_interval])`,
    },
  ),
  lines(
    'Log lines lost',
    'Standard error did not take them: a full disk, or a reader that left or is too slow.',
    {
      '{{instance}}': `increase(tocsin_log_lines_lost_total{${chosen}}[$__rate_interval])`,
    },
  ),
  lines(
    'Since a configuration was taken over',
    'The start included.',
    {
      '{{instance}}': `time() - tocsin_config_last_reload_success_timestamp_seconds{${chosen}}`,
    },
    seconds,
  ),
  lines(
    'Since the start',
    'Falls to 0 with each restart.',
    {
      '{{instance}}': `time() - process_start_time_seconds{${chosen}}`,
    },
    seconds,
  ),
);

const sources = row(
  'Sources',
  lines(
    'Polls',
    'Pages asked for, by how that ended.',
    {
      '{{source}} {{outcome}}': `${rate('tocsin_source_polls_total', 'source, outcome')} > 0`,
    },
    perSecond,
  ),
  lines(
    'Pushes',
    'Requests to sources that are pushed to, by what was answered.',
    {
      '{{source}} {{outcome}}': `${rate('tocsin_source_pushes_total', 'source, outcome')} > 0`,
    },
    perSecond,
  ),
  lines(
    'Time since the last push',
    'Since something that was pushed was last stored, by any replica.',
    {
      '{{source}}': `time() - (max by (source) (tocsin_source_last_push_timestamp_seconds{${chosen}}) > 0)`,
    },
    seconds,
  ),
  lines(
    'Time of a poll',
    'Median and 99th percentile of one page.',
    {
      '{{source}} p50': quantile(0.5, 'tocsin_source_poll_duration_seconds', 'source'),
      '{{source}} p99': quantile(0.99, 'tocsin_source_poll_duration_seconds', 'source'),
    },
    seconds,
  ),
  lines('Events', 'Stored for the first time, and read again for nothing.', {
    '{{source}} new': rate('tocsin_source_events_total', 'source'),
    '{{source}} known': rate('tocsin_source_duplicates_total', 'source'),
  }),
  lines(
    'Lag of reading',
    'From when the vendor showed its newest event to when it was stored, as the replica that reads it saw it last.',
    {
      '{{source}}': `max by (source) (tocsin_source_lag_seconds{${chosen}} and on (instance, source) label_replace(tocsin_role_held{${chosen}, role=~"source:.+"} == 1, "source", "$1", "role", "source:(.+)"))`,
    },
    seconds,
  ),
  lines(
    'Cursor',
    'How far each source was read. Falls if the source was reset, or if a number that it was told turned out to be wrong.',
    {
      '{{source}}': `max by (source) (tocsin_source_cursor{${chosen}})`,
    },
    { width: 16 },
  ),
  lines('Requests for later changes', 'In a minute, of each source that has a budget of them.', {
    '{{source}}': `60 * ${rate('tocsin_source_requests_total', 'source')}`,
  }),
  lines('Items followed', 'Open at the console, so that they are looked at again.', {
    '{{source}}': `max by (source) (tocsin_source_watched_items{${chosen}})`,
  }),
  lines(
    'Age of the oldest search',
    'Since the search for later changes that was finished the longest ago.',
    {
      '{{source}}': `max by (source) (tocsin_source_sweep_age_seconds{${chosen}})`,
    },
    seconds,
  ),
);

const sinks = row(
  'Sinks',
  lines(
    'Attempts',
    'Calls of each sink, by outcome and reason.',
    {
      '{{sink}} {{outcome}} {{reason}}': `${rate('tocsin_delivery_attempts_total', 'sink, outcome, reason')} > 0`,
    },
    perSecond,
  ),
  lines(
    'Time of an attempt',
    'Median and 99th percentile of one call.',
    {
      '{{sink}} p50': quantile(0.5, 'tocsin_delivery_attempt_duration_seconds', 'sink'),
      '{{sink}} p99': quantile(0.99, 'tocsin_delivery_attempt_duration_seconds', 'sink'),
    },
    seconds,
  ),
  lines(
    'From stored to delivered',
    'What Tocsin and the far end add to the time of reading.',
    {
      '{{sink}} p50': quantile(0.5, 'tocsin_delivery_latency_seconds', 'sink'),
      '{{sink}} p99': quantile(0.99, 'tocsin_delivery_latency_seconds', 'sink'),
    },
    seconds,
  ),
  lines(
    'Edits',
    'Posted cards that were made true again after something became of their event, by how that ended.',
    { '{{sink}} {{outcome}}': rate('tocsin_edits_total', 'sink, outcome') },
    perSecond,
  ),
  lines(
    'Cards that are not true yet',
    'Posted cards that do not show what became of their event.',
    { '{{sink}}': `max by (sink) (tocsin_edits_pending{${chosen}})` },
  ),
  lines(
    'Readings of the duty calendar',
    'Attempts to read who is on duty, by how they ended; none without a calendar.',
    {
      '{{outcome}}': `sum by (outcome) (increase(tocsin_duty_calendar_reads_total{${chosen}}[1h]))`,
    },
  ),
  lines(
    'Templates that failed',
    'Messages that went out in the usual words, because one of the configured templates could not be filled in.',
    {
      '{{sink}}': `sum by (sink) (increase(tocsin_template_failures_total{${chosen}}[$__rate_interval]))`,
    },
  ),
);

const http = row(
  'HTTP',
  lines(
    'Requests',
    'Answered, by route and status.',
    {
      '{{method}} {{route}} {{status}}': `${rate('tocsin_http_requests_total', 'method, route, status')} > 0`,
    },
    { ...perSecond, width: 12 },
  ),
  lines(
    'Time of a request',
    '99th percentile, by route.',
    {
      '{{route}}': quantile(0.99, 'tocsin_http_request_duration_seconds', 'route'),
    },
    { ...seconds, width: 12 },
  ),
  lines('Streams', 'Clients that watch events live.', {
    ...each('tocsin_http_streams_open'),
  }),
);

const node = row(
  'Process',
  lines('CPU', 'Cores, of the whole process with its threads.', {
    '{{instance}} user': rate('process_cpu_user_seconds_total', 'instance'),
    '{{instance}} system': rate('process_cpu_system_seconds_total', 'instance'),
  }),
  lines(
    'Memory',
    'Resident, and the heap that is in use and reserved.',
    {
      '{{instance}} resident': `process_resident_memory_bytes{${chosen}}`,
      '{{instance}} heap used': `nodejs_heap_size_used_bytes{${chosen}}`,
      '{{instance}} heap reserved': `nodejs_heap_size_total_bytes{${chosen}}`,
      '{{instance}} outside the heap': `nodejs_external_memory_bytes{${chosen}}`,
    },
    bytes,
  ),
  lines(
    'Lag of the event loop',
    'Includes the interval of sampling, 50 ms.',
    {
      '{{instance}} p50': `nodejs_eventloop_lag_p50_seconds{${chosen}}`,
      '{{instance}} p99': `nodejs_eventloop_lag_p99_seconds{${chosen}}`,
      '{{instance}} longest': `nodejs_eventloop_lag_max_seconds{${chosen}}`,
    },
    seconds,
  ),
  lines(
    'Garbage collection',
    'Seconds of it in a second, by kind.',
    {
      '{{instance}} {{kind}}': rate('nodejs_gc_duration_seconds_sum', 'instance, kind'),
    },
    { unit: 'percentunit' },
  ),
  lines(
    'Heap by space',
    'What is used of each space of V8’s heap.',
    {
      '{{instance}} {{space}}': `nodejs_heap_space_size_used_bytes{${chosen}}`,
    },
    bytes,
  ),
  lines(
    'Open files and handles',
    'Files and sockets against their limit, and what keeps the loop alive.',
    {
      '{{instance}} open files': `process_open_fds{${chosen}}`,
      '{{instance}} limit': `process_max_fds{${chosen}}`,
      '{{instance}} {{type}}': `nodejs_active_resources{${chosen}}`,
    },
  ),
);

export const internals = dashboard({
  uid: 'tocsin-internals',
  title: 'Tocsin internals',
  description: 'Why is something late?',
  from: 'now-6h',
  links: [{ title: 'Tocsin overview', uid: 'tocsin-overview' }],
  rows: [replicas, sources, sinks, http, node],
});
