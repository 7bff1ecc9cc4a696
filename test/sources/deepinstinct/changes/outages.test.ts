// What the console cannot do is left alone for an hour.
import { expect, test } from 'vitest';
import { AdapterError } from '../../../../src/kit/errors.ts';
import { Outages } from '../../../../src/sources/deepinstinct/changes/outages.ts';

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-03-05T00:00:00Z');

test.each([
  ['an unknown question', 'bad_config', 404, true],
  ['a refused one', 'rejected', 400, true],
  ['an answer to another one', 'malformed', undefined, true],
  ['half an answer', 'malformed', 200, false],
  ['a fault of the server', 'server_error', 500, false],
  ['a refused key', 'auth', 401, false],
  ['no connection', 'connection', undefined, false],
] as const)('%s (%s): %s', (_, reason, status, isOut) => {
  const outages = new Outages();
  outages.failed('search', new AdapterError('retry', reason, 'it failed', { status }), nowMs);
  expect(outages.isOut('search', nowMs + 1000)).toBe(isOut);
  expect(outages.isOut('other', nowMs + 1000)).toBe(false);
});

test('ends after an hour, also if the clock went back', () => {
  const outages = new Outages();
  outages.begin('search', nowMs);
  expect(outages.isOut('search', nowMs + hourMs - 1)).toBe(true);
  expect(outages.isOut('search', nowMs + hourMs)).toBe(false);
  expect(outages.isOut('search', nowMs - 2 * hourMs)).toBe(false);
});
