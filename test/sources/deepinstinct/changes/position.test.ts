// The cursor of the source of changes: written and read again, and read from whatever text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describePosition,
  formatPosition,
  type Position,
  parsePosition,
} from '../../../../src/sources/deepinstinct/changes/position.ts';

const from = '2026-03-05T00:00:00.000Z';
const to = '2026-03-06T00:00:00.000Z';
const doneMs = Date.parse('2026-03-05T00:10:00Z');
const position: Position = {
  sweeps: {
    'event closed': { reached: from, doneMs, run: null },
    'suspicious recurred': {
      reached: null,
      doneMs: doneMs + 60_000,
      run: { from, to, after: 7, latest: null },
    },
  },
  usedMs: [doneMs - 10, doneMs],
};

test('is read as it was written', () => {
  expect(parsePosition(formatPosition(position))).toEqual(position);
});

test('is said in words', () => {
  expect(describePosition(formatPosition(position))).toBe(
    'changes swept until 2026-03-05T00:10:00.000Z',
  );
  expect(describePosition('{"sweeps":{},"usedMs":[]}')).toBe('no sweep made yet');
  for (const other of ['', 'null', '17', '{"id":5,"at":null,"start":0}', '{"sweeps":{}}'])
    expect(describePosition(other), other).toBeUndefined();
});

test('what cannot be used of it is left out', () => {
  const odd = {
    sweeps: {
      'event closed': { reached: 'soon', doneMs: -1, run: { from, to, after: 1.5, latest: 3 } },
      'event gone': { reached: from, doneMs, run: null },
      'event recurred': 'done',
      'event reopened': { reached: from, doneMs: 9e15, run: { from: 'x', to, after: 1 } },
    },
    usedMs: ['1', null, doneMs],
  };
  expect(parsePosition(JSON.stringify(odd))).toEqual({
    sweeps: {
      'event closed': { reached: null, doneMs: null, run: null },
      'event reopened': { reached: from, doneMs: null, run: null },
    },
    usedMs: [doneMs],
  });
});

test('any text is read without a fault', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parsePosition(text)));
});
