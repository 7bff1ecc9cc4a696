// What headers do to an act: a key for a request that is sent again, a version that must still be
// there.
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { createApi } from '../../../src/http/api/index.ts';
import { type AnyOperation, ChangedError } from '../../../src/operations/index.ts';
import { ann, contextOn } from '../../operations/acting.ts';
import { useDatabase } from '../../store/stored.ts';

const db = useDatabase();

function setUp() {
  const run = vi.fn(async (_context: unknown, { version }: { readonly version?: string }) => {
    if (version !== undefined && version !== '2') throw new ChangedError('It has changed.');
    return { version: '2' };
  });
  const operation = {
    ...{ name: 'bell-ring', summary: 'Rings', route: 'POST /bells/{bell}/ring' },
    ...{ permission: 'operate', run },
    input: z.strictObject({
      bell: z.string(),
      note: z.string().optional(),
      version: z.string().optional(),
    }),
    output: z.object({ version: z.string() }),
  } as unknown as AnyOperation;
  const onFailure = vi.fn();
  const deps = {
    ...{ version: '1', identify: async () => ({ actor: ann }), onFailure },
    contextOf: () => contextOn(db()),
  };
  const app = createApi(deps, [operation]);
  const ring = (headers: Record<string, string>, body: object = {}, bell = 'a') =>
    app.request(`/bells/${bell}/ring`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  onTestFinished(() => expect(onFailure).not.toHaveBeenCalled());
  return { ring, run };
}

test('the same key and request act once, and are answered alike', async () => {
  const { ring, run } = setUp();
  const first = await ring({ 'idempotency-key': 'k' });
  const second = await ring({ 'idempotency-key': 'k' });
  expect([first.status, await first.json()]).toEqual([200, { version: '2' }]);
  expect([second.status, await second.json()]).toEqual([200, { version: '2' }]);
  expect(run).toHaveBeenCalledOnce();
});

test.each([
  [{}, { note: 'x' }, 'a'],
  [{}, {}, 'b'],
  [{ 'if-match': '"2"' }, {}, 'a'],
] as const)('with %j, %j for %s the same key is refused', async (headers, body, bell) => {
  const { ring, run } = setUp();
  await ring({ 'idempotency-key': 'k' });
  const other = await ring({ 'idempotency-key': 'k', ...headers }, body, bell);
  expect([other.status, other.headers.get('content-type')]).toEqual([
    422,
    'application/problem+json',
  ]);
  expect(run).toHaveBeenCalledOnce();
});

test.each(['', 'ä', 'x'.repeat(256)])('a key of the form %j is refused', async (key) => {
  const { ring, run } = setUp();
  expect((await ring({ 'idempotency-key': key })).status).toBe(400);
  expect(run).not.toHaveBeenCalled();
});

test('an answer has its version as its ETag, and If-Match asks for one', async () => {
  const { ring } = setUp();
  const answer = await ring({ 'if-match': '"2"' });
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
  expect((await ring({ 'if-match': '"1"' })).status).toBe(412);
  expect((await ring({}, { version: '1' })).status).toBe(409);
  expect((await ring({ 'if-match': 'W/"2"' })).status).toBe(400);
});
