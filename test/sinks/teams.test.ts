// The sink teams: the suite of all sinks, what a workflow's answers mean, and that nothing of an
// event is a mention, a date or markup.
import { describe, expect, test } from 'vitest';
import type { Card, Part } from '../../src/kit/card.ts';
import { teams } from '../../src/sinks/teams.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink, type Place } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const path =
  '/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sig=generatedsignature';

type Objects = Readonly<Record<string, unknown>>;

interface Post {
  readonly attachments: readonly [
    { readonly content: { readonly body: readonly Objects[]; readonly msteams: Objects } },
  ];
}
const cardIn = ({ body }: Pick<Received, 'body'>) =>
  (JSON.parse(body) as Post).attachments[0].content;

function elementsIn(value: unknown): Objects[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Objects, ...Object.values(value).flatMap(elementsIn)];
}

function placesOf({ type, text, selectAction }: Objects): Place[] {
  const seen = String(text);
  const { url = '' } = (selectAction ?? {}) as { url?: string };
  if (type === 'TextRun')
    return [
      { where: 'a run', syntax: 'adaptive card run', text: seen },
      { where: 'what a run opens', syntax: 'text', text: url },
    ];
  return type === 'TextBlock' ? [{ where: 'a block', syntax: 'markdown', text: seen }] : [];
}

describeSink(teams, {
  config: (origin) => ({ url: `${origin}${path}` }),
  success: { status: 202, body: '' },
  reads: (request) => elementsIn(cardIn(request)).flatMap(placesOf),
  exceeded({ body }) {
    const bytes = Buffer.byteLength(body);
    return bytes > 28_000 ? [`a message of ${bytes} bytes`] : [];
  },
  skip: {
    'the origin is what is called':
      'each workflow has a rate of its own, so each is an origin of its own',
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function start(status = 202, body = '', settings: object = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status, { 'retry-after': '30' }).end(body),
  );
  const config = teams.config.parse({ url: `${farEnd.origin}${path}`, ...settings });
  return { farEnd, sink: teams.create(config, adapterContext()) };
}

test('a workflow gets a message with one Adaptive Card, at most one a second', async () => {
  const { farEnd, sink } = await start();
  const receipt = await sink.send(messageOf(storedEvent({ severity: 5 }), {}, sink), context);
  expect(receipt).toEqual({ quota: { limit: 1, remaining: 0, resetMs: 1_000 } });
  expect(farEnd.received[0]!.target).toBe(path);
  const sent = JSON.parse(farEnd.received[0]!.body) as Post;
  const [{ content, ...attachment }] = sent.attachments;
  expect({ ...sent, attachments: [attachment] }).toEqual({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
  });
  expect(content).toMatchObject({ type: 'AdaptiveCard', msteams: { width: 'Full', entities: [] } });
  expect(content.body[0]).toMatchObject({ type: 'Container', id: 'soc-1', style: 'attention' });
});

test.each([
  [200, '', 'reject_sink', 'bad_config'],
  [202, 'Sign in', 'reject_sink', 'bad_config'],
  [400, '{"error":{"code":"TriggerInputSchemaMismatch"}}', 'reject_event', 'rejected'],
  [401, '', 'reject_sink', 'auth'],
  [404, '{"error":{"code":"WorkflowNotFound"}}', 'reject_sink', 'bad_config'],
  [413, '', 'reject_event', 'too_large'],
  [429, '', 'retry', 'rate_limited'],
  [502, '{"error":{"code":"NoResponse"}}', 'retry', 'server_error'],
])('%i %s is %s, %s', async (status, body, outcome, reason) => {
  const { sink } = await start(status, body);
  const error = await adapterError(sink.send(messageOf(storedEvent(), {}, sink), context));
  expect(error).toMatchObject({ outcome, reason, answer: body });
});

test('a new signature of a workflow leaves its backlog where it is', async () => {
  const { farEnd, sink } = await start();
  const config = teams.config.parse({ url: `${farEnd.origin}${path}new` });
  expect(teams.create(config, adapterContext()).place).toBe(sink.place);
});

test.each([
  'https://example.webhook.office.com/webhookb2/0/IncomingWebhook/0/0',
  'https://outlook.office.com/webhook/0',
])('%s is refused, since no such connector posts any more', (url) => {
  const { error } = teams.config.safeParse({ url });
  expect(error?.issues[0]?.message).toContain('retired');
});

describe('a mention', () => {
  const name = 'ana@example.com';

  test('is a tag with its entity, from its severity up', async () => {
    const { farEnd, sink } = await start(202, '', { mention: name });
    for (const severity of [4, 5] as const)
      await sink.send(messageOf(storedEvent({ severity }), {}, sink), context);
    const [without, pinging] = farEnd.received.map(cardIn);
    expect(without!.msteams.entities).toEqual([]);
    expect(pinging!.msteams.entities).toEqual([
      { type: 'mention', text: `<at>${name}</at>`, mentioned: { id: name, name } },
    ]);
    const blocks = elementsIn(pinging).filter(({ type }) => type === 'TextBlock');
    expect(blocks.map(({ text }) => text)).toEqual([`<at>${name}</at>`]);
  });

  test('of another product is none here', () => {
    const { url } = teams.example;
    expect(teams.config.safeParse({ url, mention: '<at>ana</at>' }).success).toBe(false);
    expect(teams.config.safeParse({ url, mention: '@channel' }).success).toBe(false);
  });
});

async function runsOf(headline: Part): Promise<unknown[]> {
  const { farEnd, sink } = await start();
  const message = messageOf(storedEvent(), {}, sink);
  const card: Card = { ...message.card, headline: [headline], remarks: [] };
  await sink.send({ ...message, card }, context);
  const [container] = cardIn(farEnd.received[0]!).body;
  const elements = elementsIn(container).filter(({ type }) => type === 'TextRun');
  return elements.slice(3).map(({ text, fontType }) => [text, fontType]);
}

test('nobody makes a client put a date into the place of a text', async () => {
  const text = '{{DATE(2026-03-01T02:03:04Z, SHORT)}}';
  expect(await runsOf({ kind: 'code', text })).toEqual([
    ['{ {DATE(2026-03-01T02:03:04Z, SHORT)}}', 'Monospace'],
  ]);
});

test('each line of a script stands on its own, and none is left out', async () => {
  expect(await runsOf({ kind: 'block', text: 'one\n\n<at>two</at>' })).toEqual([
    ['one', 'Monospace'],
    [' ', 'Monospace'],
    ['<at>two</at>', 'Monospace'],
  ]);
});
