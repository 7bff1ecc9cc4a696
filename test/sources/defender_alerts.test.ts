// Alerts of Defender: the suite of all sources, what an alert becomes, and a far end that does what Graph
// does: newest first, pages behind addresses, seven digits of a second.
import { expect, test } from 'vitest';
import { defenderAlerts } from '../../src/sources/defender_alerts.ts';
import { adapterError } from '../contract/adapter-cases.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { startFarEnd } from '../support/far-end.ts';
import { startPolled } from '../support/polled.ts';

const app = { tenant: 'example.com', client_id: 'app', client_secret: 'a-secret-of-the-app' };
const token = '{"token_type":"Bearer","expires_in":3599,"access_token":"token-of-an-hour"}';
const isToken = (target = '') => target === '/example.com/oauth2/v2.0/token';
const page = (...alerts: string[]) => `{"@odata.context":"x","value":[${alerts}]}`;
const alert = `{
  "@odata.type": "#microsoft.graph.security.alert", "id": "da1", "incidentId": "28282",
  "status": "new", "severity": "high", "classification": "truePositive", "determination": null,
  "serviceSource": "microsoftDefenderForEndpoint", "detectionSource": "antivirus", "tenantId": "t-1",
  "title": "Suspicious execution of hidden file", "description": "A hidden file ran.", "category": "DefenseEvasion",
  "createdDateTime": "2026-03-01T02:03:04.4466667Z", "lastUpdateDateTime": "2026-03-01T02:05:00.1Z",
  "firstActivityDateTime": "2026-03-01T02:01:00Z", "mitreTechniques": ["T1564.001", "T1059"],
  "evidence": [
    {"@odata.type": "#microsoft.graph.security.deviceEvidence", "mdeDeviceId": "d1", "deviceDnsName": "pc-1.example.com", "osPlatform": "Windows11"},
    {"@odata.type": "#microsoft.graph.security.fileEvidence", "fileDetails": {"fileName": "a.exe", "filePath": "C:\\\\x", "sha256": "${'cd'.repeat(32)}"}},
    {"@odata.type": "#microsoft.graph.security.processEvidence", "processCommandLine": "a.exe /q", "imageFile": {"fileName": "cmd.exe"}, "userAccount": {"accountName": "ana"}}
  ]
}`;
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });

describePollSource(defenderAlerts, {
  config: (origin) => ({ ...app, url: origin, login_url: origin }),
  respond: (answer, _fixture, { target }) => (isToken(target) ? token : answer),
  fixtures: [
    {
      ...{ name: 'one', cursor, body: page(alert) },
      events: [['da1', 'Suspicious execution of hidden file']],
    },
  ],
  emptyPage: page(),
  brokenPages: ['{"error":{"code":"UnknownError"}}', '{"value":null}', '{"value":{}}'],
  skip: {
    'a search gives the events of its answer, and goes on': 'not made: the portal searches better',
    'an item that is asked for is the event that it is in its page': 'not made, as the search',
  },
});

const config = defenderAlerts.config.parse({
  ...app,
  event_link: 'https://security.example.com/alerts/{id}',
});

test('an alert becomes an event with its facts', () => {
  expect(defenderAlerts.readItem!(alert, config)).toEqual({
    ...{ externalId: 'da1', subject: 'alert/da1', stream: 'alert', severity: 4, raw: alert },
    ...{ type: 'Suspicious execution of hidden file', status: 'new', action: null },
    occurredAt: '2026-03-01T02:01:00.000Z',
    body: {
      ...{ itemId: 'da1', severityRaw: 'high', trigger: 'antivirus', user: 'ana' },
      ...{ observedAt: '2026-03-01T02:03:04.446Z', threatType: 'DefenseEvasion' },
      ...{ description: 'A hidden file ran.', comment: 'truePositive', tenant: { id: 't-1' } },
      techniques: [{ id: 'T1564.001' }, { id: 'T1059' }],
      device: { id: 'd1', name: 'pc-1.example.com', os: 'Windows11' },
      file: { name: 'a.exe', path: 'C:\\x', hash: 'cd'.repeat(32) },
      process: { name: 'cmd.exe', commandLine: 'a.exe /q' },
      link: 'https://security.example.com/alerts/da1',
    },
  });
});

test.each([
  ['informational', 1],
  ['low', 2],
  ['medium', 3],
  ['high', 4],
  ['unknown', 0],
  ['unknownFutureValue', 0],
])('%s has the severity %i', (word, severity) => {
  const item = JSON.stringify({ id: 'a', title: 'b', severity: word });
  expect(defenderAlerts.readItem!(item, config)?.severity).toBe(severity);
});

