// The alarm about a tenant: raised only if a second answer confirms what speaks against it.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { createAlarm } from '../../../src/sources/deepinstinct/alarm.ts';
import type { Cursor } from '../../../src/sources/deepinstinct/cursor.ts';
import { emptyPage, type WireItem } from '../../../src/sources/deepinstinct/page.ts';
import { minutesAgo, nowMs } from './fake-tenant.ts';

const cursor: Cursor = { id: 100, at: minutesAgo(50), start: 0 };

function wire(id: number, minutes: number): WireItem {
  return { value: {}, raw: `{"id":${id}}`, id, at: minutesAgo(minutes) };
}

/** An alarm whose question is answered by these items. */
function alarmWith(answer: readonly WireItem[]) {
  const asked: number[] = [];
  const alarm = createAlarm({
    host: 'console.example',
    sourceId: 'soc',
    now: () => nowMs,
    read: async (after) => {
      asked.push(after);
      return { ...emptyPage, items: answer };
    },
  });
  return { alarm, asked };
}

const younger = wire(90, 10);
const other = wire(100, 10);
const farBelow = wire(3, 60);

describe('an alarm that is confirmed', () => {
  test.each([
    [
      'another',
      other,
      [other],
      `have begun anew, as after a rebuild, a restore or with another tenant. Event 100 was inserted at ${cursor.at}; now event 100 is said to be from ${other.at}.`,
    ],
    [
      'behind',
      younger,
      [younger, wire(95, 9)],
      `have fallen behind ours, as after a restore from a backup, a rebuild or a wrong answer. We have read up to event 100 of ${cursor.at}; that one is gone, and event 90 is said to be from ${younger.at}.`,
    ],
    ['far', farBelow, [farBelow], 'have fallen behind ours'],
  ] as const)('says that a tenant is %s, and what to do', async (kind, seen, answer, words) => {
    const { alarm, asked } = alarmWith(answer);
    const raised = alarm(cursor, { kind, seen });
    await expect(raised).rejects.toMatchObject({ outcome: 'retry', reason: 'reset' });
    await expect(raised).rejects.toThrow(words);
    await expect(raised).rejects.toThrow(/^console\.example: .*`tocsin source reset soc`/);
    expect(asked).toEqual([seen.id! - 1]);
  });

  test('names no time of the cursor where none is known', async () => {
    const { alarm } = alarmWith([younger]);
    const raised = alarm({ ...cursor, at: null }, { kind: 'behind', seen: younger });
    await expect(raised).rejects.toThrow('up to event 100; that one is gone');
  });
});

describe('no alarm but an unclear answer', () => {
  test.each([
    ['the item that spoke against it is gone', 'behind', younger, []],
    ['that item is from another time', 'behind', younger, [wire(90, 11)]],
    ['the item of the cursor is there after all', 'behind', younger, [younger, wire(100, 50)]],
    ['the number of the cursor is its own again', 'another', other, [wire(100, 50)]],
    ['more follows the last one far below', 'far', farBelow, [farBelow, wire(4, 59)]],
  ] as const)('%s', async (_what, kind, seen, answer) => {
    const raised = alarmWith(answer).alarm(cursor, { kind, seen });
    await expect(raised).rejects.toMatchObject({ outcome: 'retry', reason: 'malformed' });
    await expect(raised).rejects.toThrow(`event ${seen.id} of ${seen.at}, which does not fit`);
  });
});

test('a second question that fails is its own error', async () => {
  const broken = new AdapterError('retry', 'server_error', 'busy');
  const alarm = createAlarm({
    host: 'console.example',
    sourceId: 'soc',
    now: () => nowMs,
    read: () => Promise.reject(broken),
  });
  await expect(alarm(cursor, { kind: 'behind', seen: younger })).rejects.toBe(broken);
});
