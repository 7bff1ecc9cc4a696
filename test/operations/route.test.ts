// The routes as they are written, without a secret, and tried on an event that is not stored.
import { expect, test } from 'vitest';
import { InputError, NotFoundError, perform, silence } from '../../src/operations/index.ts';
import { show, test as tryOut } from '../../src/operations/route.ts';
import { useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';

const db = useDatabase();
const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
  boss: { type: stdout }
routes:
  # 0123456789abcdef must not be seen
  - name: urgent
    match: { min_severity: HIGH }   # 0123456789abcdef
    to: [soc]
    escalate: [{ after: 15m, to: [soc], mention: "@oncall", repeat: 2 }]
  - { name: servers, match: { devices: ["SRV-*"] }, to: [boss] }
`);
const context = () => contextOn(db(), { config, actor: { ...ann, role: 'read' } });
const ask = (input: object) => perform(tryOut, context(), { source: 'a', ...input });

test('each is shown as it is written, its secrets masked', async () => {
  const { routes } = await perform(show, context(), {});
  expect(routes).toEqual([
    {
      ...{ name: 'urgent', to: ['soc'], minSeverity: 'HIGH' },
      escalate: [
        { after: '15m', to: ['soc'], mention: ['@oncall'], repeat: 2, minSeverity: 'UNKNOWN' },
      ],
      sentences: [
        'HIGH and above go to soc.',
        'If nobody acknowledges, it tells soc after 15 minutes, and mentions @oncall, 2 more times.',
      ],
      written:
        'name: urgent\nmatch: { min_severity: HIGH }   # [secret]\nto: [soc]\nescalate: [{ after: 15m, to: [soc], mention: "@oncall", repeat: 2 }]',
    },
    {
      ...{ name: 'servers', to: ['boss'], minSeverity: 'UNKNOWN' },
      escalate: [],
      sentences: ['Everything goes to boss.', 'Only if the device is SRV-*.'],
      written: '{ name: servers, match: { devices: ["SRV-*"] }, to: [boss] }',
    },
  ]);
});

test('the one route of no file has no text', async () => {
  const { routes } = await perform(show, contextOn(db()), {});
  expect(routes).toEqual([
    {
      ...{ name: 'default', to: ['soc'], minSeverity: 'UNKNOWN', escalate: [], written: null },
      sentences: ['Everything goes to soc.'],
    },
  ]);
});

test('an event in our own form is judged route by route and sink by sink', async () => {
  const event = { type: 'A', severity: 'CRITICAL', body: { device: { name: 'WS-1' } } };
  expect(await ask({ event })).toMatchObject({
    routes: [
      { name: 'urgent', reason: null, words: 'takes it' },
      { name: 'servers', reason: 'other_device', words: 'is for other devices' },
    ],
    sinks: [
      { id: 'soc', state: 'pending' },
      { id: 'boss', state: 'suppressed', reason: 'other_device' },
    ],
  });
  const request = { matcher: { types: ['A'] }, owner: 'anna', reason: 'works', for: '1h' };
  await perform(silence.add, contextOn(db(), { config }), { silences: [request] });
  expect(await ask({ event })).toMatchObject({
    sinks: [{ id: 'soc', state: 'suppressed', silence: { owner: 'anna' } }, { id: 'boss' }],
  });
  const later = await ask({ event, at: '2046-01-01T00:00:00Z' });
  expect(later).toMatchObject({
    at: '2046-01-01T00:00:00.000Z',
    sinks: [{ state: 'pending' }, {}],
  });
});

test('an item as the vendor shows it is read as its source reads it', async () => {
  const item = { id: 7, type: 'RANSOMWARE', threat_severity: 'VERY_HIGH', device_id: 1 };
  expect(await ask({ item: JSON.stringify(item) })).toMatchObject({
    sinks: [{ state: 'pending' }, {}],
  });
  for (const text of ['', '{}', 'null', '<html>', '[1]'])
    await expect(ask({ item: text })).rejects.toThrow(InputError);
});

test.each([
  ['neither', {}],
  ['both', { event: {}, item: '{}' }],
  ['a device that is a text', { event: { body: { device: 'SRV-1' } } }],
  ['an unknown severity', { event: { severity: 'GRAVE' } }],
  ['a key of another release', { event: { newer: 1 } }],
])('%s is refused', async (_, input) => {
  await expect(ask(input)).rejects.toThrow(InputError);
});

test('a source that is not there is named', async () => {
  await expect(ask({ source: 'b', event: {} })).rejects.toThrow(NotFoundError);
});
