// The running service's answer to a command: a failure is told to who asked, and the log knows why.
import { expect, test, vi } from 'vitest';
import type { Logger } from '../../src/observe/log.ts';
import { answerOperations } from '../../src/service/answer.ts';
import type { Database } from '../../src/store/database.ts';
import { configOf } from '../operations/acting.ts';

test('an operation that fails is logged with its reason', async () => {
  const error = vi.fn();
  const away = Object.assign(() => Promise.reject(new Error('no answer from the database')), {});
  const answer = answerOperations(
    () => ({ db: { $client: away } as unknown as Database, config: configOf() }),
    { error } as unknown as Logger,
  );
  const request = new Request('http://tocsin/operations/backlog-list', {
    method: 'POST',
    body: '{}',
  });
  const response = await answer(request);
  expect([response.status, await response.text()]).toEqual([500, 'The service could not answer.']);
  expect(error).toHaveBeenCalledOnce();
  expect(error.mock.calls[0]?.[0]).toMatchObject({
    operation: 'backlog-list',
    error: expect.stringContaining('no answer from the database'),
  });
});
