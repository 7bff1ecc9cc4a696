// A request that is sent again: the act happens once, and its answer is the same.
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { Once } from '../../src/operations/once.ts';
import {
  ConflictError,
  type Operation,
  type OperationContext,
  perform,
} from '../../src/operations/operation.ts';
import { listAudit } from '../../src/store/audit.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { useDatabase } from '../store/stored.ts';
import { createTestDatabase } from '../support/database.ts';
import { ann, contextOn } from './acting.ts';

const db = useDatabase();

interface Act {
  readonly run: ReturnType<typeof vi.fn>;
  /** The act under the key, with the request as its input. */
  ask(key: string, input: object, where?: Database): Promise<unknown>;
}

function act(more: Partial<Operation<object, unknown>> = {}): Act {
  const run = vi.fn(async ({ db: own }: OperationContext) => {
    await own.$client`insert into controls (name) values (${`sink:${run.mock.calls.length}`})`;
    return { done: run.mock.calls.length };
  });
  const operation: Operation<object, unknown> = {
    ...{ name: 'some-act', summary: 'Acts', permission: 'operate', run },
    ...{ input: z.looseObject({}), output: z.looseObject({ done: z.int() }), ...more },
  };
  const once = new Once();
  const ask = (key: string, input: object, where: Database = db()) => {
    const doing = once.doing(operation, { actor: ann, key, request: JSON.stringify(input) });
    return perform(operation, contextOn(where), input, doing);
  };
  return { run, ask };
}

const noted = async () => (await listAudit(db(), { limit: 50 })).length;
const changed = async () => (await db().$client`select 1 from controls`).length;

test('the same request again gets the same answer, and nothing is done', async () => {
  const { run, ask } = act();
  expect(await ask('k', { a: 1 })).toEqual({ done: 1 });
  expect(await ask('k', { a: 1 })).toEqual({ done: 1 });
  expect(run).toHaveBeenCalledOnce();
  expect([await noted(), await changed()]).toEqual([1, 1]);
  expect(await ask('k2', { a: 1 })).toEqual({ done: 2 });
});

test('another request under the same key is refused', async () => {
  const { run, ask } = act();
  await ask('k', { a: 1 });
  await expect(ask('k', { a: 2 })).rejects.toThrow('belongs to another request');
  expect(run).toHaveBeenCalledOnce();
});

test('what failed left nothing, and its key may be used again', async () => {
  const { run, ask } = act();
  run.mockImplementationOnce(async ({ db: own }: OperationContext) => {
    await own.$client`insert into controls (name) values ('sink:lost')`;
    throw new Error('cut off');
  });
  await expect(ask('k', {})).rejects.toThrow('cut off');
  expect([await noted(), await changed()]).toEqual([0, 0]);
  expect(await ask('k', {})).toEqual({ done: 2 });
});

test('of several at the same time, one acts', async () => {
  const { run, ask } = act();
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => ask('k', {})));
  expect(run).toHaveBeenCalledOnce();
  expect(await changed()).toBe(1);
  for (const answer of answers) {
    if (answer.status === 'fulfilled') expect(answer.value).toEqual({ done: 1 });
    else expect(answer.reason).toBeInstanceOf(ConflictError);
  }
});

test('an answer that holds a secret is in no row, and not given twice', async () => {
  const { run, ask } = act({ noted: () => ({ done: 0 }) });
  run.mockImplementation(async () => ({ done: 1, secret: 'abc-secret' }));
  expect(await ask('k', {})).toEqual({ done: 1, secret: 'abc-secret' });
  await expect(ask('k', {})).rejects.toThrow('its answer was shown once');
  const rows = await db().$client`select answer::text from idempotency_keys`;
  expect(JSON.stringify([...rows, ...(await listAudit(db(), { limit: 5 }))])).not.toContain(
    'abc-secret',
  );
});

test.each(['a far end is called', 'there are no transactions'] as const)(
  'where %s, an act whose end nobody saw is not repeated, and one that was refused may be',
  async (why) => {
    const isFarEnd = why === 'a far end is called';
    const where = isFarEnd ? db() : await withoutTransactions();
    const { run, ask } = act(isFarEnd ? { callsFarEnd: true } : {});
    run.mockRejectedValueOnce(new ConflictError('paused'));
    await expect(ask('k', {}, where)).rejects.toThrow('paused');
    expect(await ask('k', {}, where)).toEqual({ done: 2 });
    expect(await ask('k', {}, where)).toEqual({ done: 2 });
    run.mockRejectedValueOnce(new Error('died'));
    await expect(ask('k3', {}, where)).rejects.toThrow('died');
    await expect(ask('k3', {}, where)).rejects.toThrow('nobody saw its end');
    expect(run).toHaveBeenCalledTimes(3);
  },
);

async function withoutTransactions(): Promise<Database> {
  const database = await createTestDatabase();
  const own = openPostgres({ ...database, prepare: false });
  onTestFinished(async () => {
    await own.$client.end({ timeout: 5 });
    await database.drop();
  });
  return own;
}

test('old keys are removed once a minute', async () => {
  let nowMs = 0;
  const once = new Once(() => nowMs);
  const operation: Operation<object, number> = {
    ...{ name: 'some-act', summary: 'Acts', permission: 'operate', run: async () => 1 },
    ...{ input: z.strictObject({}), output: z.number() },
  };
  const ask = (key: string) =>
    perform(
      operation,
      contextOn(db()),
      {},
      once.doing(operation, { actor: ann, key, request: 'r' }),
    );
  const keys = async () =>
    (await db().$client`select key from idempotency_keys order by key`).map(({ key }) => key);
  await ask('a');
  await db().$client`update idempotency_keys set created_at = now() - interval '25 hours'`;
  await ask('b');
  expect(await keys()).toEqual(['a', 'b']);
  nowMs = 60_000;
  await ask('c');
  expect(await keys()).toEqual(['b', 'c']);
});
