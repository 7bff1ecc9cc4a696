// The sink line: the suite of all sinks, and what it does at the Messaging API.
import { describe, expect, it, test } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../src/kit/errors.ts';
import { line } from '../../src/sinks/line.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink, type Place } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const token = 'channel-access-token-0123456789';
const to = `C${'0123456789abcdef'.repeat(2)}`;
const success = JSON.stringify({ sentMessages: [{ id: '461230966842064897' }] });

interface Component {
  readonly type: string;
  readonly text?: string;
  readonly contents?: readonly Component[];
  readonly action?: { readonly type: string; readonly label: string; readonly uri: string };
}
type Bubble = Component & Readonly<Record<'header' | 'body' | 'footer', Component | undefined>>;
interface Flex {
  readonly type: string;
  readonly altText: string;
  readonly contents: Bubble;
}
const flexIn = ({ body }: Received) => (JSON.parse(body) as { messages: [Flex] }).messages[0];

function componentsIn({ contents: { header, body, footer } }: Flex): Component[] {
  return [header, body, footer].flatMap((box) => box?.contents ?? []);
}

/** Telephones may make links of what is a text of a bubble, too; a button opens an address. */
function placesOf({ text, contents, action }: Component): Place[] {
  const said = contents?.map((span) => span.text).join('') ?? text ?? '';
  return [
    { where: 'a line', syntax: 'text with links', text: said },
    { where: 'the button', syntax: 'text with links', text: action?.label ?? '' },
    { where: 'what the button opens', syntax: 'text', text: action?.uri ?? '' },
  ];
}

describeSink(line, {
  config: (origin) => ({ url: origin, token, to }),
  success: { status: 200, body: success },
  reads(request) {
    const flex = flexIn(request);
    const summary = {
      where: 'the notification',
      syntax: 'text with links',
      isSummary: true,
    } as const;
    return [{ ...summary, text: flex.altText }, ...componentsIn(flex).flatMap(placesOf)];
  },
  exceeded(request) {
    const flex = flexIn(request);
    const bytes = Buffer.byteLength(JSON.stringify(flex.contents));
    const texts = componentsIn(flex).flatMap(({ text, contents = [] }) => [
      ...[text ?? 'x', ...contents.map((span) => span.text ?? 'x')],
    ]);
    const { label, uri } = componentsIn(flex).find(({ action }) => action)?.action ?? {};
    return [
      ...(bytes > 30_000 ? [`a bubble of ${bytes} bytes`] : []),
      ...(flex.altText.length > 400 ? [`a summary of ${flex.altText.length} letters`] : []),
      ...(texts.some((text) => text.trim() === '') ? ['a text of nothing'] : []),
      ...((label?.length ?? 0) > 20 ? [`a label of ${label?.length} letters`] : []),
      ...((uri?.length ?? 0) > 1_000 ? ['an address of more than 1,000 letters'] : []),
    ];
  },
});

const signal = new AbortController().signal;
const context = { deliveryId: 'soc-1', attempt: 1, signal };
const message = messageOf(storedEvent({ severity: 5 }));

async function stage(status = 200, body: unknown = JSON.parse(success), headers = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status, headers).end(JSON.stringify(body)),
  );
  const config = line.config.parse({ url: farEnd.origin, token, to });
  return { farEnd, sink: line.create(config, adapterContext()) };
}

