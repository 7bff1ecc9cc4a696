// An event as a Detection Finding: what the schema requires is always there, and nothing is made up.
import { describe, expect, it, test } from 'vitest';
import { findingOf } from '../../../src/sinks/webhook/ocsf.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';

// biome-ignore lint/suspicious/noExplicitAny: a finding is data of many shapes
const finding = (...message: Parameters<typeof messageOf>): any =>
  JSON.parse(JSON.stringify(findingOf(messageOf(...message), 'soc-1')));

/** https://schema.ocsf.io/1.8.0/classes/detection_finding */
const required = [
  ...['activity_id', 'category_uid', 'class_uid', 'finding_info', 'metadata'],
  ...['severity_id', 'time', 'type_uid'],
];

describe.each(['full', 'short', 'bare'] as const)('the %s form', (form) => {
  test('has what the class requires, also for an event that says next to nothing', () => {
    for (const event of [storedEvent(), storedEvent({ body: {}, occurredAt: null })]) {
      const found = finding(event, { form });
      expect(Object.keys(found)).toEqual(expect.arrayContaining(required));
      expect(found.type_uid).toBe(found.class_uid * 100 + found.activity_id);
      expect(found.time).toBeTypeOf('number');
      expect(JSON.stringify(found)).not.toMatch(/null|undefined|NaN/);
    }
  });
});

it('has no text of others when it is bare', () => {
  const found = finding(storedEvent(), { form: 'bare' });
  expect(JSON.stringify(found)).not.toMatch(/invoice|192\.0\.2\.17/);
  expect(found.finding_info.uid).toBe('4711');
});

test.each([
  [32, 1],
  [40, 2],
  [64, 3],
  [128, 4],
])('a hash of %i characters is of algorithm %i', (length, algorithm_id) => {
  const value = 'a'.repeat(length);
  const { evidences } = finding(storedEvent({ body: { file: { hash: value } } }));
  expect(evidences[0].file.hashes).toEqual([{ algorithm_id, value }]);
});

it('names no algorithm that it does not know', () => {
  const { evidences } = finding(storedEvent({ body: { file: { name: 'a', hash: 'ab12' } } }));
  expect(evidences[0].file).not.toHaveProperty('hashes');
});

it('lists what can be searched for', () => {
  const { observables } = finding(storedEvent());
  expect(observables).toContainEqual({ name: 'ip', type_id: 2, value: '192.0.2.17' });
  expect(finding(storedEvent({ body: {} }))).not.toHaveProperty('observables');
});
