// The sink opsgenie: the suite of all sinks, and what becomes of an alert there.
import { parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { opsgenie } from '../../src/sinks/opsgenie.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { eventOfTexts, hostileStrings, storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const api_key = '01234567-89ab-cdef-0123-456789abcdef';
const success = JSON.stringify({
  result: 'Request will be processed',
  took: 0.02,
  requestId: '43a29c5c-3dbf-4fa4-9c26-f4f71023e120',
});

interface Sent {
  readonly message?: string;
  readonly description?: string;
  readonly alias?: string;
  readonly priority?: string;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;
/** `PUT description of tocsin:17`. */
function told({ method, target, body }: Received): string {
  const [, alias, what] = /^\/v2\/alerts\/([^/]+)\/(\w+)\?identifierType=alias$/.exec(target) ?? [];
  return alias === undefined
    ? `${method} ${target} of ${(JSON.parse(body) as Sent).alias}`
    : `${method} ${what} of ${decodeURIComponent(alias)}`;
}

describeSink(opsgenie, {
  config: (origin) => ({ url: `${origin}/v2/alerts`, api_key }),
  success: {
    status: 202,
    body: JSON.stringify({ result: 'Request will be processed', requestId: '43a29c5c' }),
  },
  /** An edit says all in its description; the headline and the state are requests of their own. */
  lookup: (request) =>
    read(request).description === undefined ? { status: 202, body: success } : undefined,
  reads(request) {
    const { message = '', description = '' } = read(request);
    return [
      { where: 'the message', syntax: 'text with links', text: message, isSummary: true },
      { where: 'the description', syntax: 'text with links', text: description },
    ];
  },
  exceeded(request) {
    const { message = '', description = '' } = read(request);
    return [
      ...(message.length > 130 ? [`a message of ${message.length}`] : []),
      ...(description.length > 15_000 ? [`a description of ${description.length}`] : []),
    ];
  },
  remote: {
    target: (request) => read(request).alias ?? told(request).split(' of ')[1],
    isReply: () => false,
  },
});

async function start(
  answering: Parameters<typeof startFarEnd>[0] = (_request, response) =>
    void response.writeHead(202).end(success),
) {
  const farEnd = await startFarEnd(answering);
  const config = opsgenie.config.parse({ url: `${farEnd.origin}/v2/alerts/`, api_key });
  const sink = opsgenie.create(config, adapterContext());
  const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
  return { farEnd, sink, context };
}

describe('an alert', () => {
  const message = messageOf(storedEvent({ id: 17, severity: 5 }));
  const inState = (kind: IncidentState): Message => ({
    ...message,
    card: { ...message.card, state: { kind, text: [] } },
  });

  test('has the name of its event, also where a step of its escalation tells it', async () => {
    const { farEnd, sink, context } = await start();
    await sink.send(message, context);
    const step = storedEvent({ id: 99, body: { news: { eventId: 17 } as never } });
    await sink.send({ ...message, event: step }, context);
    expect(farEnd.received.map(told)).toEqual(Array(2).fill('POST /v2/alerts of tocsin:17'));
    expect(read(farEnd.received[0]!)).toMatchObject({
      priority: 'P1',
      tags: ['tocsin', 'CRITICAL'],
    });
    expect(farEnd.received[0]!.headers.authorization).toBe(`GenieKey ${api_key}`);
  });

  test('of an unknown severity wakes somebody', async () => {
    const { farEnd, sink, context } = await start();
    await sink.send(messageOf(storedEvent({ severity: 0 })), context);
    expect(read(farEnd.received[0]!)).toMatchObject({ priority: 'P2' });
  });

  test('whose facts changed says the new ones, headline included', async () => {
    const { farEnd, sink, context } = await start();
    await sink.edit!('tocsin:17', message, context);
    expect(farEnd.received.map(told)).toEqual([
      'PUT message of tocsin:17',
      'PUT description of tocsin:17',
    ]);
    expect(read(farEnd.received[0]!).message).toContain('CRITICAL');
  });

  test.each([
    ['acknowledged', 'acknowledge'],
    ['snoozed', 'acknowledge'],
    ['resolved', 'close'],
    ['open', 'unacknowledge'],
  ] as const)('that is %s here is told to %s there', async (kind, action) => {
    const { farEnd, sink, context } = await start();
    await sink.edit!('tocsin:17', inState(kind), context);
    expect(told(farEnd.received.at(-1)!)).toBe(`POST ${action} of tocsin:17`);
    const created = farEnd.received.filter(({ target }) => /^\/v2\/alerts$/.test(target));
    expect(created, 'only what was closed is made anew').toHaveLength(kind === 'open' ? 1 : 0);
  });
});

test('nothing in it is HTML', async () => {
  const { farEnd, sink, context } = await start();
  for (const hostile of [...hostileStrings, '&lt;b&gt;', '&#60;', '<a href="x">y</a>']) {
    await sink.send(
      messageOf(
        eventOfTexts(() => hostile),
        {},
        sink,
      ),
      context,
    );
    const { message, description } = read(farEnd.received.at(-1)!);
    for (const text of [message!, description!]) {
      const { childNodes } = parseFragment(text);
      expect(childNodes).toEqual([expect.objectContaining({ nodeName: '#text', value: text })]);
    }
  }
});

test('a key that is none pauses the sink, and a bad text rejects the event alone', async () => {
  let said = 'Key format is not valid!';
  const { sink, context } = await start(
    (_request, response) => void response.writeHead(422).end(JSON.stringify({ message: said })),
  );
  const message = messageOf(storedEvent());
  const refused = await adapterError(Promise.resolve(sink.send(message, context)));
  expect(refused).toMatchObject({ outcome: 'reject_sink', reason: 'auth', status: 422 });
  said = 'Request body is not processable. Please check the errors.';
  expect(await adapterError(Promise.resolve(sink.send(message, context)))).toMatchObject({
    ...{ outcome: 'reject_event', reason: 'rejected' },
  });
});

test('it waits for as long as the period of the limit', async () => {
  const { sink, context } = await start(
    (_request, response) =>
      void response.writeHead(429, { 'x-ratelimit-period-in-sec': '60' }).end(),
  );
  const error = await adapterError(Promise.resolve(sink.send(messageOf(storedEvent()), context)));
  expect(error).toMatchObject({ outcome: 'retry', retryAfterMs: 60_000 });
});
