// The sink suite over the smallest sink that keeps the contract: shows that the suite asks for
// nothing more, whatever the registry holds.
import { z } from 'zod';
import { AdapterError } from '../../src/kit/errors.ts';
import { failureOf } from '../../src/kit/http/status.ts';
import { quotaOf } from '../../src/kit/quota.ts';
import type { SinkDefinition } from '../../src/kit/sink.ts';
import { describeSink } from './sink-suite.ts';

const config = z.strictObject({
  url: z.string().describe('Where each event is posted, with the key in its path.'),
  token: z.string().describe('Sent as a bearer token.'),
});

const sample: SinkDefinition<typeof config> = {
  type: 'sample',
  config,
  example: { url: 'https://sample.example/in/0123456789abcdef', token: 'fedcba9876543210' },
  secrets: ['url', 'token'],
  create({ url, token }, { http, now }) {
    const { origin, host } = new URL(url);
    return {
      origin,
      async send({ event, form, mayBeRepeated }, { deliveryId, signal }) {
        const { id, occurredAt, body } = event;
        const text = form === 'short' ? JSON.stringify(body).slice(0, 300) : JSON.stringify(body);
        const headers = { authorization: `Bearer ${token}`, 'idempotency-key': deliveryId };
        const told = form === 'bare' ? {} : { text };
        const answer = await http.request({
          method: 'POST',
          url,
          headers,
          body: JSON.stringify({ id, at: occurredAt, link: body.link, mayBeRepeated, ...told }),
          signal,
        });
        const failure = failureOf(answer, host, [url, token], now());
        if (failure !== undefined) throw failure;
        if (answer.body !== 'taken') {
          throw new AdapterError(
            'reject_sink',
            'bad_config',
            `${host} answered ${answer.status} without its word.`,
          );
        }
        return { quota: quotaOf(answer.headers, now()) };
      },
    };
  },
};

describeSink(sample, {
  config: (origin) => ({
    url: `${origin}/in/0123456789abcdef?sig=sig-0123456789`,
    token: 'fedcba9876543210',
  }),
  success: { status: 200, body: 'taken' },
  // JSON without a reader that obeys anything: it is enough that it is JSON.
  obeyed(request) {
    JSON.parse(request.body);
    return [];
  },
});
