// Threats of SentinelOne: the suite of all sources, what a threat becomes, and a far end that does what
// theirs does: equal stamps, cursors that end, errors in a good answer.
import { expect, test } from 'vitest';
import { sentineloneThreats } from '../../src/sources/sentinelone_threats.ts';
import { describePollSource } from '../contract/source-suite.ts';
import { startFarEnd } from '../support/far-end.ts';
import { startPolled } from '../support/polled.ts';

const token = 'a-token-of-a-service-user';
const page = (...threats: string[]) =>
  `{"data":[${threats}],"pagination":{"nextCursor":null,"totalItems":${threats.length}}}`;
const threat = `{
  "id": "225494730938493804",
  "threatInfo": {"threatId": "225494730938493804", "threatName": "dump.exe", "classification": "Malware",
    "confidenceLevel": "malicious", "mitigationStatus": "mitigated", "incidentStatus": "unresolved",
    "analystVerdict": "undefined", "sha256": "${'ef'.repeat(32)}", "filePath": "/tmp/dump.exe",
    "createdAt": "2026-03-01T02:03:04.123456Z", "updatedAt": "2026-03-01T02:05:00Z", "identifiedAt": "2026-03-01T02:03:00Z",
    "processUser": "ana", "detectionType": "static", "originatorProcess": "sh"},
  "agentRealtimeInfo": {"agentComputerName": "pc-1", "siteId": "7", "siteName": "HQ", "groupName": "Default", "agentOsName": "Linux"},
  "agentDetectionInfo": {"agentIpV4": "192.0.2.7"},
  "indicators": [{"category": "Evasion", "tactics": [{"name": "x", "techniques": [{"name": "T1055"}]}]}]
}`;
const cursor = JSON.stringify({ from: 0, at: Date.parse('2026-03-01T00:00:00Z') });

describePollSource(sentineloneThreats, {
  config: (origin) => ({ url: origin, token }),
  fixtures: [
    {
      ...{ name: 'one, and one that is none', cursor, body: page(threat, '{"id":"1"}') },
      events: [
        ['225494730938493804', 'Malware'],
        ['sha256:5811967f540d300d249ab30ae681359a7815fdb5d3dc71a94be1d491006a6b27', 'UNRECOGNISED'],
      ],
    },
  ],
  emptyPage: page(),
  brokenPages: ['{"data":[],"errors":[{"code":5000010}]}', '{"errors":[]}', '{"data":{}}'],
  skip: {
    'a search gives the events of its answer, and goes on': 'not made: the console searches better',
    'an item that is asked for is the event that it is in its page': 'not made, as the search',
  },
});

const config = sentineloneThreats.config.parse({ url: 'https://example.sentinelone.net', token });

test('a threat becomes an event with its facts', () => {
  expect(sentineloneThreats.readItem!(threat, config)).toEqual({
    ...{ externalId: '225494730938493804', subject: 'alert/225494730938493804', stream: 'alert' },
    ...{ type: 'Malware', severity: 4, status: 'unresolved', action: 'mitigated', raw: threat },
    occurredAt: '2026-03-01T02:03:00.000Z',
    body: {
      ...{ itemId: '225494730938493804', severityRaw: 'malicious', trigger: 'static' },
      ...{ observedAt: '2026-03-01T02:03:04.123Z', threatType: 'dump.exe', user: 'ana' },
      ...{ comment: 'undefined', techniques: [{ id: 'T1055' }], tenant: { id: '7', name: 'HQ' } },
      device: { name: 'pc-1', os: 'Linux', ip: '192.0.2.7', group: 'Default' },
      file: { name: 'dump.exe', path: '/tmp/dump.exe', hash: 'ef'.repeat(32) },
      process: { name: 'sh' },
    },
  });
});

