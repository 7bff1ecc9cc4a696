// Rows of events are read with every value checked.
import { describe, expect, test } from 'vitest';
import { eventColumns, factsOf, severityOf, toEvent } from '../../src/store/event-row.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const row = {
  ...{ id: '7', source: 'a', external_id: 'x', subject: 's', stream: 'event', type: 'T' },
  ...{ severity: 5, status: null, action: 'PREVENTED' },
  ...{ occurred_at: null, received_at: '1770081572505.123', body: '{"itemId":"x"}' },
};

describe('an event', () => {
  test('is read with its times in UTC, and null where the vendor said nothing', () => {
    expect(toEvent(row)).toEqual({
      ...{ id: 7, source: 'a', externalId: 'x', subject: 's', stream: 'event', type: 'T' },
      ...{ severity: 5, status: null, action: 'PREVENTED', occurredAt: null },
      ...{ receivedAt: '2026-02-03T01:19:32.505Z', body: { itemId: 'x' } },
    });
  });

  test.each([
    ['id', null],
    ['type', null],
    ['severity', 6],
    ['severity', '5'],
    ['status', 7],
    ['received_at', null],
    ['occurred_at', 'never'],
    ['body', '"text"'],
  ])('with %s of %j is an error that names the column', (name, value) => {
    expect(() => toEvent({ ...row, [name]: value })).toThrow(`events.${name}`);
  });

  test('has a severity from 0 to 5', () => {
    const severities = [0, 1, 2, 3, 4, 5].map((severity) => severityOf({ ...row, severity }));
    expect(severities).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => severityOf({ ...row, severity: -1 })).toThrow('events.severity');
  });

  test('has facts for rules, which its body and times are not among', () => {
    expect(factsOf(row)).toEqual({
      ...{ stream: 'event', type: 'T', severity: 5, status: null, action: 'PREVENTED' },
    });
  });
});

describe('the columns', () => {
  const database = useDatabase();

  test('are all that an event is read from', async () => {
    const given = draft(1, { status: null, occurredAt: '2026-02-03T01:19:32.505Z' });
    await storePage(database(), { events: [given] });
    const [stored] = await database().$client`select ${eventColumns(database())} from events e`;
    const { raw: _, ...said } = given;
    expect(toEvent(stored!)).toMatchObject({ ...said, source: 'a' });
  });
});
