// What answers of the Bot API mean beyond what the sink's own test shows at a far end.
import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  idOf,
  isUnchanged,
  movedTo,
  refusalOf,
  resultOf,
  spotIn,
  spotOf,
} from '../../../src/sinks/telegram/answers.ts';

const answer = (status: number, body: unknown) => ({
  ...{ status, headers: { 'retry-after': '5' }, body: JSON.stringify(body), truncated: false },
});
const far = { host: 'api.telegram.org', secrets: ['123456789:AbCdEfGh'], now: () => 0 };

it('names a message by its chat, its number and its topic, and reads that again', () => {
  for (const spot of [
    { chat: '-5', message: 42 },
    { chat: '7', message: 1, topic: 3 },
  ])
    expect(spotOf(idOf(spot))).toEqual(spot);
  expect(spotOf('-5/42/')).toBeUndefined();
});

it('takes no thread of replies for a topic', () => {
  const result = { message_id: 42, chat: { id: -5 }, message_thread_id: 3 };
  expect(spotIn(answer(200, { ok: true, result }))).toEqual({ chat: '-5', message: 42 });
  expect(spotIn(answer(201, { ok: true, result }))).toBeUndefined();
  expect(resultOf(answer(200, { ok: false, result: 1 }), z.number())).toBeUndefined();
});

it('waits as the header says where the body does not', () => {
  const busy = { ok: false, description: 'Too Many Requests' };
  expect(refusalOf(answer(429, busy), far).retryAfterMs).toBe(5_000);
  const longer = { ...busy, parameters: { retry_after: 60 } };
  expect(refusalOf(answer(429, longer), far).retryAfterMs).toBe(60_000);
});

it('reads what it can of a refusal, and nothing into another answer', () => {
  const strange = { ok: false, description: 'message is not modified', parameters: 'none' };
  expect(isUnchanged(answer(400, strange))).toBe(true);
  expect(movedTo(answer(400, strange))).toBeUndefined();
  expect(isUnchanged(answer(400, ['message is not modified']))).toBe(false);
  expect(refusalOf(answer(200, { ok: false, description: 'x' }), far).outcome).toBe('reject_sink');
});

it('keeps no token of an answer that repeats it', () => {
  const { message, answer: kept } = refusalOf(
    answer(403, { ok: false, description: 'Forbidden: /bot123456789:AbCdEfGh/x' }),
    far,
  );
  expect(`${message} ${kept}`).not.toContain('AbCdEfGh');
});