test.each([
  ['malicious', 'mitigated', 4],
  ['malicious', 'not_mitigated', 5],
  ['malicious', 'active', 5],
  ['suspicious', 'not_mitigated', 3],
  ['suspicious', undefined, 3],
  ['odd', 'not_mitigated', 0],
])('%s that is %s has the severity %i', (confidenceLevel, mitigationStatus, severity) => {
  const threatInfo = { classification: 'Malware', confidenceLevel, mitigationStatus };
  const item = JSON.stringify({ id: '1', threatInfo });
  expect(sentineloneThreats.readItem!(item, config)?.severity).toBe(severity);
});

/** Two threats a page; its cursors are good until `epoch` changes. */
async function startConsole(more: object = {}) {
  const state = {
    threats: [] as { id: string; createdAt: string; updatedAt: string; incidentStatus: string }[],
    ...{ nowMs: Date.parse('2026-03-01T12:00:00Z'), epoch: 1 },
  };
  const farEnd = await startFarEnd(({ target, headers }, response) => {
    response.setHeader('date', new Date(state.nowMs).toUTCString());
    if (headers.authorization !== `ApiToken ${token}`) return void response.writeHead(401).end();
    const query = new URL(target, 'http://x').searchParams;
    const [epoch = state.epoch, begin = 0] = (query.get('cursor') ?? '')
      .split('.')
      .filter(Boolean)
      .map(Number);
    if (epoch !== state.epoch) return void response.writeHead(400).end('{"errors":[{}]}');
    const all = state.threats
      .filter((one) => one.updatedAt >= (query.get('updatedAt__gte') ?? ''))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    const data = all.slice(begin, begin + 2).map(({ id, ...info }) => {
      return { id, threatInfo: { ...info, classification: 'Malware' } };
    });
    const nextCursor = begin + 2 < all.length ? `${epoch}.${begin + 2}` : null;
    response.end(JSON.stringify({ data, pagination: { nextCursor } }));
  });
  const at = (seconds: number) => new Date(state.nowMs + seconds * 1000).toISOString();
  const add = (id: string, seconds: number, incidentStatus = 'unresolved') =>
    state.threats.push({ id, createdAt: at(seconds), updatedAt: at(seconds), incidentStatus });
  const settings = { url: farEnd.origin, token, ...more };
  return {
    state,
    farEnd,
    add,
    at,
    polled: startPolled(sentineloneThreats, settings, () => state.nowMs),
  };
}

test('threats of one and the same time are all found, over the border of a page and later', async () => {
  const { add, polled } = await startConsole();
  for (const id of ['1', '2', '3', '4', '5']) add(id, -60);
  expect((await polled.drain()).sort()).toEqual(['1', '2', '3', '4', '5']);
  add('6', -60);
  expect(await polled.drain()).toEqual(['6']);
});

test('a cursor that ended begins the reading again', async () => {
  const { state, add, polled } = await startConsole();
  for (const id of ['1', '2', '3', '4', '5']) add(id, Number(id) - 60);
  await polled.turn();
  state.epoch = 2;
  expect(await polled.drain()).toEqual(['3', '4', '5']);
});

test('a threat that is resolved resolves its incident', async () => {
  const { state, add, at, polled } = await startConsole();
  add('1', -60);
  await polled.drain();
  Object.assign(state.threats[0]!, { incidentStatus: 'resolved', updatedAt: at(-1) });
  expect(await polled.drain()).toEqual(['1/resolved']);
});

test('what it asks for, and how', async () => {
  const { farEnd, polled } = await startConsole({ sites: ['7', '8'] });
  await polled.drain();
  const { pathname, searchParams } = new URL(farEnd.received[0]!.target, 'http://x');
  expect(pathname).toBe('/web/api/v2.1/threats');
  expect(Object.fromEntries(searchParams)).toEqual({
    ...{ updatedAt__gte: '2026-02-28T12:00:00.000Z', sortBy: 'createdAt', sortOrder: 'asc' },
    ...{ limit: '500', siteIds: '7,8' },
  });
});
