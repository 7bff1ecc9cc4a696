// The sink pagerduty: the suite of all sinks, and what becomes of an incident there.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { pagerduty } from '../../src/sinks/pagerduty.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const routing_key = '0123456789abcdef0123456789abcdef';
const success = JSON.stringify({ status: 'success', dedup_key: 'tocsin:4711' });

interface Sent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly routing_key: string;
  readonly client_url?: string;
  readonly payload: { summary: string; severity: string; custom_details: { tocsin: string } };
  readonly links: readonly { href: string; text: string }[];
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;

describeSink(pagerduty, {
  config: (origin) => ({ url: `${origin}/v2/enqueue`, routing_key }),
  success: { status: 202, body: success },
  reads(request) {
    const { payload, links, client_url = '' } = read(request);
    return [
      { where: 'the summary', syntax: 'text with links', text: payload.summary },
      { where: 'the details', syntax: 'text with links', text: payload.custom_details.tocsin },
      { where: 'the client', syntax: 'text', text: client_url },
      ...links.map(({ text }) => ({ where: 'a link', syntax: 'text', text }) as const),
    ];
  },
  exceeded(request) {
    const { payload } = read(request);
    const bytes = Buffer.byteLength(request.body);
    return [
      ...(payload.summary.length > 1_024 ? [`a summary of ${payload.summary.length}`] : []),
      ...(bytes > 512_000 ? [`a request of ${bytes} bytes`] : []),
    ];
  },
  remote: {
    target: (request) => read(request).dedup_key,
    isReply: () => false,
  },
});

describe('an incident', () => {
  async function start() {
    const farEnd = await startFarEnd(
      (_request, response) => void response.writeHead(202).end(success),
    );
    const config = pagerduty.config.parse({ url: `${farEnd.origin}/v2/enqueue`, routing_key });
    const sink = pagerduty.create(config, adapterContext());
    const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
    return { farEnd, sink, context };
  }
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
    expect(farEnd.received.map((one) => read(one).dedup_key)).toEqual(['tocsin:17', 'tocsin:17']);
    expect(read(farEnd.received[0]!)).toMatchObject({
      ...{ routing_key, event_action: 'trigger' },
      payload: { severity: 'critical' },
    });
  });

  test.each([
    ['open', 'trigger'],
    ['acknowledged', 'acknowledge'],
    ['snoozed', 'acknowledge'],
    ['resolved', 'resolve'],
  ] as const)('that is %s here is told to %s there', async (kind, action) => {
    const { farEnd, sink, context } = await start();
    await sink.edit!('tocsin:17', inState(kind), context);
    expect(read(farEnd.received[0]!)).toMatchObject({
      event_action: action,
      dedup_key: 'tocsin:17',
    });
  });
});
