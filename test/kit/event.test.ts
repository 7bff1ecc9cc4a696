// The words of an event: the order of severities, and the form in which an item is kept that cannot
// be stored as it came.
import { expect, test } from 'vitest';
import { severityNames, unparsedRaw } from '../../src/kit/event.ts';

test('the name of a severity stands at its OCSF number', () => {
  expect(severityNames.indexOf('UNKNOWN')).toBe(0);
  expect(severityNames.indexOf('INFO')).toBe(1);
  expect(severityNames.indexOf('CRITICAL')).toBe(5);
  expect(severityNames).toHaveLength(6);
});

test.each([
  ['{"id": 1', '{"id": 1'],
  ['', ''],
  ['nul \0 inside', 'nul \0 inside'],
  ['ไฟล์ 👩‍💻', 'ไฟล์ 👩‍💻'],
  // UTF-8 has no form for half of a pair.
  ['lone \uD800 surrogate', 'lone \uFFFD surrogate'],
])('an item that is no JSON is kept as JSON from which it can be had back: %j', (text, kept) => {
  const { base64, ...rest } = JSON.parse(unparsedRaw(text)) as { base64: string };
  expect(Buffer.from(base64, 'base64').toString('utf8')).toBe(kept);
  expect(rest).toEqual({});
});
