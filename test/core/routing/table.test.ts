// test/fixtures/routing.yaml: routes as an operator writes them, events, and what each sink gets of
// them and why.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../../src/config/index.ts';
import { route } from '../../../src/core/routing/index.ts';
import { type EventDraft, type SeverityName, severityNames } from '../../../src/kit/event.ts';
import { registries } from '../../config/registries.ts';

type Event = Partial<Omit<EventDraft, 'severity'>> & { source?: string; severity?: SeverityName };
interface Case {
  readonly event: Event;
  readonly at?: string;
  /** Ids of sinks, and what they get. */
  readonly [sink: string]: unknown;
}
interface Table {
  readonly routes: readonly { readonly name: string }[];
  readonly cases: readonly Case[];
}

const tables = parse(
  readFileSync(new URL('../../fixtures/routing.yaml', import.meta.url), 'utf8'),
) as readonly Table[];
const directory = mkdtempSync(join(tmpdir(), 'tocsin-routing-'));
afterAll(() => rmSync(directory, { recursive: true }));

function routesOf({ routes }: Table) {
  const reader = {
    type: 'deepinstinct_events',
    url: 'https://console.example',
    token: 'key-of-an-api-connector',
  };
  const sources = { di: reader, elsewhere: reader };
  const sinks = {
    soc: { type: 'stdout' },
    boss: { type: 'stdout' },
    night: { type: 'stdout' },
    'night-shift': { type: 'stdout' },
  };
  writeFileSync(join(directory, 'tocsin.yaml'), stringify({ sources, sinks, routes }));
  return loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries }).routes;
}

function draft({ source: _, severity = 'HIGH', ...more }: Event): EventDraft {
  return {
    externalId: '1',
    subject: 'event/1',
    stream: 'event',
    type: 'MALWARE',
    status: null,
    action: null,
    occurredAt: null,
    body: {},
    raw: '{}',
    ...more,
    severity: severityNames.indexOf(severity) as EventDraft['severity'],
  };
}

describe.each(tables)('$routes.0.name', (table) => {
  const routes = routesOf(table);
  test.each(table.cases)('$event $at', ({ event, at = '2026-03-02T00:00:00Z', ...expected }) => {
    const { decisions } = route(routes, {
      source: event.source ?? 'di',
      event: draft(event),
      atMs: Date.parse(at),
    });
    const got = decisions.map(({ sink, state, reason }) => [
      sink,
      state === 'pending' ? state : reason,
    ]);
    expect(Object.fromEntries(got)).toEqual(expected);
  });
});

test('there are forty cases', () => {
  expect(tables.flatMap(({ cases }) => cases).length).toBeGreaterThanOrEqual(40);
});
