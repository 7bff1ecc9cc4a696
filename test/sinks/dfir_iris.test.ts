// The sink dfir_iris: the suite of all sinks, the numbers of an installation, and what a 400 means.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { dfirIris } from '../../src/sinks/dfir_iris.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const api_key = 'the-api-key-of-tocsin';
const success = (data: unknown) => JSON.stringify({ status: 'success', message: '', data });
const failure = (message: string) => JSON.stringify({ status: 'error', message, data: [] });
const created = JSON.stringify({ status: 'success', data: { alert_id: 41 } });

const severities = ['Medium', 'Unspecified', 'Informational', 'Low', 'High', 'Critical'].map(
  (severity_name, at) => ({ severity_id: at + 1, severity_name, severity_description: '' }),
);
const statuses = ['Unspecified', 'New', 'Assigned', 'In progress', 'Pending', 'Closed'].map(
  (status_name, at) => ({ status_id: at + 10, status_name, status_description: '' }),
);
function lookup({ target }: Received, known: object[] = []) {
  const found = {
    '/manage/severities/list': severities,
    '/manage/alert-status/list': statuses,
    '/alerts/filter': { total: known.length, alerts: known },
  }[target.replace(/\?.*/, '')];
  return found && { status: 200, body: success(found) };
}

interface Sent {
  readonly alert_title: string;
  readonly alert_description: string;
  readonly alert_source_link?: string;
  readonly alert_status_id?: number;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;

describeSink(dfirIris, {
  config: (url) => ({ url, api_key, customer: 3 }),
  success: { status: 200, body: created },
  lookup: (request) => lookup(request),
  reads(request) {
    const { alert_title, alert_description, alert_source_link = '' } = read(request);
    return [
      { where: 'the title', syntax: 'text with links', text: alert_title, isSummary: true },
      { where: 'the description', syntax: 'text with links', text: alert_description },
      { where: 'the link', syntax: 'text', text: alert_source_link },
    ];
  },
  exceeded: ({ body }) => (body.length > 500_000 ? [`an alert of ${body.length} bytes`] : []),
  remote: {
    sample: '41',
    target: ({ target }) => /^\/alerts\/update\/(\d+)$/.exec(target)?.[1],
    isReply: () => false,
  },
});

async function start(known: object[] = []) {
  const farEnd = await startFarEnd((request, response) => {
    response.end(lookup(request, known)?.body ?? created);
  });
  const config = dfirIris.config.parse({ url: `${farEnd.origin}/`, api_key, customer: 3 });
  const sink = dfirIris.create(config, adapterContext());
  const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
  const told = () => farEnd.received.filter(({ method }) => method === 'POST');
  return { farEnd, sink, context, told };
}
const message = messageOf(storedEvent({ id: 17, severity: 5 }));
const inState = (kind: IncidentState): Message => ({
  ...message,
  card: { ...message.card, state: { kind, text: [] } },
});

test('an alert has the numbers of this installation, which are asked for once', async () => {
  const { farEnd, sink, context, told } = await start();
  expect(await sink.send(message, context)).toMatchObject({ remoteId: '41' });
  await sink.send(message, context);
  expect(JSON.parse(told()[0]!.body)).toMatchObject({
    ...{ alert_severity_id: 6, alert_status_id: 11, alert_customer_id: 3 },
    ...{ alert_source_ref: 'tocsin:17.', alert_source_event_time: '2026-03-01T02:03:04.000' },
  });
  expect(farEnd.received[0]!.headers.authorization).toBe(`Bearer ${api_key}`);
  expect(farEnd.received.filter(({ target }) => target.endsWith('/list'))).toHaveLength(2);
});

test('an alert that was added before is found by its whole reference', async () => {
  const known = [
    { alert_id: 7, alert_source_ref: 'x-tocsin:17.' },
    { alert_id: 8, alert_source_ref: 'tocsin:17.' },
  ];
  const { sink, context, told } = await start(known);
  expect(await sink.send(message, context)).toEqual({ remoteId: '8', isEarlier: true });
  expect(told()).toEqual([]);
});

test.each([
  ['open', 11],
  ['acknowledged', 13],
  ['snoozed', 14],
  ['resolved', 15],
] as const)('that is %s has the status %d', async (kind, status) => {
  const { sink, context, told } = await start();
  await sink.edit!('41', inState(kind), context);
  expect(told().map(read)).toEqual([expect.objectContaining({ alert_status_id: status })]);
});

test('a change of facts leaves the status to the analysts', async () => {
  const { sink, context, told } = await start();
  await sink.edit!('41', message, context);
  expect(Object.keys(read(told()[0]!))).toEqual(['alert_title', 'alert_description']);
});

describe('a 400', () => {
  test.each([
    ['Alert not found', 'reject_event', 'gone'],
    ['User not entitled to create alerts for the client', 'reject_sink', 'auth'],
    ["{'alert_title': ['Missing data']}", 'reject_event', 'rejected'],
  ])('that says %j is %s, %s', async (text, outcome, reason) => {
    const { farEnd, sink, context } = await start();
    farEnd.answering((_request, response) => void response.writeHead(400).end(failure(text)));
    const error = await adapterError(Promise.resolve(sink.edit!('41', message, context)));
    expect(error).toMatchObject({ outcome, reason, status: 400 });
  });
});

test('an installation without our names is refused by check and by a delivery', async () => {
  const { farEnd, sink, context } = await start();
  await sink.check!(context.signal);
  const other = await start();
  other.farEnd.answering(({ target }, response) => {
    response.end(success(target.startsWith('/alerts/filter') ? { alerts: [] } : []));
  });
  for (const act of [
    () => other.sink.check!(context.signal),
    () => Promise.resolve(other.sink.send(message, context)),
  ])
    expect(await adapterError(act())).toMatchObject({ outcome: 'reject_sink' });
  expect(farEnd.received.filter(({ method }) => method !== 'GET')).toEqual([]);
});
