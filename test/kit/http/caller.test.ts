// A call of a product: what an answer becomes, and that what is no answer of the product is told.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AdapterError } from '../../../src/kit/errors.ts';
import { createCaller } from '../../../src/kit/http/caller.ts';
import type { HttpAnswer, HttpRequest } from '../../../src/kit/http/index.ts';

const { signal } = new AbortController();
const url = 'https://push.example/publish';

function calling(answer: Partial<HttpAnswer>) {
  const requests: HttpRequest[] = [];
  const http = {
    async request(request: HttpRequest) {
      requests.push(request);
      return { status: 200, headers: {}, body: '', truncated: false, ...answer };
    },
    close: async () => {},
  };
  const call = createCaller(
    { http, now: () => 0 },
    {
      product: 'Push',
      headers: { authorization: 'Bearer secret-token' },
      secrets: ['secret-token'],
      accepts: z.looseObject({ id: z.string() }),
      refusal: ({ body }) =>
        body === 'muted' ? new AdapterError('reject_sink', 'bad_config', 'muted') : undefined,
    },
  );
  return { call, requests };
}

const errorOf = (answer: Partial<HttpAnswer>) =>
  calling(answer)
    .call({ url, body: {}, signal })
    .then(
      () => expect.fail('it was accepted'),
      (error: AdapterError) => error,
    );

describe('a call', () => {
  it('sends JSON with the headers of all and its own, and gives what was accepted', async () => {
    const { call, requests } = calling({
      body: '{"id":"7"}',
      headers: {
        'x-ratelimit-remaining': '3',
        'x-ratelimit-limit': '10',
        'x-ratelimit-reset': '1',
      },
    });
    const { value, quota } = await call({ url, body: { a: 1 }, headers: { 'x-own': '1' }, signal });
    expect(value.id).toBe('7');
    expect(quota).toMatchObject({ limit: 10, remaining: 3 });
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url,
        body: '{"a":1}',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer secret-token',
          'x-own': '1',
        },
      },
    ]);
  });

  it.each([
    ['a status that refuses', { status: 401, body: 'secret-token' }, 'reject_sink', 'auth'],
    ['a page of a proxy', { body: '<html>' }, 'reject_sink', 'bad_config'],
    ['another product’s JSON', { body: '{"ok":true}' }, 'reject_sink', 'bad_config'],
    [
      'an answer that was cut',
      { body: '{"id":"7"}', truncated: true },
      'reject_sink',
      'bad_config',
    ],
    ['what the product alone means', { body: 'muted' }, 'reject_sink', 'bad_config'],
  ])('fails by %s', async (_, answer, outcome, reason) => {
    const error = await errorOf(answer);
    expect(error).toMatchObject({ outcome, reason });
    expect(JSON.stringify(error)).not.toContain('secret-token');
  });
});
