// What the buttons silence: one file or one device, whatever its name is.
import { describe, expect, test } from 'vitest';
import { silencedOf } from '../../../src/core/chat/silence.ts';
import { compileMatcher, covers } from '../../../src/core/silences/index.ts';
import type { EventBody } from '../../../src/kit/event.ts';
import { draft } from '../../store/stored.ts';

const hostile = [
  '*',
  '?',
  '" || true || "',
  '\\" || true || \\"',
  "' || true",
  'a\nb',
  'a\u2028b\u0007',
  '{{ x }}',
  'ก'.repeat(100),
  '\u{1F600}',
];

function coversEvent(matcher: Readonly<Record<string, unknown>>, body: EventBody, source = 'a') {
  return covers(compileMatcher(matcher), { source, event: draft(1, { body }) });
}

describe.each(hostile)('of the name %j', (name) => {
  test('the same file is silent, and no other', () => {
    const { matcher } = silencedOf('file', { source: 'a', body: { file: { hash: name } } })!;
    expect(coversEvent(matcher, { file: { hash: name } })).toBe(true);
    expect(coversEvent(matcher, { file: { hash: name } }, 'b')).toBe(true);
    expect(coversEvent(matcher, { file: { hash: `${name}x` } })).toBe(false);
    expect(coversEvent(matcher, {})).toBe(false);
  });

  test('the same device is silent, and no other', () => {
    const { matcher } = silencedOf('device', { source: 'a', body: { device: { name } } })!;
    expect(coversEvent(matcher, { device: { name } })).toBe(true);
    expect(coversEvent(matcher, { device: { name } }, 'b')).toBe(false);
    expect(coversEvent(matcher, { device: { name: 'PC-1' } })).toBe(false);
    expect(coversEvent(matcher, { device: { name }, tenant: { name: 'other' } })).toBe(false);
  });
});

test('a device is known by its number, since every customer has a DC01', () => {
  const body = { device: { id: '7', name: 'DC01' } };
  const { matcher, name } = silencedOf('device', { source: 'a', body })!;
  expect(name).toBe('DC01');
  expect(coversEvent(matcher, { device: { id: '8', name: 'DC01' } })).toBe(false);
  expect(coversEvent(matcher, { device: { id: '7', name: 'DC02' } })).toBe(true);
});

test('without a name, a file is called by its hash and a device by its number', () => {
  const nameOf = (what: 'file' | 'device', body: EventBody) =>
    silencedOf(what, { source: 'a', body })?.name;
  expect(nameOf('file', { file: { hash: 'ABC', name: 'a.exe' } })).toBe('a.exe');
  expect(nameOf('file', { file: { hash: 'ABC' } })).toBe('ABC');
  expect(nameOf('device', { device: { id: '7' } })).toBe('7');
});

test('a device without a number is that of its customer alone', () => {
  const body = { device: { name: 'DC01' }, tenant: { name: 'A', id: '1' } };
  const { matcher } = silencedOf('device', { source: 'a', body })!;
  expect(coversEvent(matcher, body)).toBe(true);
  expect(coversEvent(matcher, { ...body, tenant: { name: 'A', id: '2' } })).toBe(false);
  expect(coversEvent(matcher, { ...body, tenant: { name: 'B', id: '1' } })).toBe(false);
});

test.each([
  {},
  { file: { name: 'a.exe' } },
  { file: { hash: ' ' } },
  { device: {} },
  { device: { name: ' ' } },
])('%j names neither', (body) => {
  expect(silencedOf('file', { source: 'a', body })).toBeUndefined();
  expect(silencedOf('device', { source: 'a', body })).toBeUndefined();
});
