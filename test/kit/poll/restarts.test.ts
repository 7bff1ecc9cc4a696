// How often the pages may begin again, and that a failure which lasts is not hidden by that.
import { expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { Restarts } from '../../../src/kit/poll/restarts.ts';

const refused = (status: number) => new AdapterError('retry', 'rejected', 'no', { status });
const position = { from: 0, at: 1, walk: { since: 0, until: 2, newest: 0, pages: 1, mark: 'm' } };

test.each([400, 404, 409, 410, 422])('after %i the pages begin again', (status) =>
  expect(new Restarts(() => 0).mayFollow(refused(status))).toBe(true),
);

test.each([
  refused(401),
  refused(429),
  refused(500),
  new AdapterError('retry', 'auth', 'no', { status: 400 }),
  new Error('no'),
])('after %s they do not', (error) => expect(new Restarts(() => 0).mayFollow(error)).toBe(false));

test('three times in a row, then the failure stands for half an hour', () => {
  let nowMs = 0;
  const restarts = new Restarts(() => nowMs);
  const tries = [1, 2, 3, 4].map(() => {
    restarts.turned(false);
    return restarts.mayFollow(refused(400));
  });
  expect(tries).toEqual([true, true, true, false]);
  expect(restarts.resume(position)).toBe(position);
  nowMs = 1_800_000;
  expect(restarts.resume(position)).toEqual({ from: 0, at: 1 });
  expect(restarts.resume(position)).toBe(position);
});

test('a walk that comes to its end settles it', () => {
  const restarts = new Restarts(() => 0);
  for (let n = 0; n < 3; n += 1) restarts.mayFollow(refused(400));
  restarts.turned(true);
  expect(restarts.mayFollow(refused(400))).toBe(true);
});
