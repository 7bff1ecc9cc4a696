// An event as a Detection Finding: the schema of OCSF allows it, and nothing is made up.
import { describe, expect, it, test } from 'vitest';
import { findingOf } from '../../src/kit/ocsf.ts';
import { digestOfStorm, storedDigest } from '../support/digests.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';
import { faultsOfFinding } from '../support/ocsf-schema.ts';
import { messageOf } from '../support/voice.ts';

// biome-ignore lint/suspicious/noExplicitAny: a finding is data of many shapes
const finding = (...message: Parameters<typeof messageOf>): any =>
  JSON.parse(JSON.stringify(findingOf(messageOf(...message), 'soc-1')));

describe.each(['full', 'short', 'bare'] as const)('the %s form', (form) => {
  const file = { hash: 'a'.repeat(64) };
  const hostile = eventOfTexts(() => 'not what it should be');
  test.each([
    ['everything', storedEvent()],
    ['next to nothing', storedEvent({ body: {}, occurredAt: null })],
    ['a hash alone', storedEvent({ body: { file } })],
    ['a process without a number', storedEvent({ body: { process: { name: 'x.exe' } } })],
    ['a device without a name', storedEvent({ body: { device: { ip: '2001:db8::1', id: '8' } } })],
    ['what is no address', hostile],
    ['a digest', storedDigest(digestOfStorm)],
    ['a notice', storedEvent({ body: { notice: { kind: 'sample', values: { sink: 'soc' } } } })],
  ])('of %s is a Detection Finding of OCSF 1.8', (_title, event) => {
    const found = finding(event, { form });
    expect(faultsOfFinding(found)).toEqual([]);
    expect(found.type_uid).toBe(found.class_uid * 100 + found.activity_id);
    expect(JSON.stringify(found)).not.toMatch(/undefined|NaN/);
  });
});

test('what the class does not allow would be found', () => {
  const right = finding(storedEvent());
  const { time: _time, ...timeless } = right;
  for (const wrong of [
    timeless,
    { ...right, severity_id: 7 },
    { ...right, no_such_attribute: 1 },
    { ...right, time: 'now' },
    { ...right, device: { ...right.device, ip: 'localhost' } },
    { ...right, device: { type_id: 0 } },
    { ...right, metadata: { ...right.metadata, profiles: [] } },
    { ...right, evidences: [{ file: { type_id: 1 } }] },
  ])
    expect(faultsOfFinding(wrong)).not.toEqual([]);
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
  expect(observables).toContainEqual({ name: 'device.ip', type_id: 2, value: '192.0.2.17' });
  expect(finding(storedEvent({ body: {} }))).not.toHaveProperty('observables');
});

test.each([
  ['OPEN', 1],
  ['REOPEN', 1],
  ['New', 1],
  ['In Progress', 2],
  ['in-progress', 2],
  ['FALSE_POSITIVE', 3],
  ['CLOSED', 4],
  ['resolved', 4],
  ['NOT_CLOSED', 99],
  ['VAPORISED', 99],
  ['', 0],
  [null, 0],
])('the status %j has number %i, and stands as the vendor writes it too', (status, id) => {
  const found = finding(storedEvent({ status }));
  expect(found.status_id).toBe(id);
  expect(found.unmapped.status ?? null).toBe(status);
  expect(finding(storedEvent({ status }), { form: 'bare' }).status_id).toBe(0);
});

test('what is unknown, HIGH or CRITICAL is an alert', () => {
  const alerts = ([0, 1, 2, 3, 4, 5] as const).filter(
    (severity) => finding(storedEvent({ severity })).is_alert,
  );
  expect(alerts).toEqual([0, 4, 5]);
});

test.each([
  [{ name: '', path: 'C:\\x.exe', size: 7 }, 'C:\\x.exe'],
  [{ name: '', path: '', hash: 'ab12', size: 7 }, 'ab12'],
])('a file with an empty name is called by what else it has: %j', (file, name) => {
  const { evidences } = finding(storedEvent({ body: { file } }));
  expect(evidences[0].file).toMatchObject({ name, size: 7 });
});
