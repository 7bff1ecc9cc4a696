// What people read of an event: held, silenced, digested, and names that attackers chose.
import { expect, test } from 'vitest';
import { decidedText, eventLine, shownText } from '../../../src/commands/event/print.ts';

const at = '2026-03-02T15:00:00.000Z';
const item: Parameters<typeof eventLine>[0] = {
  ...{ id: '7', source: 'di', externalId: '41', itemId: null, subject: 's', stream: 'events' },
  ...{ type: 'RANSOM', severity: 'HIGH', status: null, action: null, occurredAt: null },
  ...{ receivedAt: at, device: 'pc\u001B[2J\nx', user: null, ip: null, tenant: null },
  ...{ file: 'f'.repeat(200), hash: null, threat: null, recurrence: null, link: null },
  deliveries: [{ sink: 'soc', state: 'dead' }],
};
const neighbours = { count: 100, hasMore: true, filter: {} };

test('an event is one line, whatever its device is called', () => {
  const line = eventLine(item);
  expect(line).toMatch(/^7 {2}2026-03-02T15:00:00\.000Z {2}HIGH {2}RANSOM {2}- {2}pc\\u\{1B\}/);
  expect(line).toMatch(/ {2}soc: dead\n$/);
  expect(line.split('\n')).toHaveLength(2);
  expect(line.length).toBeLessThan(250);
  expect(eventLine({ ...item, deliveries: [] })).toMatch(/ {2}no sink\n$/);
});

test('a delivery says what held it, what silenced it, and each attempt', () => {
  const delivery = {
    ...{ sink: 'soc', state: 'pending', reason: 'silenced', attempts: 1, form: 'full' },
    ...{ scheduledAt: at, finalizedAt: null, route: null, group: null, digestId: '9' },
    ...{ silence: { id: '3', owner: 'ann', reason: 'drill' }, remoteId: null },
    ...{ heldBy: 'group', heldUntil: at },
    tried: [
      {
        ...{ at, outcome: 'retry', reason: 'timeout', status: null, durationMs: 30 },
        ...{ answer: null, isOfDigest: false },
      },
    ],
  } as const;
  const shown = {
    ...{ event: item, body: {}, raw: '{}', routes: [], deliveries: [{ ...delivery }] },
    ...{ changes: [item], sameDevice: neighbours, sameHash: null },
  } as unknown as Parameters<typeof shownText>[0];
  const text = shownText(shown);
  expect(text).toContain('  routes  none took it\n  same device  100 or more other events\n');
  expect(text).toContain(`  soc  pending, silenced  due ${at}  route -  1 failed\n`);
  expect(text).toContain('    silence 3 of ann: drill\n');
  expect(text).toContain(`    held by group until ${at}\n    in digest 9\n`);
  expect(text).toContain(`    ${at}  retry  timeout  30 ms\n`);
  expect(text).toContain('Other events of the same item:\n  7  ');
  expect(shownText({ ...shown, deliveries: [], changes: [] })).toMatch(/It went to no sink\.\n$/);
});

test('a decision says of each route why, and of each sink what it gets', () => {
  const sink = { id: 'a', reason: null, route: 'r', heldBy: null, silence: null } as const;
  const text = decidedText({
    ...{ at, event: item },
    routes: [{ name: 'r', reason: null, words: 'takes it' }],
    sinks: [
      { ...sink, state: 'pending', heldBy: 'quiet' },
      {
        ...{ ...sink, id: 'b', state: 'suppressed', reason: 'silenced' },
        silence: { id: '3', owner: 'ann', reason: 'drill' },
      },
      { ...sink, id: 'c', state: 'none', route: null },
    ],
  });
  expect(text).toContain('  route r  takes it\n');
  expect(text).toContain('  sink a  gets it, held by quiet, route r\n');
  expect(text).toContain('  sink b  does not get it (silenced by silence 3 of ann), route r\n');
  expect(text).toContain('  sink c  no route names it\n');
});
