// ETags of answers, and what If-Match asks for.
import { expect, test } from 'vitest';
import { etagOf, versionOf, withVersion } from '../../../src/http/api/version.ts';

const versioned = { version: { type: 'string' } };

test.each([
  [{ version: '7' }, '"7"'],
  [{ version: 'a b' }, undefined],
  [{ version: '"' }, undefined],
  [{ version: 7 }, undefined],
  [{}, undefined],
  [null, undefined],
  ['version', undefined],
])('the ETag of %j is %j', (answer, etag) => {
  expect(etagOf(answer)).toBe(etag);
});

test.each([
  [undefined, undefined],
  ['*', undefined],
  [' "7" ', '7'],
])('If-Match %j asks for %j', (header, version) => {
  expect(versionOf(header, versioned)).toBe(version);
});

test.each(['7', 'W/"7"', '"7", "8"', '""', ''])('If-Match %j is refused', (header) => {
  expect(versionOf(header, versioned)).toMatchObject({ status: 400 });
});

test('a version for what has none is refused', () => {
  expect(versionOf('"7"', {})).toMatchObject({ status: 400 });
  expect(versionOf('"7"', Object.create(versioned))).toMatchObject({ status: 400 });
});

test('it becomes a field of the input, unless that names another one', () => {
  expect(withVersion({ a: 1 }, undefined)).toEqual({ a: 1 });
  expect(withVersion({ a: 1 }, '7')).toEqual({ a: 1, version: '7' });
  expect(withVersion({ version: '7' }, '7')).toEqual({ version: '7' });
  expect(withVersion({ version: '8' }, '7')).toMatchObject({ status: 400 });
});
