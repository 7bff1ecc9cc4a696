// The generic source: the suite of all sources, what its expressions find, and three payloads of
// unknown tools.
import { describe, expect, test } from 'vitest';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { PushSource } from '../../../src/kit/source.ts';
import { webhook } from '../../../src/sources/webhook/index.ts';
import { faultsOf } from '../../contract/draft-faults.ts';
import { describePushSource } from '../../contract/push-suite.ts';

const secret = 'a-secret-of-32-random-characters';
const settings = {
  ...{ proof: 'header', secret, old_secret: 'the-secret-of-before-32-characters' },
  items: 'body.alerts',
  id: 'item.id',
  event_type: 'item.rule.name',
  severity: 'item.rule.level',
  severity_map: { grave: 'CRITICAL', '7': 'HIGH' },
  time: 'item.at',
  resolved: 'item.state == "over"',
  fields: { 'device.name': 'item.host', user: 'item.users', status: 'item.state' },
  event_link: 'https://tool.example.com/#/alerts/{id}',
};
const alert = (id: number | string, more = '') =>
  `{"id": "${id}", "rule": {"name": "Miner", "level": "grave"}, "at": 1772330584, "host": "pc-1"${more}}`;

describePushSource(webhook, {
  config: settings,
  fixtures: [
    { name: 'one', body: `{"alerts":[${alert(1)}]}`, events: [['1', 'Miner']] },
    {
      name: 'a batch with items that are none',
      body: `{"alerts":[ ${alert(1)} ,5, {"x":1}, ${alert(2, ', "state": "over"')}]}`,
      events: [
        ['1', 'Miner'],
        ['sha256:ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d', 'UNRECOGNISED'],
        ['sha256:5041bf1f713df204784353e82f6a4a535931cb64f1f4b4a5aeaffcb720918b22', 'UNRECOGNISED'],
        ['2/resolved', 'Miner'],
      ],
    },
    { name: 'none', body: '{"alerts":[]}', events: [] },
  ],
  brokenBodies: ['{"alerts":[}', `${'['.repeat(300)}${']'.repeat(300)}`],
});

function read(given: object, body: unknown): readonly EventDraft[] {
  const config = webhook.config.parse({ proof: 'path', secret, ...given });
  const source = webhook.create(config, { id: 'tool' } as never) as PushSource;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = { headers: new Headers(), query: new URLSearchParams() };
  const { events } = source.parse({ ...request, body: new TextEncoder().encode(text) });
  for (const event of events) expect(faultsOf(event)).toEqual([]);
  return events;
}

describe('an item', () => {
  test('becomes an event with its facts', () => {
    const [event] = read(settings, `{"alerts":[${alert('a b', ', "users": ["ana", 7, {}]')}]}`);
    expect(event).toEqual({
      ...{ externalId: 'a b', subject: 'event/a b', stream: 'event', type: 'Miner', severity: 5 },
      ...{ status: null, action: null, occurredAt: '2026-03-01T02:03:04.000Z' },
      body: {
        ...{ itemId: 'a b', severityRaw: 'grave', device: { name: 'pc-1' }, user: 'ana, 7' },
        link: 'https://tool.example.com/#/alerts/a%20b',
      },
      raw: alert('a b', ', "users": ["ana", 7, {}]'),
    });
  });

  test('that is over closes the item of its id', () => {
    const [event] = read(settings, `{"alerts":[${alert(2, ', "state": "over"')}]}`);
    expect(event).toMatchObject({
      ...{ externalId: '2/resolved', subject: 'event/2', stream: 'change' },
      body: { change: { source: 'tool', externalId: '2', closing: 'closed' } },
    });
  });

  test.each([
    ['GRAVE', 5],
    ['high', 4],
    [7, 4],
    ['unheard of', 0],
    [undefined, 0],
    [{}, 0],
  ])('of severity %o has %i', (level, severity) => {
    const body = { alerts: [{ id: 1, rule: { name: 'a', level } }] };
    expect(read(settings, body)[0]?.severity).toBe(severity);
  });

  test('without an id is known by its bytes', () => {
    const [first, second] = read({}, [{ a: 1 }, { a: 2 }]);
    expect(first?.externalId).toMatch(/^sha256:/);
    expect(first?.externalId).not.toBe(second?.externalId);
    expect(first?.type).toBe('ALERT');
  });

  test('with an endless id is known by the hash of it', () => {
    const ids = ['x'.repeat(300), `${'x'.repeat(300)}y`].map(
      (id) => read({ id: 'item.id' }, { id })[0]!.externalId,
    );
    expect(ids[0]).toMatch(/^sha256:/);
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('a tool that nobody knows', () => {
  test('with one flat object', () => {
    const [event] = read(
      {
        event_type: 'item.monitor + " is down"',
        severity: '"HIGH"',
        fields: { 'device.ip': 'item.ip' },
      },
      { monitor: 'gateway', ip: '192.0.2.7', duration: '5 minutes' },
    );
    expect(event).toMatchObject({
      type: 'gateway is down',
      severity: 4,
      body: { device: { ip: '192.0.2.7' } },
    });
  });

  test('with a list below an envelope, and numbers for severities', () => {
    const events = read(
      {
        ...{ items: 'body.data.findings', id: 'body.data.scan + "/" + string(item.nr)' },
        severity: 'item.score >= 9.0 ? "CRITICAL" : item.score >= 7.0 ? "HIGH" : "LOW"',
        ...{ event_type: 'item.title', fields: { techniques: 'item.attack' } },
      },
      {
        data: {
          scan: 's-1',
          findings: [
            { nr: 1, score: 9.8, title: 'Open database', attack: ['T1190', 'attack.t1059'] },
            { nr: 2, score: 7, title: 'Old library' },
          ],
        },
      },
    );
    expect(events.map(({ externalId, severity }) => [externalId, severity])).toEqual([
      ['s-1/1', 5],
      ['s-1/2', 4],
    ]);
    expect(events[0]?.body.techniques).toEqual([{ id: 'T1190' }]);
  });

  test('with only some items of interest', () => {
    const config = { items: 'body.events.filter(e, e.kind == "alarm")', id: 'item.n' };
    const body = {
      events: [
        { kind: 'noise', n: 1 },
        { kind: 'alarm', n: 2 },
      ],
    };
    expect(read(config, body).map(({ externalId, raw }) => [externalId, raw])).toEqual([
      ['2', '{"kind":"alarm","n":2}'],
    ]);
  });
});
