// Whether the database takes what is written.
import { describe, expect, test } from 'vitest';
import { createWrites, noWritesText, whyNoWrites } from '../../../src/core/loops/writes.ts';

const error = (code?: string) =>
  Object.assign(new Error('a path and a secret'), code === undefined ? {} : { code });

describe('what the database does not take', () => {
  test.each([
    ['53100', 'disk_full', 'its disk is full (53100)'],
    ['ENOSPC', 'disk_full', 'its disk is full (ENOSPC)'],
    ['EDQUOT', 'disk_full', 'its disk is full (EDQUOT)'],
    ['25006', 'read_only', 'it is read-only (25006)'],
    ['EROFS', 'read_only', 'it is read-only (EROFS)'],
    ['42501', 'not_allowed', 'its user may not write (42501)'],
    ['53200', 'out_of_memory', 'it is out of memory (53200)'],
    ['53300', 'no_connection', 'it has no connection left (53300)'],
    ['XX000', 'other', 'the last one failed with XX000'],
    ['constructor', 'other', 'the last one failed with constructor'],
    [undefined, 'other', 'the last one failed'],
  ])('is said in words, and as a label: %s', (code, reason, text) => {
    const writes = createWrites();
    for (let times = 0; times < 3; times += 1) writes.failed('source:a', error(code));
    expect(writes.problem()).toEqual({ reason, text });
  });

  test('is a problem after three failures in a row of one writer, whatever others write', () => {
    const writes = createWrites();
    const said: boolean[] = [];
    for (const isFailure of [true, true, false, true, true, true]) {
      if (isFailure) writes.failed('source:a', error('53100'));
      else writes.passed('source:a');
      writes.failed('source:b', error());
      writes.passed('source:b');
      said.push(writes.problem() !== undefined);
    }
    writes.passed('source:a');
    expect([said, writes.problem()]).toEqual([
      [false, false, false, false, false, true],
      undefined,
    ]);
  });

  test('keeps the heartbeat back, in other words than a database that does not answer', async () => {
    const writes = createWrites();
    const answers = async () => undefined;
    expect(await whyNoWrites(answers, writes)).toBeUndefined();
    for (let times = 0; times < 3; times += 1) writes.failed('source:a', error('53100'));
    expect(await whyNoWrites(answers, writes)).toBe(noWritesText(writes.problem()!));
    const away = () =>
      Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    expect(await whyNoWrites(away, writes)).toBe(
      'the database does not answer: ECONNREFUSED refused',
    );
  });
});
