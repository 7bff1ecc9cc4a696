// The sink goalert: the suite of all sinks, and what becomes of an alert there.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { goalert } from '../../src/sinks/goalert.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const token = '01234567-89ab-cdef-0123-456789abcdef';
const success = JSON.stringify({ AlertID: 10, IsNew: true });

interface Sent {
  readonly summary?: string;
  readonly details?: string;
  readonly dedup: string;
  readonly action?: string;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;

describeSink(goalert, {
  config: (url) => ({ url, token }),
  success: { status: 200, body: success },
  exceptions: {
    409: { outcome: 'retry', reason: 'rate_limited', why: 'the service has too many open alerts' },
  },
  reads(request) {
    const { summary = '', details = '' } = read(request);
    return [
      { where: 'the summary', syntax: 'text with links', text: summary, isSummary: true },
      { where: 'the details', syntax: 'markdown', text: details },
    ];
  },
  exceeded(request) {
    const { summary = '', details = '' } = read(request);
    return [
      ...([...summary].length > 1_024 ? [`a summary of ${summary.length}`] : []),
      ...([...details].length > 6_144 ? [`details of ${details.length}`] : []),
    ];
  },
  remote: {
    editsIn: 'open',
    target: (request) => read(request).dedup,
    isReply: () => false,
  },
});

describe('an alert', () => {
  async function start() {
    const farEnd = await startFarEnd((_request, response) => void response.end(success));
    const config = goalert.config.parse({ url: `${farEnd.origin}/`, token });
    const sink = goalert.create(config, adapterContext());
    const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
    return { farEnd, sink, context };
  }
  const message = messageOf(storedEvent({ id: 17, severity: 5 }));
  const inState = (kind: IncidentState): Message => ({
    ...message,
    card: { ...message.card, state: { kind, text: [] } },
  });

  test('has the name of its event, and its key stands in no address', async () => {
    const { farEnd, sink, context } = await start();
    await sink.send(message, context);
    const [{ target, headers, method }] = farEnd.received as [Received];
    expect([method, target]).toEqual(['POST', '/api/v2/generic/incoming']);
    expect(headers).toMatchObject({
      ...{ authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    expect(read(farEnd.received[0]!)).toMatchObject({ dedup: 'tocsin:17' });
  });

  test('that is resolved here is closed there, though it may be closed already', async () => {
    const { farEnd, sink, context } = await start();
    farEnd.answering(
      (_request, response) => void response.end('{"AlertID":0,"ServiceID":"","IsNew":false}'),
    );
    await sink.edit!('tocsin:17', inState('resolved'), context);
    expect(farEnd.received.map(read)).toEqual([{ action: 'close', dedup: 'tocsin:17' }]);
  });

  test('that opens again here is made anew there', async () => {
    const { farEnd, sink, context } = await start();
    await sink.edit!('tocsin:17', inState('open'), context);
    expect(farEnd.received.map(read)).toEqual([
      expect.objectContaining({ dedup: 'tocsin:17', summary: expect.stringContaining('CRITICAL') }),
    ]);
  });

  test.each(['acknowledged', 'snoozed', 'changed'] as const)(
    'that is %s here is left as it is there, so that nobody is paged again',
    async (kind) => {
      const { farEnd, sink, context } = await start();
      await sink.edit!('tocsin:17', kind === 'changed' ? message : inState(kind), context);
      expect(farEnd.received).toEqual([]);
    },
  );
});
