// Alerts of a rule engine: what is one alert, what is a repetition, and what closes it.
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { EventDraft } from '../../src/kit/event.ts';
import { firedSource } from '../../src/kit/fired-alert.ts';
import { pushSettings } from '../../src/kit/push-settings.ts';
import { faultsOf } from '../contract/draft-faults.ts';

const basics = z
  .strictObject(pushSettings)
  .parse({ proof: 'path', secret: 'a-secret-of-32-random-characters' });
const alert = {
  ...{ status: 'firing', fingerprint: 'f00d', startsAt: '2026-03-01T02:03:04.1Z' },
  labels: { alertname: 'HostDown', severity: 'page', host: 'pc-1', team: 'soc', zone: 'a' },
  annotations: { summary: 'Down', description: 'No answer.' },
};

function read(alerts: unknown, more: object = {}): readonly EventDraft[] {
  const settings = { ...basics, severity_label: 'severity', severity_map: undefined, ...more };
  const body = new TextEncoder().encode(JSON.stringify({ alerts }));
  const source = firedSource(settings, 'engine', ({ zone }) => ({ trigger: String(zone) }));
  const { events } = source.parse({ headers: new Headers(), query: new URLSearchParams(), body });
  for (const event of events) expect(faultsOf(event)).toEqual([]);
  return events;
}
const readOne = (more: object, settings: object = {}) =>
  read([{ ...alert, ...more }], settings)[0]!;

test('an alert that fires is an event with its facts', () => {
  expect(readOne({ endsAt: '0001-01-01T00:00:00Z', valueString: 'A=1' })).toEqual({
    externalId: 'f00d/2026-03-01T02:03:04.100Z',
    ...{ subject: 'alert/f00d/2026-03-01T02:03:04.100Z', stream: 'alert' },
    ...{ type: 'HostDown', severity: 5, status: 'firing', action: null },
    occurredAt: '2026-03-01T02:03:04.100Z',
    body: {
      ...{ itemId: 'f00d', severityRaw: 'page', device: { name: 'pc-1' }, trigger: 'a' },
      ...{ description: 'Down\nNo answer.\nA=1', comment: 'team=soc, zone=a' },
    },
    raw: expect.any(String),
  });
});

test('what moves while it fires makes no other event of it', () => {
  const again = { endsAt: '2026-03-01T09:00:00Z', annotations: { summary: 'Still down' } };
  expect(readOne(again).externalId).toBe(readOne({}).externalId);
  expect(readOne({ startsAt: '2026-03-01T09:03:04.1+07:00' }).externalId).toBe(
    readOne({}).externalId,
  );
  expect(readOne({ startsAt: '2026-03-02T02:03:04.1Z' }).externalId).not.toBe(
    readOne({}).externalId,
  );
});

test('an alert that is over closes the one that fired, and is no other alert', () => {
  const over = readOne({ status: 'resolved', endsAt: '2026-03-01T03:00:00Z' });
  expect(over).toMatchObject({
    ...{ externalId: `${readOne({}).externalId}/resolved`, subject: readOne({}).subject },
    ...{ stream: 'change', status: 'resolved', occurredAt: '2026-03-01T03:00:00.000Z' },
    body: {
      change: {
        ...{ source: 'engine', externalId: readOne({}).externalId, closing: 'closed' },
        fields: [{ name: 'status', from: 'firing', to: 'resolved' }],
      },
    },
  });
});

test.each([
  [{ fingerprint: undefined }],
  [{ fingerprint: '' }],
  [{ fingerprint: 'a b' }],
  [{ fingerprint: 'x'.repeat(101) }],
  [{ fingerprint: 7 }],
  [{ startsAt: undefined }],
  [{ startsAt: '0001-01-01T00:00:00Z' }],
  [{ status: 'pending' }],
  [{ status: undefined }],
])('an alert with %o is kept as one that nobody understands, beside the others', (more) => {
  const events = read([{ ...alert, ...more }, alert]);
  expect(events.map(({ type }) => type)).toEqual(['UNRECOGNISED', 'HostDown']);
});

test.each([
  ['critical', 5],
  ['error', 4],
  ['High', 4],
  ['warning', 3],
  ['info', 1],
  ['none', 1],
  ['P0', 0],
  [undefined, 0],
])('the severity %o is %i', (severity, expected) => {
  expect(readOne({ labels: { alertname: 'A', severity } }).severity).toBe(expected);
});

test('the label and the words of severities can be others', () => {
  const settings = { severity_label: 'priority', severity_map: { P0: 'CRITICAL' } };
  const { severity, body } = readOne({ labels: { priority: 'P0', severity: 'info' } }, settings);
  expect([severity, body.severityRaw, body.comment]).toEqual([5, 'P0', 'severity=info']);
});

test('an alert without a name has a type all the same', () => {
  expect(readOne({ labels: null, annotations: 7 }).type).toBe('ALERT');
});

test.each([[undefined], [null], [{}], ['a']])('alerts that are %o are no list', (alerts) => {
  expect(() => read(alerts)).toThrow('The body has no list "alerts".');
});
