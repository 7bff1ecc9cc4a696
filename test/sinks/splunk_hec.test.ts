// The sink splunk_hec: the suite of all sinks, what stands around an event, and what the codes of
// the collector mean.
import { describe, expect, it, test } from 'vitest';
import { splunkHec } from '../../src/sinks/splunk_hec.ts';
import { adapterContext, adapterError, expectNoSecret } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const token = '12345678-1234-1234-1234-1234567890ab';
const accepted = JSON.stringify({ text: 'Success', code: 0 });

const harness = {
  success: { status: 200, body: JSON.stringify({ code: 0 }) },
  data: ({ body }: Received) => (JSON.parse(body) as { event: unknown }).event,
} as const;

describeSink(splunkHec, { ...harness, config: (url: string) => ({ url, token, index: 'soc' }) });

describeSink(splunkHec, {
  ...harness,
  as: 'ocsf',
  config: (url: string) => ({ url, token, format: 'ocsf' }),
  holds: ['externalId', 'type', 'status', 'action', 'user', 'device.name', 'file.hash'],
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };
const { signal } = context;

/** A sink whose far end answers so. */
async function answered(status: number, body: string, more: object = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = splunkHec.config.parse({ url: `${farEnd.origin}/`, token, ...more });
  return { farEnd, sink: splunkHec.create(config, adapterContext()) };
}

async function sent(more: object = {}, event = storedEvent()): Promise<Received> {
  const { farEnd, sink } = await answered(200, accepted, more);
  await sink.send(messageOf(event), context);
  return farEnd.received[0]!;
}

describe('a request', () => {
  it('goes to the collector of events with the token', async () => {
    const { method, target, headers } = await sent();
    expect(`${method} ${target}`).toBe('POST /services/collector/event');
    expect(headers.authorization).toBe(`Splunk ${token}`);
  });

  it('says the time in seconds since the epoch, else when the event arrived', async () => {
    const event = storedEvent({ occurredAt: '2026-03-01T02:03:04.250Z' });
    expect(JSON.parse((await sent({}, event)).body)).toMatchObject({ time: 1_772_330_584.25 });
    const unknown = storedEvent({ occurredAt: null });
    expect(JSON.parse((await sent({}, unknown)).body)).toMatchObject({ time: 1_772_330_589.12 });
  });

  it('names index, source and type of source as configured, and no index if none is', async () => {
    const { event, time, ...around } = JSON.parse((await sent()).body);
    expect(around).toEqual({ source: 'tocsin', sourcetype: 'tocsin' });
    expect(event).toMatchObject({ delivery_id: 'soc-1', id: 4711 });
    const named = { index: 'soc', source: 'edr', sourcetype: 'tocsin:ocsf' };
    expect(JSON.parse((await sent(named)).body)).toMatchObject(named);
  });
});

describe('an answer', () => {
  test.each([
    [403, 1, 'Token disabled', 'reject_sink', 'auth'],
    [401, 2, 'Token is required', 'reject_sink', 'auth'],
    [403, 4, 'Invalid token', 'reject_sink', 'auth'],
    [400, 6, 'Invalid data format', 'reject_event', 'rejected'],
    [400, 7, 'Incorrect index', 'reject_sink', 'bad_config'],
    [500, 8, 'Internal server error', 'retry', 'server_error'],
    [503, 9, 'Server is busy', 'retry', 'server_error'],
    [400, 10, 'Data channel is missing', 'reject_sink', 'bad_config'],
    [400, 11, 'Invalid data channel', 'reject_sink', 'bad_config'],
    [400, 13, 'Event field cannot be blank', 'reject_event', 'rejected'],
    [413, 27, 'Request entity too large', 'reject_event', 'too_large'],
    [200, 9, 'Server is busy', 'reject_sink', 'bad_config'],
  ])('%i with code %i (%s) is %s', async (status, code, text, outcome, reason) => {
    const { sink } = await answered(status, JSON.stringify({ text, code }));
    const error = await adapterError(sink.send(messageOf(storedEvent()), context));
    expect(error).toMatchObject({ outcome, reason, status });
    expect(error.answer).toContain(text);
  });

  it('that echoes the token shows none of it', async () => {
    const { sink } = await answered(400, JSON.stringify({ text: token, code: 7 }));
    const error = await adapterError(sink.send(messageOf(storedEvent()), context));
    expectNoSecret(error, [{ what: 'the token', text: token }]);
  });
});

describe('the check', () => {
  it('sends nothing, and takes the complaint of that as a proof', async () => {
    const { farEnd, sink } = await answered(400, JSON.stringify({ text: 'No data', code: 5 }));
    await sink.check!(signal);
    expect((await sink.inspect!(signal, [])).tested).toContain('knows the token');
    expect(farEnd.received.map(({ body }) => body)).toEqual(['', '']);
  });

  test.each([
    [403, JSON.stringify({ text: 'Invalid token', code: 4 }), 'reject_sink', 'auth'],
    [
      400,
      JSON.stringify({ text: 'Data channel is missing', code: 10 }),
      'reject_sink',
      'bad_config',
    ],
    [503, JSON.stringify({ text: 'Server is busy', code: 9 }), 'retry', 'server_error'],
    [200, '<html>Sign in</html>', 'reject_sink', 'bad_config'],
    [200, accepted, 'reject_sink', 'bad_config'],
    [404, 'not found', 'reject_sink', 'bad_config'],
  ])('%i %s is no proof', async (status, body, outcome, reason) => {
    const { sink } = await answered(status, body);
    expect(await adapterError(sink.check!(signal))).toMatchObject({ outcome, reason });
  });
});
