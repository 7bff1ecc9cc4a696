// What a draft would change: counted for each sink, with the grave events that nobody would get,
// over a bounded part of what is stored.
import { expect, test } from 'vitest';
import { InputError, operations, perform } from '../../src/operations/index.ts';
import { diff } from '../../src/operations/route-diff.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const reader = { ...ann, role: 'read' } as const;
const config = configOf();
const ask = (written: string, days?: number) =>
  perform(diff, contextOn(db(), { config, actor: reader }), {
    draft: written,
    ...(days !== undefined && { days }),
  });

const events = [
  draft(1, { type: 'A', severity: 5, body: { itemId: '1', device: { name: 'SRV-01' } } }),
  draft(2, { type: 'B', severity: 2 }),
  draft(3, { type: 'A', severity: 4 }),
  draft(4, { type: 'C', severity: 1 }),
];

test('is in the table, and may be read by whoever reads', () => {
  expect(operations).toContain(diff);
  expect(diff.permission).toBe('read');
});

test('of routes that take less it says what each sink loses, the most urgent by name', async () => {
  await storePage(db(), { events });
  const result = await ask('- { name: low, to: [soc], match: { types: [B, C] } }');
  expect(result).toMatchObject({
    ...{ looked: 4, isCut: false, before: 4, after: 2, graveLost: 2, warnings: [] },
    sinks: [{ sink: 'soc', before: 4, after: 2, added: 0, removed: 2, recorded: 4 }],
    lost: { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 1, CRITICAL: 1 },
    gained: { CRITICAL: 0, HIGH: 0 },
    lostSample: [
      {
        ...{ severity: 'CRITICAL', type: 'A', source: 'a', device: 'SRV-01' },
        losses: [{ sink: 'soc', reason: 'other_type' }],
      },
      { severity: 'HIGH', device: null },
    ],
    gainedSample: [],
  });
});

test('of a whole file with another sink it says what that gains, and names a source that moved', async () => {
  await storePage(db(), { events });
  const result = await ask(`
sources:
  edr: { type: deepinstinct_events, url: "https://console.example", token: "\${KEY}" }
sinks:
  boss: { type: mattermost, url: "\${HOOK}" }
routes:
  - { name: boss, to: [boss], match: { sources: [edr], min_severity: HIGH } }
`);
  expect(result).toMatchObject({
    ...{ before: 4, after: 2, graveLost: 0, renamedSources: [{ from: 'a', to: 'edr' }] },
    sinks: [
      { sink: 'boss', before: null, after: 2, added: 2, removed: 0, recorded: 0 },
      { sink: 'soc', before: 4, after: null, added: 0, removed: 4, recorded: 4 },
    ],
    lost: { LOW: 1, INFO: 1 },
  });
});

test('what only the draft would announce is named', async () => {
  const high = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
routes:
  - { name: high, to: [soc], match: { min_severity: HIGH } }
`);
  await storePage(db(), { events });
  const context = contextOn(db(), { config: high });
  const result = await perform(diff, context, { draft: '- { name: all, to: [soc] }' });
  expect(result).toMatchObject({ before: 2, after: 4, gained: { LOW: 1, INFO: 1 } });
  expect(result.gainedSample.map(({ type }) => type)).toEqual(['B', 'C']);
});

test('a bad draft is refused with every problem in its place', async () => {
  const refused = ask('- { name: a, to: [sco] }\n- { name: b, to: [soc], wen: x }\n');
  await expect(refused).rejects.toThrow(InputError);
  const message = await refused.then(String, (error: Error) => error.message);
  expect(message.split('\n')).toHaveLength(2);
  expect(message).toMatch(/^draft:1:19 routes\[0\]\.to\[0\] "sco" is not a sink/m);
  expect(message).toMatch(/^draft:2:\d+ routes\[1\]/m);
});

test('a draft has a bound, and so has what is looked at', async () => {
  const tooLong = { draft: '#'.repeat(1_000_001) };
  expect(diff.input.safeParse(tooLong).success).toBe(false);
  await storePage(db(), { events });
  await db().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    select source, external_id || 'x' || n, subject, stream, type, severity, body, raw, routes
    from events, generate_series(1, 6000) n`;
  const result = await ask('- { name: all, to: [soc] }', 1);
  expect(result.looked).toBeLessThanOrEqual(20_500);
  expect(result).toMatchObject({ isCut: true, graveLost: 0 });
  expect(Date.parse(result.searchedTo)).toBeGreaterThan(Date.now() - 600_000);
}, 30_000);

test('of nothing stored nothing changes', async () => {
  const input = { draft: '- { name: all, to: [soc] }', days: 2 };
  expect(await overTheWire(db(), diff, input)).toMatchObject({ looked: 0, before: 0, after: 0 });
});
