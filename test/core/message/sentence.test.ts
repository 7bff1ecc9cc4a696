// Our sentences: values, parts that are left out, and the little markup that is ours alone.
import { expect, it, test } from 'vitest';
import { filled, sentence } from '../../../src/core/message/sentence.ts';
import { code } from '../../../src/core/message/text.ts';
import { shown } from './shown.ts';

function say(text: string, values: Record<string, string | undefined> = {}): string {
  const parts = Object.entries(values).map(([name, value]) => [name, code(value, 50)] as const);
  return shown(filled(sentence(text), Object.fromEntries(parts)));
}

test.each([
  ['a value stands in its place', 'Sink {sink} works.', { sink: 'soc' }, 'Sink `soc` works.'],
  ['a part in brackets stays if it is known', 'A[ at {b}].', { b: 'x' }, 'A at `x`.'],
  ['a part in brackets goes if a value is missing', 'A[ at {b} and {c}].', { b: 'x' }, 'A.'],
  ['a value with nothing to see is missing', 'A[ at {b}].', { b: ' ' }, 'A.'],
  ['a value that is missing outside of brackets is a question mark', 'A {b}.', {}, 'A ?.'],
  ['back-ticks are code', 'Run `tocsin dead list`.', {}, 'Run `tocsin dead list`.'],
  ['two asterisks are strong', 'It is **not** read.', {}, 'It is **not** read.'],
])('%s', (_title, text, values, expected) => {
  expect(say(text, values)).toBe(expected);
});

it('takes no markup and no place from a value', () => {
  expect(say('A {b}.', { b: '{c} [d] **e** `f`' })).toBe('A `{c} [d] **e** `f``.');
});

it('takes no value from the prototype of an object', () => {
  expect(say('A {constructor}[ {toString}].')).toBe('A ?.');
});

it('knows what it speaks of, in brackets too', () => {
  expect([...sentence('{a}[ {b}] `{c}`').names].sort()).toEqual(['a', 'b', 'c']);
});