describe('a message', () => {
  it('goes to its reader, coloured by its severity, with a button to the console', async () => {
    const { farEnd, sink } = await stage();
    expect(await sink.send(message, context)).toMatchObject({ remoteId: '461230966842064897' });
    const [request] = farEnd.received;
    expect(request!.target).toBe('/v2/bot/message/push');
    expect(request!.headers.authorization).toBe(`Bearer ${token}`);
    expect(JSON.parse(request!.body)).toMatchObject({ to });
    const { contents } = flexIn(request!);
    expect(contents.header).toMatchObject({ backgroundColor: '#C5221F' });
    expect(contents.footer!.contents![0]!.action).toEqual({
      ...{ type: 'uri', label: 'Event ID 1203', uri: 'https://console.example/events/1203' },
    });
  });

  it('has one key for all attempts, and another where a database began anew', async () => {
    const { farEnd, sink } = await stage();
    const anew = messageOf(storedEvent({ receivedAt: '2027-01-01T00:00:00.000Z' }));
    await sink.send(message, context);
    await sink.send({ ...message, mayBeRepeated: true }, { ...context, attempt: 2 });
    await sink.send(anew, context);
    await sink.send(message, { ...context, deliveryId: 'soc-2' });
    const keys = farEnd.received.map(({ headers }) => headers['x-line-retry-key'] as string);
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
    for (const key of keys)
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('that LINE took before is sent, and keeps its name', async () => {
    const body = { message: 'The retry key is already accepted', sentMessages: [{ id: '46123' }] };
    const known = await stage(409, body, { 'x-line-accepted-request-id': '123e4567' });
    expect(await known.sink.send(message, context)).toMatchObject({ remoteId: '46123' });
    const nameless = await stage(409, {}, { 'x-line-accepted-request-id': '123e4567' });
    expect(await nameless.sink.send(message, context)).toMatchObject({ remoteId: undefined });
    const error = await adapterError((await stage(409, body)).sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'reject_event', status: 409 });
  });

  it('shows a long address in words, since no button takes it', async () => {
    const { farEnd, sink } = await stage();
    const link = `https://console.example/${'x'.repeat(1_000)}`;
    await sink.send({ ...message, card: { ...message.card, link } }, context);
    const flex = flexIn(farEnd.received[0]!);
    expect(flex.contents.footer).toBeUndefined();
    expect(JSON.stringify(flex.contents.body)).toContain(link);
  });
});

test.each<[number, string, FailureOutcome, FailureReason]>([
  [429, 'You have reached your monthly limit.', 'reject_sink', 'rejected'],
  [429, 'The API rate limit has been exceeded. Try again later.', 'retry', 'rate_limited'],
  [400, 'Failed to send messages', 'reject_sink', 'bad_config'],
  [400, "The property, 'to', in the request body is invalid", 'reject_sink', 'bad_config'],
  [400, 'The request body has 1 error(s)', 'reject_event', 'rejected'],
  [401, 'Authentication failed due to the following reason: …', 'reject_sink', 'auth'],
  [403, 'Access to this API is not available for your account', 'reject_sink', 'auth'],
  [500, 'You have reached your monthly limit.', 'retry', 'server_error'],
])('%i %s is %s, %s', async (status, said, outcome, reason) => {
  const { sink } = await stage(status, { message: said });
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome, reason, status });
});

describe('the check', () => {
  const answers: Readonly<Record<string, object>> = {
    '/v2/bot/info': { displayName: 'SOC', basicId: '@soc' },
    '/v2/bot/message/quota': { type: 'limited', value: 200 },
    '/v2/bot/message/quota/consumption': { totalUsage: 150 },
  };
  async function checked(changed: Readonly<Record<string, object>>) {
    const { farEnd, sink } = await stage();
    farEnd.answering(({ target }, response) => {
      response.end(JSON.stringify({ ...answers, ...changed }[target]));
    });
    return { farEnd, sink };
  }

  it.each([
    [{}, '50 more messages', 3],
    [{ '/v2/bot/message/quota': { type: 'none' } }, 'as many messages as it likes', 2],
  ])('says what is left of the month: %j', async (changed, left, requests) => {
    const { farEnd, sink } = await checked(changed);
    const { tested } = (await sink.inspect!(signal, []))!;
    expect(tested).toContain(`knows SOC (@soc), and lets it send ${left} this month`);
    expect(farEnd.received.map(({ method }) => method)).toEqual(Array(requests).fill('GET'));
  });

  it('fails until messages are left again', async () => {
    const { farEnd, sink } = await checked({
      '/v2/bot/message/quota/consumption': { totalUsage: 200 },
    });
    const error = await adapterError(sink.check!(signal));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'rejected' });
    farEnd.answering(({ target }, response) => void response.end(JSON.stringify(answers[target])));
    await sink.check!(signal);
  });

  it('fails for a wrong token', async () => {
    const { sink } = await stage(401, { message: 'Authentication failed' });
    expect(await adapterError(sink.check!(signal))).toMatchObject({ reason: 'auth' });
  });
});

test('an id of another product is no reader', () => {
  const { error } = line.config.safeParse({ token, to: '@soc' });
  expect(error?.issues[0]?.message).toBe('is no id of LINE: U, C or R and 32 digits from 0 to f');
});
