// Alerts of Falcon: the suite of all sources, what an alert becomes, and a far end that does what theirs
// does: tokens that end, pages of what is there at that moment, waits until a point in time.
import { expect, test } from 'vitest';
import { crowdstrikeAlerts } from '../../src/sources/crowdstrike_alerts.ts';
import { adapterError } from '../contract/adapter-cases.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { startFarEnd } from '../support/far-end.ts';
import { startPolled } from '../support/polled.ts';

const client = { client_id: 'client-of-tocsin', client_secret: 'a-secret-of-the-api-client' };
const token = '{"access_token":"token-of-half-an-hour","expires_in":1799}';
const page = (...resources: string[]) =>
  `{"meta":{"pagination":{"total":${resources.length}}},"errors":[],"resources":[${resources}]}`;
const alert = `{
  "composite_id": "cid:ind:1", "display_name": "CredentialDumping", "description": "A process read LSASS.",
  "severity": 70, "severity_name": "High", "status": "new", "scenario": "credential_theft",
  "created_timestamp": "2026-03-01T02:03:05.123456789Z", "updated_timestamp": "2026-03-01T02:04:00Z",
  "timestamp": "2026-03-01T02:03:04Z", "tactic": "Credential Access", "technique": "OS Credential Dumping",
  "technique_id": "T1003", "filename": "dump.exe", "filepath": "C:\\\\Temp\\\\dump.exe", "sha256": "${'ab'.repeat(32)}",
  "cmdline": "dump.exe -all", "user_name": "ana", "pattern_disposition_description": "Prevention",
  "device": {"device_id": "d1", "hostname": "pc-1", "platform_name": "Windows", "local_ip": "192.0.2.7"}
}`;
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });

describePollSource(crowdstrikeAlerts, {
  config: (origin) => ({ ...client, url: origin }),
  respond: (answer, _fixture, { target }) => (target === '/oauth2/token' ? token : answer),
  fixtures: [
    { name: 'one', cursor, body: page(alert), events: [['cid:ind:1', 'CredentialDumping']] },
  ],
  emptyPage: page(),
  brokenPages: ['{"errors":[{"code":500}],"resources":[]}', '{"meta":{}}', '{"resources":null}'],
  skip: {
    'a search gives the events of its answer, and goes on': 'not made: the console searches better',
    'an item that is asked for is the event that it is in its page': 'not made, as the search',
  },
});

const config = crowdstrikeAlerts.config.parse(client);
const read = (item: object) => crowdstrikeAlerts.readItem!(JSON.stringify(item), config);

test('an alert becomes an event with its facts', () => {
  expect(crowdstrikeAlerts.readItem!(alert, config)).toEqual({
    ...{ externalId: 'cid:ind:1', subject: 'alert/cid:ind:1', stream: 'alert', severity: 4 },
    ...{ type: 'CredentialDumping', status: 'new', action: 'Prevention', raw: alert },
    occurredAt: '2026-03-01T02:03:04.000Z',
    body: {
      ...{ itemId: 'cid:ind:1', severityRaw: 'High', trigger: 'credential_theft', user: 'ana' },
      ...{ observedAt: '2026-03-01T02:03:05.123Z', threatType: 'Credential Access' },
      description: 'A process read LSASS.',
      techniques: [{ id: 'T1003', name: 'OS Credential Dumping', tactic: 'Credential Access' }],
      device: { id: 'd1', name: 'pc-1', os: 'Windows', ip: '192.0.2.7' },
      file: { name: 'dump.exe', path: 'C:\\Temp\\dump.exe', hash: 'ab'.repeat(32) },
      process: { commandLine: 'dump.exe -all' },
    },
  });
});

test.each([
  [{ severity_name: 'Critical', severity: 10 }, 5],
  [{ severity_name: 'Informational' }, 1],
  [{ severity: 100 }, 5],
  [{ severity: 80 }, 5],
  [{ severity: 79 }, 4],
  [{ severity: 40 }, 3],
  [{ severity: 20 }, 2],
  [{ severity: 1 }, 1],
  [{ severity: 'much' }, 0],
  [{}, 0],
])('%j has the severity %i', (given, severity) =>
  expect(read({ composite_id: 'a', name: 'b', ...given })?.severity).toBe(severity),
);

