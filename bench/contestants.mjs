// Who takes part, in the order of the table. `recorded` counts, in its database, the events that
// are stored and whose outcome is written.
import { fileURLToPath } from 'node:url';

const script = (name) => [fileURLToPath(new URL(`contestants/${name}.mjs`, import.meta.url))];
const tocsin = {
  command: [fileURLToPath(new URL('../dist/main.js', import.meta.url)), 'serve'],
  environment: {
    SINK_RATE: 'off',
    STORM: 'off',
    LOG_LEVEL: 'warn',
    START_FROM: 'all',
    POLLING_INTERVAL: '1',
    HOST: '127.0.0.1',
  },
  /** Posts that are no events: each of its two sources posts a notice that it is watched. */
  notices: 2,
  noticesSent: `select count(*)::int as count from deliveries d join events e on e.id = d.event_id
    where e.source = 'tocsin' and d.state = 'delivered'`,
  recorded: `select count(*)::int as count from deliveries d join events e on e.id = d.event_id
    where e.source <> 'tocsin' and d.state = 'delivered'`,
};
const outcomes =
  'select count(*)::int as count from deliveries join events on id = event_id where delivered_at is not null';
const graphile = `select count(*)::int as count from events where not exists (select from graphile_worker._private_jobs)`;

export const contestants = [
  { name: 'tocsin', what: 'the service itself', ...tocsin },
  {
    name: 'watched',
    what: 'the service, its page open on three screens',
    ...tocsin,
    hasScreens: true,
  },
  {
    name: 'floor',
    what: 'the leanest store with the same durability',
    command: script('floor'),
    recorded: outcomes,
  },
  {
    name: 'floor_lean',
    what: 'the leanest program for the whole job',
    command: script('floor_lean'),
    recorded: outcomes,
  },
  { name: 'floor_no_db', what: 'the same without a database', command: script('floor_no_db') },
  { name: 'sequential', what: 'one after the other, no database', command: script('sequential') },
  {
    name: 'graphile_event',
    what: 'graphile-worker, a job an event',
    command: script('graphile_event'),
    recorded: graphile,
    isPeer: true,
  },
  {
    name: 'graphile_page',
    what: 'graphile-worker, a job a page',
    command: script('graphile_page'),
    recorded: graphile,
    isPeer: true,
  },
  {
    name: 'graphile_page_lean',
    what: 'the same, with the lean reader and sender',
    command: script('graphile_page_lean'),
    recorded: graphile,
    isPeer: true,
  },
  {
    name: 'pgboss_id',
    what: 'pg-boss, events in a table of their own',
    command: script('pgboss_id'),
    recorded: `select count(*)::int as count from pgboss.job j join events e on e.id = (j.data->>'id')::bigint where j.state = 'completed'`,
    isPeer: true,
  },
  {
    name: 'pgboss_event',
    what: 'pg-boss, the event in its job',
    command: script('pgboss_event'),
    recorded: `select count(*)::int as count from pgboss.job where name = 'send' and state = 'completed'`,
    isPeer: true,
  },
];
