// Whether the database takes what is written.
import { describe, expect, test } from 'vitest';
import { createWrites } from '../../src/core/writes.ts';

const error = (code?: string) => Object.assign(new Error('a path and a secret'), code === undefined ? {} : { code });

describe('what the database does not take', () => {
  test.each([
    ['53100', 'the database answers and takes no writes: its disk is full (53100)'],
    ['25006', 'the database answers and takes no writes: it is read-only (25006)'],
    ['53300', 'the database answers and takes no writes: it has no connection left (53300)'],
    ['XX000', 'the database answers and takes no writes: the last one failed with XX000'],
    [undefined, 'the database answers and takes no writes: the last one failed'],
  ])('is said in words: %s', (code, said) => {
    const writes = createWrites();
    for (let times = 0; times < 3; times += 1) writes.failed('source:a', error(code));
    expect(writes.problem()).toBe(said);
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
    expect([said, writes.problem()]).toEqual([[false, false, false, false, false, true], undefined]);
  });
});
