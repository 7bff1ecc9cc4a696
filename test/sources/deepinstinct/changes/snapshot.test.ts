// What counts as a change of an item between two looks, and what it means.
import { describe, expect, test } from 'vitest';
import {
  changesBetween,
  meaningOf,
  snapshotOf,
} from '../../../../src/sources/deepinstinct/changes/snapshot.ts';

const item = {
  status: 'OPEN',
  threat_severity: 'HIGH',
  action: 'DETECTED',
  last_action: 'QUARANTINE_FAILED',
  reoccurrence_count: 1,
  last_reoccurrence: '2026-03-05T00:00:00.000000Z',
  file_status: 'NOT_UPLOADED',
  sandbox_status: 'NOT_READY_TO_GENERATE',
};
const closed = {
  ...item,
  status: 'CLOSED',
  close_timestamp: '2026-03-05T01:00:00.000000Z',
  close_trigger: 'CLOSED_BY_ADMIN',
  comment: 'known',
};

function changes(before: object, after: object): string[] {
  return changesBetween(snapshotOf({ ...before }), snapshotOf({ ...after })).map(
    ({ name, from, to }) => `${name}: ${from} -> ${to}`,
  );
}

describe('a change', () => {
  test.each<[string, object, object, string[]]>([
    ['of nothing', item, { ...item }, []],
    [
      'of all that closing changes, the status first',
      item,
      closed,
      [
        'status: OPEN -> CLOSED',
        'closeTrigger: null -> CLOSED_BY_ADMIN',
        'comment: null -> known',
        'closedAt: null -> 2026-03-05T01:00:00.000Z',
      ],
    ],
    [
      'of what opening again takes away',
      closed,
      { ...item, status: 'REOPEN' },
      [
        'status: CLOSED -> REOPEN',
        'closeTrigger: CLOSED_BY_ADMIN -> null',
        'comment: known -> null',
        'closedAt: 2026-03-05T01:00:00.000Z -> null',
      ],
    ],
    [
      'of a recurrence, with its time',
      item,
      { ...item, reoccurrence_count: 9, last_reoccurrence: '2026-03-05T02:00:00Z' },
      ['recurrence: 1 -> 9', 'lastSeenAt: 2026-03-05T00:00:00.000Z -> 2026-03-05T02:00:00.000Z'],
    ],
    ['of the severity', item, { ...item, threat_severity: 'LOW' }, ['severity: HIGH -> LOW']],
    ['of the action', item, { ...item, action: 'REMEDIATED' }, ['action: DETECTED -> REMEDIATED']],
    [
      'of both statuses of the file',
      item,
      { ...item, file_status: 'UPLOADED', sandbox_status: 'REPORT_CREATED' },
      [
        'fileStatus: NOT_UPLOADED -> UPLOADED',
        'sandboxStatus: NOT_READY_TO_GENERATE -> REPORT_CREATED',
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });
});

describe('no change', () => {
  test.each<[string, object, object]>([
    [
      'a time that is written in another form',
      closed,
      { ...closed, close_timestamp: '2026-03-05 08:00:00+07:00' },
    ],
    [
      'a later time of the last occurrence without another count',
      item,
      { ...item, last_reoccurrence: '2026-03-05T09:00:00Z' },
    ],
    [
      'another time of the same closing',
      closed,
      { ...closed, close_timestamp: '2026-03-05T01:00:09Z' },
    ],
    [
      'null, "" and nothing in each other’s place',
      { ...item, comment: null },
      { ...item, comment: '' },
    ],
    [
      'a count from 0 where the release before counted from 1',
      { ...item, reoccurrence_count: 0 },
      item,
    ],
    ['a field that the answer leaves out', item, { status: 'OPEN' }],
    ['a field that nobody follows', item, { ...item, occurrence_count: 7, affected_device: 3 }],
  ])('%s', (_, before, after) => {
    expect(changes(before, after)).toEqual([]);
  });
});

test('says what it means for whoever works on it', () => {
  const meaning = (before: object, after: object) =>
    meaningOf(changesBetween(snapshotOf({ ...before }), snapshotOf({ ...after })));
  expect(meaning(item, closed)).toEqual({ closing: 'closed' });
  expect(meaning(closed, { ...item, status: 'REOPEN' })).toEqual({ closing: 'reopened' });
  expect(meaning(item, { ...item, status: 'REOPEN' })).toEqual({});
  expect(meaning(item, { ...item, reoccurrence_count: 4 })).toEqual({ seenAgain: 3 });
  const { reoccurrence_count: _, ...uncounted } = item;
  expect(meaning(uncounted, { ...item, reoccurrence_count: 2 })).toEqual({ seenAgain: 1 });
  expect(meaning({ ...item, reoccurrence_count: 4 }, item)).toEqual({});
});