test('what it asks for, and how', async () => {
  const farEnd = await startFarEnd(({ target }, response) =>
    response.end(target === '/oauth2/token' ? token : page()),
  );
  const filter = "product:'epp',product:'idp'";
  const polled = startPolled(
    crowdstrikeAlerts,
    { ...client, url: `${farEnd.origin}/`, filter, start_from: '2026-03-01' },
    () => Date.parse('2026-03-02T00:00:00Z'),
  );
  await polled.drain();
  const [, { method, target, body, headers } = { headers: {}, body: '' }] = farEnd.received;
  expect([method, target]).toEqual(['POST', '/alerts/combined/alerts/v1']);
  expect(headers.authorization).toBe('Bearer token-of-half-an-hour');
  expect(JSON.parse(body)).toEqual({
    filter: `updated_timestamp:>='2026-03-01T00:00:00.000Z'+(${filter})`,
    sort: 'created_timestamp|asc',
    limit: 500,
  });
});

interface Alert {
  composite_id: string;
  name: string;
  status: string;
  created_timestamp: string;
  updated_timestamp: string;
}

/** Takes each page of what is there at that moment, two at a time; a mark is good for one walk. */
async function startFalcon() {
  const state = { alerts: [] as Alert[], nowMs: Date.parse('2026-03-01T12:00:00Z'), token: 1 };
  const refusals: [number, Record<string, string>][] = [];
  const farEnd = await startFarEnd(({ target, headers, body }, response) => {
    response.setHeader('date', new Date(state.nowMs).toUTCString());
    if (target === '/oauth2/token')
      return void response
        .writeHead(201)
        .end(`{"access_token":"t${state.token}","expires_in":1799}`);
    if (headers.authorization !== `Bearer t${state.token}`)
      return void response.writeHead(401).end();
    const refusal = refusals.shift();
    if (refusal) return void response.writeHead(...refusal).end();
    const asked = JSON.parse(body) as { filter: string; after?: string };
    const [, since = ''] = /:>='([^']+)'/.exec(asked.filter) ?? [];
    const all = state.alerts
      .filter((one) => one.updated_timestamp >= since)
      .toSorted((a, b) => (a.created_timestamp < b.created_timestamp ? -1 : 1));
    const begin = Number(asked.after ?? 0);
    const after = begin + 2 < all.length ? String(begin + 2) : undefined;
    const resources = all.slice(begin, begin + 2);
    response.end(JSON.stringify({ meta: { pagination: { after } }, errors: [], resources }));
  });
  const at = (seconds: number) => new Date(state.nowMs + seconds * 1000).toISOString();
  const add = (id: string, created: number, updated = created, status = 'new') =>
    state.alerts.push({
      ...{ composite_id: id, name: 'Miner', status },
      ...{ created_timestamp: at(created), updated_timestamp: at(updated) },
    });
  const polled = startPolled(
    crowdstrikeAlerts,
    { ...client, url: farEnd.origin },
    () => state.nowMs,
  );
  return { state, refusals, farEnd, add, polled };
}

test('alerts that change while their pages are read are neither lost nor announced twice', async () => {
  const { state, add, polled } = await startFalcon();
  for (const n of [1, 2, 3, 4, 5]) add(`a${n}`, n * 10 - 3600);
  expect((await polled.turn()).fresh).toEqual(['a1', 'a2']);
  state.alerts[2]!.updated_timestamp = new Date(state.nowMs - 1000).toISOString();
  add('a6', -5);
  expect(await polled.drain()).toEqual(['a3', 'a4', 'a5', 'a6']);
  expect(await polled.drain()).toEqual([]);
});

test('an alert that is closed resolves its incident, and an old one that changed is no news', async () => {
  const { state, add, polled } = await startFalcon();
  add('a1', -60);
  add('of last month', -30 * 86_400, -50);
  expect(await polled.drain()).toEqual(['a1']);
  state.alerts[0] = {
    ...state.alerts[0]!,
    status: 'closed',
    updated_timestamp: new Date(state.nowMs - 1000).toISOString(),
  };
  expect(await polled.drain()).toEqual(['a1/resolved']);
  expect(polled.stored.get('a1/resolved')).toMatchObject({
    stream: 'change',
    body: { change: { source: 'edr', externalId: 'a1', closing: 'closed' } },
  });
});

test('a token that ended is renewed, and a wait until a point in time is obeyed', async () => {
  const { state, refusals, add, polled } = await startFalcon();
  add('a1', -60);
  await polled.drain();
  state.token = 2;
  add('a2', -30);
  expect(await polled.drain()).toEqual(['a2']);
  refusals.push([429, { 'x-ratelimit-retryafter': String(state.nowMs / 1000 + 42) }]);
  const error = await adapterError(polled.drain());
  expect([error.reason, error.retryAfterMs]).toEqual(['rate_limited', 42_000]);
});
