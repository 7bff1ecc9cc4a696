// What is read of a delivery's row: values that are null are absent, and a wrong one is an error.
import { expect, test } from 'vitest';
import type { IncidentView } from '../../../src/kit/incident.ts';
import { toDue } from '../../../src/store/deliveries/row.ts';

const plain = {
  ...{
    id: 1,
    source: 'a',
    external_id: '1',
    subject: 's',
    stream: 'event',
    type: 'T',
    severity: 3,
  },
  ...{ status: null, action: null, occurred_at: null, received_at: '1770081572505.123' },
  ...{ body: '{}', traceparent: null },
  ...{ attempts: 0, form: 'full', priority: 2, route: null, unanswered: 0 },
  ...{ held_by: null, held_until: null, kind: 'card', thread_id: null },
};

test('a delivery without a route, a trace and an attempt does not mention them', () => {
  const { event, ...delivery } = toDue(plain);
  expect(delivery).toEqual({ priority: 2, attempts: 0, form: 'full' });
  expect(event).toMatchObject({ id: 1, severity: 3, body: {} });
});

test('a delivery with them has all of them', () => {
  const row = {
    ...plain,
    route: 'r',
    traceparent: '00-1',
    unanswered: 2,
    attempts: 3,
    form: 'bare',
    held_by: 'group',
    held_until: '1770081572505.5',
  };
  expect(toDue(row)).toMatchObject({
    ...{ route: 'r', traceParent: '00-1', unanswered: 2, attempts: 3, form: 'bare' },
    held: { by: 'group', untilMs: 1770081572505.5 },
  });
});

test('a reply knows its message, and a card what became of its event', () => {
  expect(toDue({ ...plain, kind: 'reply', thread_id: 'm1' })).toMatchObject({
    ...{ kind: 'reply', threadId: 'm1' },
  });
  const incident = { id: 7, version: 2 } as IncidentView;
  expect(toDue(plain, incident).incident).toBe(incident);
});

test.each([
  ['kind', 'letter', 'deliveries.kind'],
  ['form', 'medium', 'deliveries.form'],
  ['attempts', null, 'deliveries.attempts'],
  ['unanswered', undefined, 'deliveries.unanswered'],
  ['severity', 6, 'events.severity'],
  ['held_by', 'nobody', 'deliveries.held_by'],
])('%s of %s is an error that names the column', (name, value, column) => {
  expect(() => toDue({ ...plain, held_until: 1, held_by: 'storm', [name]: value })).toThrow(column);
});
