// The door of the operations: a wrong input is named field by field, a wrong answer never gets
// through.
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  InputError,
  type Operation,
  OutputError,
  outputOf,
  perform,
} from '../../src/operations/operation.ts';
import type { Database } from '../../src/store/database.ts';

const context = { db: {} as Database };

function counting(answer: unknown = 2) {
  const run = vi.fn(async () => answer as number);
  const operation: Operation<{ sink: string; ids?: number[] | undefined }, number> = {
    name: 'some-act',
    summary: 'Does something',
    input: z.strictObject({ sink: z.string(), ids: z.array(z.int()).optional() }),
    output: z.number(),
    permission: 'operate',
    run,
  };
  return { operation, run };
}

test('an input that fits is acted on, and the answer comes back', async () => {
  const { operation, run } = counting();
  expect(await perform(operation, context, { sink: 'soc', ids: [1] })).toBe(2);
  expect(run).toHaveBeenCalledExactlyOnceWith(context, { sink: 'soc', ids: [1] });
});

test.each([
  [
    'a field that is missing',
    {},
    'sink is not right (Invalid input: expected string, received undefined)',
  ],
  [
    'a field of another type',
    { sink: 'soc', ids: [1, 'two'] },
    'ids.1 is not right (Invalid input: expected number',
  ],
  [
    'a field of another release',
    { sink: 'soc', sinks: ['a'] },
    'it has "sinks", which this release does not know; its fields are: sink, ids.',
  ],
  ['no object', null, 'it is not right (Invalid input: expected object, received null)'],
  ['nothing', undefined, 'it is not right (Invalid input: expected object, received undefined)'],
])('with %s nothing is done, and the field is named', async (_, input, words) => {
  const { operation, run } = counting();
  const refused = await perform(operation, context, input).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as Error).message).toMatch(/^some-act cannot take this input: /);
  expect((refused as Error).message).toContain(words);
  expect(run).not.toHaveBeenCalled();
});

test('of many wrong fields the first few are named', async () => {
  const { operation } = counting();
  const refused = perform(operation, context, { sink: 'soc', ids: ['a', 'b', 'c', 'd', 'e'] });
  await expect(refused).rejects.toThrow(/ids\.0 .*ids\.1 .*ids\.2 .*; and 2 more\.$/);
});

test('an answer of another form is refused, also of the operation itself', async () => {
  const { operation } = counting('two');
  await expect(perform(operation, context, { sink: 'soc' })).rejects.toThrow(OutputError);
  expect(() => outputOf(operation, { redriven: 2 })).toThrow(
    'the answer of some-act has another form: it is not right (Invalid input: expected number',
  );
});
