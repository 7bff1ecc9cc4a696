// What is read of a notification without any expression.
import { expect, test } from 'vitest';
import { contentsOf, knownOf } from '../../../src/sources/sns/contents.ts';

const ofBridge = (detail: object) => knownOf({ 'detail-type': 'Finding', detail }, undefined);

test.each([
  [1, 2],
  [3.9, 2],
  [4, 3],
  [6.9, 3],
  [7, 4],
  [8.9, 4],
  [9, 5],
  [10, 5],
  [0, 0],
  [-1, 0],
])('the number %d is the severity %i', (severity, wanted) => {
  expect(ofBridge({ severity })).toMatchObject({ severity: wanted, severityRaw: String(severity) });
});

test.each([
  ['CRITICAL', 5],
  ['INFORMATIONAL', 1],
  ['GRAVE', 0],
])('the word %s is %i', (Label, severity) => {
  expect(ofBridge({ findings: [{ Severity: { Label } }] })).toMatchObject({ severity });
});

test.each([
  ['ALARM', 4],
  ['INSUFFICIENT_DATA', 2],
  ['OK', 1],
  ['constructor', 0],
])('the state %s is %i', (NewStateValue, severity) => {
  const known = knownOf({ AlarmName: 'a', NewStateValue }, undefined);
  expect(known).toMatchObject({ type: 'a', severity, status: NewStateValue });
});

test('an empty subject is none', () => {
  expect(knownOf('The backup failed', '').body).toEqual({ description: 'The backup failed' });
});

test('a text is its description, and its subject the comment', () => {
  expect(knownOf('disk is full', 'Disk').body).toEqual({
    ...{ description: 'disk is full', comment: 'Disk' },
  });
  expect(knownOf({ a: 1 }, 'Disk').body).toEqual({ description: 'Disk' });
});

test('only JSON of an object or a list is read', () => {
  expect(contentsOf('{"a":[1]}')).toEqual({ a: [1] });
  for (const text of ['{"a":', '5', '"a"', '', `${'['.repeat(300)}${']'.repeat(300)}`])
    expect(contentsOf(text)).toBe(text);
});