interface Alert {
  id: string;
  title: string;
  status: string;
  createdDateTime: string;
  lastUpdateDateTime: string;
}

/** Newest first, two alerts a page, the next one behind an address of its own. */
async function startGraph(more: object = {}) {
  const state = { alerts: [] as Alert[], nowMs: Date.parse('2026-03-01T12:00:00Z'), next: '' };
  const farEnd = await startFarEnd(({ target }, response) => {
    response.setHeader('date', new Date(state.nowMs).toUTCString());
    if (isToken(target)) return void response.end(token);
    const query = new URL(target, farEnd.origin).searchParams;
    const since = / ge (\S+)/.exec(query.get('$filter') ?? '')?.[1] ?? '';
    const all = state.alerts
      .filter((one) => one.lastUpdateDateTime >= since)
      .toSorted((a, b) => (a.lastUpdateDateTime < b.lastUpdateDateTime ? 1 : -1));
    const begin = Number(query.get('$skip') ?? 0);
    const next = new URL(target, state.next || farEnd.origin);
    next.searchParams.set('$skip', String(begin + 2));
    const value = all.slice(begin, begin + 2);
    response.end(
      JSON.stringify({ value, ...(begin + 2 < all.length && { '@odata.nextLink': next.href }) }),
    );
  });
  const at = (seconds: number) =>
    new Date(state.nowMs + seconds * 1000).toISOString().replace('000Z', '0001234Z');
  const add = (id: string, created: number, updated = created, status = 'new') =>
    state.alerts.push({
      ...{ id, title: 'Miner', status, createdDateTime: at(created) },
      lastUpdateDateTime: at(updated),
    });
  const settings = { ...app, url: farEnd.origin, login_url: farEnd.origin, ...more };
  return {
    state,
    farEnd,
    add,
    at,
    polled: startPolled(defenderAlerts, settings, () => state.nowMs),
  };
}

test('what it asks for, and how', async () => {
  const { farEnd, polled } = await startGraph({ filter: "severity eq 'high'" });
  await polled.drain();
  const [asked, { target, headers } = { target: '', headers: {} }] = farEnd.received;
  const form = Object.fromEntries(new URLSearchParams(asked?.body));
  expect(form).toEqual({
    ...{ grant_type: 'client_credentials', scope: `${farEnd.origin}/.default` },
    ...{ client_id: 'app', client_secret: app.client_secret },
  });
  expect(target).toMatch(/^\/v1\.0\/security\/alerts_v2\?%24filter=/);
  expect(decodeURIComponent(target)).toContain(
    "lastUpdateDateTime ge 2026-02-28T12:00:00.000Z and (severity eq 'high')",
  );
  expect(headers).toMatchObject({
    ...{ prefer: 'include-unknown-enum-members', authorization: 'Bearer token-of-an-hour' },
  });
});

test('an alert that changes while its pages are read moves none past the border of a page', async () => {
  const { state, add, at, polled } = await startGraph();
  for (const n of [1, 2, 3, 4, 5]) add(`a${n}`, -n * 60);
  expect((await polled.turn()).fresh).toEqual(['a1', 'a2']);
  state.alerts[4]!.lastUpdateDateTime = at(-1);
  add('a6', -2);
  expect((await polled.drain()).sort()).toEqual(['a3', 'a4']);
  expect((await polled.drain()).sort()).toEqual(['a5', 'a6']);
});

test('an alert that is resolved resolves its incident, and an old one is no news', async () => {
  const { add, at, state, polled } = await startGraph();
  add('a1', -60);
  add('of last month', -30 * 86_400, -50, 'resolved');
  expect(await polled.drain()).toEqual(['a1']);
  Object.assign(state.alerts[0]!, { status: 'resolved', lastUpdateDateTime: at(-1) });
  expect(await polled.drain()).toEqual(['a1/resolved']);
});

test('the token does not follow an address to another host', async () => {
  const elsewhere = await startFarEnd();
  const { state, add, polled } = await startGraph();
  state.next = elsewhere.origin;
  for (const n of [1, 2, 3]) add(`a${n}`, -n);
  const error = await adapterError(polled.drain());
  expect(error.message).toContain('must go nowhere but');
  expect(elsewhere.connectionCount()).toBe(0);
});

test('throttling is obeyed', async () => {
  const farEnd = await startFarEnd(({ target }, response) =>
    isToken(target)
      ? response.end(token)
      : void response.writeHead(429, { 'retry-after': '17' }).end(),
  );
  const settings = { ...app, url: farEnd.origin, login_url: farEnd.origin };
  const error = await adapterError(startPolled(defenderAlerts, settings).drain());
  expect([error.reason, error.retryAfterMs]).toEqual(['rate_limited', 17_000]);
});
