// The sink alertmanager: the suite of all sinks, and how long an alert fires there.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { alertmanager } from '../../src/sinks/alertmanager.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const status = JSON.stringify({
  cluster: { status: 'ready', peers: [] },
  versionInfo: { version: '0.35.0' },
  uptime: '2026-03-01T00:00:00Z',
});

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly description: string };
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}
function read({ body }: Received): Alert {
  const [alert, ...more] = JSON.parse(body) as Alert[];
  expect(more).toEqual([]);
  return alert!;
}

describeSink(alertmanager, {
  config: (url) => ({ url, username: 'tocsin', token: 'the-password-of-tocsin' }),
  success: { status: 200, body: '' },
  lookup: ({ method }) => (method === 'GET' ? { status: 200, body: status } : undefined),
  reads(request) {
    const { annotations, labels, generatorURL = '' } = read(request);
    const { summary, description } = annotations;
    return [
      { where: 'the severity', syntax: 'text', text: labels.severity!.toUpperCase() },
      { where: 'the summary', syntax: 'text with links', text: summary },
      { where: 'the description', syntax: 'text with links', text: description },
      { where: 'the source', syntax: 'text', text: generatorURL },
    ];
  },
  exceeded: ({ body }) => (body.length > 500_000 ? [`an alert of ${body.length} bytes`] : []),
  remote: {
    target: (request) => read(request).labels.incident,
    isReply: () => false,
  },
});

const start = Date.parse('2026-03-01T02:03:04.000Z');

async function begin(settings: object = {}, now = start + 60_000) {
  const farEnd = await startFarEnd((_request, response) => void response.end());
  const config = alertmanager.config.parse({ url: `${farEnd.origin}/am/`, ...settings });
  const sink = alertmanager.create(config, { ...adapterContext(), now: () => now });
  const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
  return { farEnd, sink, context };
}

describe('an alert', () => {
  const message = messageOf(storedEvent({ id: 17, severity: 5 }));
  const inState = (kind: IncidentState): Message => ({
    ...message,
    card: { ...message.card, state: { kind, text: [] } },
  });

  test('fires from its event on for a day, known by labels without a text of others', async () => {
    const { farEnd, sink, context } = await begin({ labels: { team: 'soc' } });
    const receipt = await sink.send(message, context);
    expect(receipt).toMatchObject({ remoteId: 'tocsin:17' });
    expect(farEnd.received[0]).toMatchObject({ method: 'POST', target: '/am/api/v2/alerts' });
    expect(read(farEnd.received[0]!)).toMatchObject({
      ...{ startsAt: '2026-03-01T02:03:04.000Z', endsAt: '2026-03-02T03:00:00.000Z' },
      labels: { alertname: 'Tocsin', severity: 'critical', incident: 'tocsin:17', team: 'soc' },
    });
    expect(Object.keys(read(farEnd.received[0]!).labels)).toHaveLength(4);
  });

  test('that is late fires all the same', async () => {
    const { farEnd, sink, context } = await begin({ hold: '2h' }, start + 72 * 3_600_000);
    await sink.send(message, context);
    expect(read(farEnd.received[0]!).endsAt).toBe('2026-03-04T05:00:00.000Z');
  });

  test('from a clock that is ahead begins now', async () => {
    const { farEnd, sink, context } = await begin({}, start - 60_000);
    await sink.edit!('tocsin:17', inState('resolved'), context);
    const { startsAt, endsAt } = read(farEnd.received[0]!);
    expect([startsAt, endsAt]).toEqual(Array(2).fill('2026-03-01T02:02:04.000Z'));
  });

  test.each(['acknowledged', 'snoozed', 'open'] as const)('that is %s goes on', async (kind) => {
    const { farEnd, sink, context } = await begin();
    await sink.send(message, context);
    await sink.edit!('tocsin:17', inState(kind), context);
    const [first, edited] = farEnd.received.map(read);
    expect(edited!.labels, 'other labels are another alert').toEqual(first!.labels);
    expect(edited!.endsAt).toBe('2026-03-02T03:00:00.000Z');
  });

  test.each([
    [10 * 60_000, '2026-03-01T02:12:04.000Z'],
    [1_000, '2026-03-01T02:03:04.000Z'],
  ])(
    'that is resolved after %d ms ended a minute ago, and no earlier than it began',
    async (later, end) => {
      const { farEnd, sink, context } = await begin({}, start + later);
      await sink.edit!('tocsin:17', inState('resolved'), context);
      expect(read(farEnd.received[0]!).endsAt).toBe(end);
    },
  );
});

test('what answers with a page is no Alertmanager', async () => {
  const { farEnd, sink, context } = await begin();
  farEnd.answering((_request, response) => void response.end('<html>Sign in</html>'));
  const error = await adapterError(Promise.resolve(sink.send(messageOf(storedEvent()), context)));
  expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
});

test('a name goes with the token by HTTP Basic', async () => {
  const { farEnd, sink, context } = await begin({ token: 'b', username: 'a' });
  await sink.send(messageOf(storedEvent()), context);
  const { authorization } = farEnd.received[0]!.headers;
  expect(authorization).toBe('Basic YTpi');
  farEnd.answering((_request, response) => void response.writeHead(500).end(authorization));
  const { answer } = await adapterError(
    Promise.resolve(sink.send(messageOf(storedEvent()), context)),
  );
  expect(answer).not.toContain('YTpi');
});

test('check asks for the status, with the token', async () => {
  const { farEnd, sink, context } = await begin({ token: 'the-token' });
  farEnd.answering((_request, response) => void response.end(status));
  await sink.check!(context.signal);
  expect(farEnd.received[0]).toMatchObject({
    ...{ method: 'GET', target: '/am/api/v2/status' },
    headers: expect.objectContaining({ authorization: 'Bearer the-token' }),
  });
  farEnd.answering((_request, response) => void response.end('{}'));
  expect(await adapterError(sink.check!(context.signal))).toMatchObject({ outcome: 'reject_sink' });
});

test.each([
  [{ username: 'a' }, 'token'],
  [{ labels: { severity: 'x' } }, 'labels'],
  [{ labels: { 'a-b': 'x' } }, 'labels'],
  [{ hold: '5m' }, 'hold'],
])('%j is refused', (more, key) => {
  const { error } = alertmanager.config.safeParse({ url: 'https://am.example.com', ...more });
  expect(error?.issues[0]?.path[0]).toBe(key);
});
