// Silences are made, listed and ended as they were asked for; no key of a matcher is lost on the
// way.
import { expect, test } from 'vitest';
import { silence } from '../../src/operations/index.ts';
import { useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const rules = { maxMs: 86_400_000, sources: ['di'], isEverythingAllowed: false };
const request = {
  matcher: { types: ['A*'], when: 'event.severity < 4' },
  ...{ owner: 'anna', reason: 'patch night', startsAtMs: null, endsAtMs: null, forMs: 3_600_000 },
};

test('is made, listed, and ended by its owner alone', async () => {
  const result = await overTheWire(db(), silence.add, {
    silencing: { requests: [request], rules },
  });
  const [{ id } = { id: 0 }] = 'added' in result ? result.added : [];
  expect(await overTheWire(db(), silence.list, {})).toMatchObject([
    { id, matcher: request.matcher, owner: 'anna', state: 'active', hidden: 0 },
  ]);
  expect(await overTheWire(db(), silence.end, { silence: id, owner: 'bob' })).toBe('other_owner');
  expect(await overTheWire(db(), silence.end, { silence: id, owner: 'anna' })).toBe('ended');
  expect(await overTheWire(db(), silence.list, {})).toEqual([]);
  expect(await overTheWire(db(), silence.list, { all: true, limit: 5 })).toMatchObject([
    { id, state: 'over' },
  ]);
});

test('what is wrong with one is an answer, and nothing is made', async () => {
  const requests = [request, { ...request, matcher: {} }];
  expect(await overTheWire(db(), silence.add, { silencing: { requests, rules } })).toEqual({
    refused: [{ index: 1, problem: expect.stringContaining('matches every event') }],
  });
  expect(await overTheWire(db(), silence.list, { all: true })).toEqual([]);
});

test('a key that nobody knows reaches the check of the matcher, and widens nothing', async () => {
  const matcher: unknown = JSON.parse('{"types": ["A"], "__proto__": ["B"], "newer": 1}');
  const input = silence.add.input.parse({
    silencing: { requests: [{ ...request, matcher }], rules },
  });
  expect(Object.keys(input.silencing.requests[0]!.matcher)).toEqual([
    'types',
    '__proto__',
    'newer',
  ]);
});
