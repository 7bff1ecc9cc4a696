// The requests of the source of changes: their form, their number, and what their answers mean.
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../../../src/kit/http/index.ts';
import { Asker } from '../../../../src/sources/deepinstinct/changes/asker.ts';
import { Budget } from '../../../../src/sources/deepinstinct/changes/budget.ts';
import { startFarEnd } from '../../../support/far-end.ts';
import { item as itemText, never, nowMs, send, token } from '../fake-tenant.ts';

async function askerAt(status: number, body: string) {
  const farEnd = await startFarEnd((_, response) => send(response, status, body));
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const budget = new Budget(10);
  const asker = new Asker({ http, url: farEnd.origin, token, now: () => nowMs, budget });
  return { asker, farEnd, budget };
}

test('asks in the vendor’s form, and counts each request', async () => {
  const { asker, farEnd, budget } = await askerAt(200, '{"events":[]}');
  await asker.search('suspicious', { after: 3, filter: { status: ['OPEN'] } }, never);
  await asker.list('event', 4, never);
  await asker.item('event', 5, never).catch(() => {});
  expect(
    farEnd.received.map(({ method, target, body }) => [method, target, body.toString()]),
  ).toEqual([
    ['POST', '/api/v1/suspicious-events/search?after_event_id=3', '{"status":["OPEN"]}'],
    ['GET', '/api/v1/events/?after_event_id=4', ''],
    ['GET', '/api/v1/events/5', ''],
  ]);
  expect(farEnd.received.every(({ headers }) => headers.authorization === token)).toBe(true);
  expect([asker.takeRequests(), asker.takeRequests()]).toEqual([3, 0]);
  expect(budget.used(nowMs)).toHaveLength(3);
});

test('a request that is not sent costs nothing', async () => {
  const { asker, budget } = await askerAt(200, '{}');
  const stopped = AbortSignal.abort(new Error('stop'));
  await expect(asker.list('event', 0, stopped)).rejects.toThrow('stop');
  expect([asker.takeRequests(), budget.used(nowMs)]).toEqual([0, []]);
});

test('one item comes with its bytes, or not at all', async () => {
  const raw = itemText(5, 1);
  expect(
    await (await askerAt(200, `{"event": ${raw}}`)).asker.item('event', 5, never),
  ).toMatchObject({ id: 5, raw });
  expect(await (await askerAt(404, '{}')).asker.item('event', 5, never)).toBeUndefined();
  const other = (await askerAt(200, `{"event": ${itemText(6, 1)}}`)).asker;
  await expect(other.item('event', 5, never)).rejects.toThrow('asked for event 5, it gave 6');
});

test.each([401, 404, 429, 500])('a page that is refused with %i is an error', async (status) => {
  const { asker } = await askerAt(status, '{}');
  await expect(asker.list('event', 0, never)).rejects.toMatchObject({ outcome: 'retry', status });
});

test('a page that goes round in a circle is an error', async () => {
  const { asker } = await askerAt(200, `{"events":[${itemText(3, 1)}]}`);
  await expect(asker.list('event', 3, never)).rejects.toThrow('ignored after_event_id');
});

test('a page whose items have no number is an error, and no page without any', async () => {
  const { asker } = await askerAt(200, '{"events":[null,{"a":1}]}');
  await expect(asker.list('event', 3, never)).rejects.toThrow(
    'no event of the answer has a number',
  );
});
