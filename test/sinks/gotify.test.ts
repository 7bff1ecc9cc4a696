// The sink gotify: the suite of all sinks, and what its server and its clients make of a message.
import { expect, test } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../src/kit/errors.ts';
import { gotify } from '../../src/sinks/gotify.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const token = 'AbCdEfGhIjKlMnO';
const success = JSON.stringify({ id: 25, appid: 5 });

interface Notification {
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly extras: {
    readonly 'client::display': { readonly contentType: string };
    readonly 'client::notification'?: {
      readonly click: { readonly url: string };
    };
  };
}

describeSink(gotify, {
  config: (url) => ({ url, token }),
  success: { status: 200, body: success },
  /** As plain text: clients make links of addresses in it. */
  reads({ body }) {
    const { title, message, extras } = JSON.parse(body) as Notification;
    const isPlain = extras['client::display'].contentType === 'text/plain';
    const url = extras['client::notification']?.click.url ?? '';
    return [
      { where: 'the title', syntax: 'text', text: title },
      {
        where: 'the message',
        syntax: isPlain ? 'text with links' : 'markdown',
        text: message,
      },
      { where: 'what a tap opens', syntax: 'text', text: url },
    ];
  },
  exceeded({ body }) {
    const { length } = (JSON.parse(body) as Notification).message;
    return length > 6_000 ? [`a message of ${length} letters`] : [];
  },
});

const { signal } = new AbortController();
const context = { deliveryId: 'delivery-1', attempt: 1, signal };

async function stage(path = '', status = 200, body = success) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = gotify.config.parse({ url: `${farEnd.origin}${path}`, token });
  return { farEnd, sink: gotify.create(config, adapterContext()) };
}

test('the token is in a header, and a server below a path is called there', async () => {
  const { farEnd, sink } = await stage('/gotify/');
  expect(await sink.send(messageOf(storedEvent()), context)).toMatchObject({
    remoteId: '25',
  });
  const [request] = farEnd.received;
  expect(request!.target).toBe('/gotify/message');
  expect(request!.headers['x-gotify-key']).toBe(token);
});

test('only CRITICAL stands before everything, and no unknown severity is silent', async () => {
  const { farEnd, sink } = await stage();
  for (const severity of [0, 1, 4, 5] as const)
    await sink.send(messageOf(storedEvent({ severity }), {}, sink), context);
  const sent = farEnd.received.map(({ body }) => (JSON.parse(body) as Notification).priority);
  expect(sent).toEqual([7, 2, 7, 10]);
});

test.each<[number, FailureOutcome, FailureReason]>([
  [400, 'reject_event', 'rejected'],
  [401, 'reject_sink', 'auth'],
  [403, 'reject_sink', 'auth'],
  [404, 'reject_sink', 'bad_config'],
  [500, 'retry', 'server_error'],
])('%i is %s, %s', async (status, outcome, reason) => {
  const said = {
    error: 'Unauthorized',
    errorCode: status,
    errorDescription: `for ${token}`,
  };
  const { sink } = await stage('', status, JSON.stringify(said));
  const error = await adapterError(Promise.resolve(sink.send(messageOf(storedEvent()), context)));
  expect(error).toMatchObject({ outcome, reason });
  expect(error.answer).not.toContain(token);
});
