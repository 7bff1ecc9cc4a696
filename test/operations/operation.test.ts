// The door of the operations: a wrong input is named field by field, a wrong answer never gets
// through.
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import {
  InputError,
  type Operation,
  OutputError,
  outputOf,
  PermissionError,
  perform,
} from '../../src/operations/operation.ts';
import { listAudit } from '../../src/store/audit.ts';
import { openPostgres } from '../../src/store/database.ts';
import { useDatabase } from '../store/stored.ts';
import { createTestDatabase } from '../support/database.ts';
import { ann, configOf, contextOn } from './acting.ts';

const db = useDatabase();
const context = () => contextOn(db());

function counting(answer: unknown = 2) {
  const run = vi.fn(async (..._: unknown[]) => answer as number);
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
  expect(await perform(operation, context(), { sink: 'soc', ids: [1] })).toBe(2);
  expect(run).toHaveBeenCalledOnce();
  expect(run.mock.calls[0]).toMatchObject([{ actor: ann }, { sink: 'soc', ids: [1] }]);
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
  const refused = await perform(operation, context(), input).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as Error).message).toMatch(/^some-act cannot take this input: /);
  expect((refused as Error).message).toContain(words);
  expect(run).not.toHaveBeenCalled();
});

test('of many wrong fields the first few are named', async () => {
  const { operation } = counting();
  const refused = perform(operation, context(), { sink: 'soc', ids: ['a', 'b', 'c', 'd', 'e'] });
  await expect(refused).rejects.toThrow(/ids\.0 .*ids\.1 .*ids\.2 .*; and 2 more\.$/);
});

test('an answer of another form is refused, also of the operation itself', async () => {
  const { operation } = counting('two');
  await expect(perform(operation, context(), { sink: 'soc' })).rejects.toThrow(OutputError);
  expect(() => outputOf(operation, { redriven: 2 })).toThrow(
    'the answer of some-act has another form: it is not right (Invalid input: expected number',
  );
});

test.each([
  ['read', 'operate', false],
  ['read', 'admin', false],
  ['operate', 'admin', false],
  ['operate', 'operate', true],
  ['admin', 'operate', true],
] as const)('the role %s for what needs %s', async (role, permission, may) => {
  const { operation, run } = counting();
  const bob = { ...ann, name: 'bob', role };
  const asked = perform(
    { ...operation, permission },
    { ...context(), actor: bob },
    { sink: 'soc' },
  );
  if (may) expect(await asked).toBe(2);
  else await expect(asked).rejects.toBeInstanceOf(PermissionError);
  expect(run).toHaveBeenCalledTimes(may ? 1 : 0);
});

const noted = () => listAudit(db(), { limit: 10 });

test('an act is noted with who did it, to what, and what it changed', async () => {
  const { operation } = counting();
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`);
  const act = {
    ...operation,
    target: ({ sink }: { sink: string }) => `sink:${sink}`,
    before: async () => ({ state: 'dead' }),
  };
  await perform(act, { ...context(), config }, { sink: '0123456789abcdef', ids: [1] });
  const [entry] = await noted();
  expect(entry).toMatchObject({
    ...{ actor: 'ann', via: 'cli', address: null, operation: 'some-act' },
    ...{ target: 'sink:[secret]', before: '{"state":"dead"}', after: '2' },
  });
  expect(entry?.input).not.toContain('0123456789abcdef');
});

test('what fails, only looks or rehearses leaves no row', async () => {
  const { operation, run } = counting();
  run.mockImplementation(async (given) => {
    const { db: own } = given as { db: ReturnType<typeof db> };
    await own.$client`insert into controls (name) values ('sink:x')`;
    throw new Error('no');
  });
  await expect(perform(operation, context(), { sink: 'soc' })).rejects.toThrow('no');
  expect(await db().$client`select * from controls`).toEqual([]);
  const looking = counting();
  await perform({ ...looking.operation, permission: 'read' }, context(), { sink: 'soc' });
  await perform({ ...looking.operation, isRehearsal: () => true }, context(), { sink: 'soc' });
  expect(await noted()).toEqual([]);
});

test('where there are no transactions, the act is noted before it is done', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const pooled = openPostgres({ ...database, prepare: false });
  onTestFinished(() => pooled.$client.end({ timeout: 5 }));
  const { operation, run } = counting();
  await perform(operation, { ...context(), db: pooled }, { sink: 'soc' });
  run.mockRejectedValueOnce(new Error('no'));
  await expect(perform(operation, { ...context(), db: pooled }, { sink: 'b' })).rejects.toThrow();
  expect(
    (await listAudit(pooled, { limit: 10 })).map(({ input, after }) => [input, after]),
  ).toEqual([
    ['{"sink":"b"}', null],
    ['{"sink":"soc"}', '2'],
    ['{"sink":"soc"}', null],
  ]);
});

test('an act that calls a far end holds no transaction open, and is noted before and after', async () => {
  const { operation } = counting();
  const seen: number[] = [];
  const act = {
    ...operation,
    callsFarEnd: true as const,
    // Another connection sees the first note only if nothing holds it back.
    run: async () => {
      seen.push((await noted()).length);
      return 2;
    },
  };
  expect(await perform(act, context(), { sink: 'soc' })).toBe(2);
  expect(seen).toEqual([1]);
  expect((await noted()).map(({ after }) => after)).toEqual(['2', null]);
});
