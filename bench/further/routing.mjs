// For how many events a second fifty routes decide, between a page's arrival and its storing. One
// core, no database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../dist/src/config/index.js';
import { route } from '../../dist/src/core/routing/index.js';
import { sinks } from '../../dist/src/sinks/index.js';
import { sources } from '../../dist/src/sources/index.js';

const routeCount = 50;
const measureMs = 2000;
const goal = 200_000;

export const what = 'routing';

/** Each kind is one more thing that a route may ask; events fit about one route in ten. */
const kinds = {
  'by severity and type': (n) => `match: { min_severity: LOW, types: [TYPE_${n}, "OTHER_${n}*"] }`,
  'by device and network': (n) => `match: { devices: ["SRV-${n}-*"], networks: [10.${n}.0.0/16] }`,
  'by expression': (n) => `when: event.severity >= 3 && event.device.name.startsWith("SRV-${n}-")`,
  'by time': (n) => `active: [{ days: [mon-fri], from: "0${n % 9}:00", to: "18:00" }]`,
};

export async function run({ rounds, say }) {
  const rows = [];
  for (const [name, ask] of Object.entries(kinds)) {
    const routes = routesOf(ask);
    const events = Array.from({ length: 1000 }, (_, n) => eventOf(n));
    const rates = Array.from({ length: rounds }, () => rateOf(routes, events)).sort(
      (a, b) => a - b,
    );
    rows.push({ name, eventsPerSecond: rates[rounds >> 1] });
    say(`routing, ${name}: ${JSON.stringify(rows.at(-1))}`);
  }
  const slowest = Math.min(...rows.map(({ eventsPerSecond }) => eventsPerSecond * routeCount));
  return {
    title: `${routeCount} routes`,
    how: `\`route\` over 1,000 events for ${measureMs / 1000} s, median of ${rounds}; a decision is one route's about one event.`,
    columns: ['routes that ask', 'events/s', 'decisions/s'],
    rows: rows.map((row) => [
      row.name,
      grouped(row.eventsPerSecond),
      grouped(row.eventsPerSecond * routeCount),
    ]),
    goals: [
      {
        what: 'decisions a second, slowest kind',
        goal: `at least ${grouped(goal)}`,
        value: grouped(slowest),
        isMet: slowest >= goal,
      },
    ],
    figures: rows,
  };
}

function rateOf(routes, events) {
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < measureMs) {
    for (const event of events)
      route(routes, { source: 'di', event, atMs: 1_772_500_000_000 + count });
    count += events.length;
  }
  return (count / (performance.now() - startedAt)) * 1000;
}

/** As an operator would have them, read from a file. */
function routesOf(ask) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-routing-'));
  const written = Array.from(
    { length: routeCount },
    (_, n) => `  - { name: r${n}, to: [soc${n % 5}], ${ask(n)} }`,
  );
  const channels = Array.from({ length: 5 }, (_, n) => `  soc${n}: { type: stdout }`);
  const reader =
    '{ type: deepinstinct_events, url: "https://console.example.com", token: key-of-an-api-connector }';
  const text = `sources:\n  di: ${reader}\nsinks:\n${channels.join('\n')}\nroutes:\n${written.join('\n')}\n`;
  try {
    writeFileSync(join(directory, 'tocsin.yaml'), text);
    return loadConfig({
      env: { TOCSIN_CONFIG: 'tocsin.yaml' },
      directory,
      registries: { sources, sinks },
    }).routes;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function eventOf(n) {
  return {
    externalId: String(n),
    subject: `event/${n}`,
    stream: 'event',
    type: `TYPE_${n % routeCount}`,
    severity: n % 6,
    status: 'OPEN',
    action: 'PREVENTED',
    occurredAt: null,
    body: {
      device: { name: `SRV-${n % routeCount}-${n}`, ip: `10.${n % routeCount}.3.${n % 250}` },
      techniques: [{ id: 'T1059' }],
    },
    raw: '{}',
  };
}

const grouped = (value) => Math.round(value).toLocaleString('en-US');
