// The sink thehive: the suite of all sinks, and alerts that are there already, or no longer.
import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message } from '../../src/kit/sink.ts';
import { thehive } from '../../src/sinks/thehive.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const api_key = 'the-api-key-of-tocsin';
const created = JSON.stringify({ _id: '~4128' });
const me = JSON.stringify({ _id: '~1', login: 'tocsin@example.com' });
const duplicate = JSON.stringify({ type: 'CreateError', message: 'Alert already exists' });

interface Sent {
  readonly title?: string;
  readonly description?: string;
  readonly message?: string;
  readonly externalLink?: string;
  readonly status?: string;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;
const addressed = /^\/api\/v1\/alert\/([^/]+)(\/comment)?$/;

describeSink(thehive, {
  config: (url) => ({ url, api_key }),
  success: { status: 201, body: created },
  lookup: ({ method }) => (method === 'GET' ? { status: 200, body: me } : undefined),
  reads(request) {
    const { title = '', description = '', message = '', externalLink = '' } = read(request);
    return [
      { where: 'the title', syntax: 'text with links', text: title, isSummary: true },
      { where: 'the description', syntax: 'markdown', text: description || message },
      { where: 'the link', syntax: 'text', text: externalLink },
    ];
  },
  exceeded(request) {
    const { title = '', description = '' } = read(request);
    return [
      ...(title.length > 512 ? [`a title of ${title.length}`] : []),
      ...(description.length > 1_000_000 ? [`a description of ${description.length}`] : []),
    ];
  },
  remote: {
    sample: '~4128',
    target({ target }) {
      const [, id] = addressed.exec(target) ?? [];
      return id && decodeURIComponent(id);
    },
    isReply: ({ target }) => target.endsWith('/comment'),
    exceptions: { 404: { outcome: 'reject_event', reason: 'gone', why: 'it names one alert' } },
  },
});

async function start(settings: object = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(201).end(created),
  );
  const config = thehive.config.parse({ url: `${farEnd.origin}/`, api_key, ...settings });
  const sink = thehive.create(config, adapterContext());
  const context = { deliveryId: 'd-1', attempt: 1, signal: new AbortController().signal };
  return { farEnd, sink, context };
}
const message = messageOf(storedEvent({ id: 17, severity: 0 }));

test('an alert has the name of its event, and an unknown severity is a high one', async () => {
  const { farEnd, sink, context } = await start({ organisation: 'soc' });
  expect(await sink.send(message, context)).toMatchObject({ remoteId: '~4128' });
  expect(farEnd.received[0]).toMatchObject({
    ...{ method: 'POST', target: '/api/v1/alert' },
    headers: { authorization: `Bearer ${api_key}`, 'x-organisation': 'soc' },
  });
  expect(read(farEnd.received[0]!)).toMatchObject({
    ...{ type: 'tocsin', source: 'Tocsin', sourceRef: 'tocsin:17', severity: 3, tlp: 2, pap: 2 },
    date: Date.parse('2026-03-01T02:03:04.000Z'),
  });
});

describe('an alert that was created before', () => {
  const answering = (found: unknown[], refusal = duplicate) =>
    async function begin() {
      const all = await start();
      all.farEnd.answering(({ target }, response) => {
        if (target === '/api/v1/query?name=alerts') response.end(JSON.stringify(found));
        else response.writeHead(400).end(refusal);
      });
      return all;
    };

  test('is found, and told to show an earlier state', async () => {
    const { farEnd, sink, context } = await answering([{ _id: '~99' }])();
    expect(await sink.send(message, context)).toEqual({ remoteId: '~99', isEarlier: true });
    expect(farEnd.received[1]!.body).toContain('"_field":"sourceRef","_value":"tocsin:17"');
  });

  test('and cannot be found is refused', async () => {
    const { sink, context } = await answering([])();
    const error = await adapterError(Promise.resolve(sink.send(message, context)));
    expect(error).toMatchObject({ outcome: 'reject_event', status: 400 });
  });

  test('is not looked for where TheHive refuses something else', async () => {
    const { farEnd, sink, context } = await answering([{ _id: '~99' }], '{"type":"BadRequest"}')();
    await adapterError(Promise.resolve(sink.send(message, context)));
    expect(farEnd.received).toHaveLength(1);
  });
});

describe('an edit', () => {
  const inState = (kind: IncidentState): Message => ({
    ...message,
    card: { ...message.card, state: { kind, text: [] } },
  });

  test('sets the status that the sink names for it, and none that it does not', async () => {
    const { farEnd, sink, context } = await start({ statuses: { resolved: 'Ignored' } });
    farEnd.answering((_request, response) => void response.writeHead(204).end());
    await sink.edit!('~4128', inState('acknowledged'), context);
    await sink.edit!('~4128', inState('resolved'), context);
    expect(farEnd.received.map((one) => [one.method, read(one).status])).toEqual([
      ['PATCH', undefined],
      ['PATCH', 'Ignored'],
    ]);
  });

  test('to a status that is not there pauses the sink', async () => {
    const { farEnd, sink, context } = await start({ statuses: { resolved: 'Nothing' } });
    const body = JSON.stringify({
      type: 'NotFoundError',
      message: 'AlertStatus Nothing not found',
    });
    farEnd.answering((_request, response) => void response.writeHead(404).end(body));
    const error = await adapterError(
      Promise.resolve(sink.edit!('~4128', inState('resolved'), context)),
    );
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  });

  test('that a page answers was not made', async () => {
    const { farEnd, sink, context } = await start();
    farEnd.answering((_request, response) => void response.end('<html>Sign in</html>'));
    const error = await adapterError(Promise.resolve(sink.edit!('~4128', message, context)));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  });
});

test('check asks who the key is', async () => {
  const { farEnd, sink, context } = await start();
  farEnd.answering((_request, response) => void response.end(me));
  await sink.check!(context.signal);
  expect(farEnd.received[0]).toMatchObject({ method: 'GET', target: '/api/v1/user/current' });
  farEnd.answering((_request, response) => void response.writeHead(401).end());
  expect(await adapterError(sink.check!(context.signal))).toMatchObject({ reason: 'auth' });
});
