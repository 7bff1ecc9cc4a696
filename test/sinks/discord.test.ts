// The sink discord: the suite of all sinks, whom it pings, and what the codes of Discord mean.
import { describe, expect, test } from 'vitest';
import { discord } from '../../src/sinks/discord.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink, type Place } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const hook = '/api/webhooks/123456789012345678/xxgeneratedtokenxx';
const posted = JSON.stringify({ id: '1300000000000000001', channel_id: '1200000000000000001' });

interface Embed {
  readonly description: string;
  readonly color: number;
  readonly footer?: { readonly text: string };
}
interface Post {
  readonly content: string;
  readonly embeds: readonly Embed[];
  readonly allowed_mentions: object;
}
const read = ({ body }: { readonly body: string }) => JSON.parse(body) as Post;

function placesOfEmbed({ description, footer = { text: '' } }: Embed): Place[] {
  return [
    { where: 'an embed', syntax: 'discord', text: description },
    { where: 'the footer', syntax: 'text with links', text: footer.text },
  ];
}

describeSink(discord, {
  config: (origin) => ({ url: `${origin}${hook}` }),
  success: { status: 200, body: posted },
  reads(request) {
    const { content, embeds } = read(request);
    return [
      { where: 'the message', syntax: 'discord', text: content },
      ...embeds.flatMap(placesOfEmbed),
    ];
  },
  exceeded(request) {
    const { content, embeds } = read(request);
    const lengths = embeds.map(({ description }) => description.length);
    const footers = embeds.map(({ footer }) => footer?.text.length ?? 0);
    const all = [...lengths, ...footers].reduce((sum, length) => sum + length, 0);
    return [
      ...(content.length > 2_000 ? [`a message of ${content.length} letters`] : []),
      ...(embeds.length > 10 ? [`${embeds.length} embeds`] : []),
      ...lengths.filter((length) => length > 4_096).map((one) => `an embed of ${one} letters`),
      ...footers.filter((length) => length > 2_048).map((one) => `a footer of ${one} letters`),
      ...(all > 6_000 ? [`embeds of ${all} letters in all`] : []),
    ];
  },
  remote: {
    sample: '1300000000000000002',
    target: ({ target }) => /\/messages\/(\d+)$/.exec(target)?.[1],
    isReply: () => false,
  },
  skip: {
    'the origin is what is called':
      'each webhook has a rate of its own, so each is an origin of its own',
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function start(answer: { status?: number; body?: string; headers?: object } = {}, more = {}) {
  const { status = 200, body = posted, headers = {} } = answer;
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status, { ...headers }).end(body),
  );
  const config = discord.config.parse({ url: `${farEnd.origin}${hook}`, ...more });
  return { farEnd, sink: discord.create(config, adapterContext()) };
}

test('a post asks for its message, and an edit goes to that message', async () => {
  const { farEnd, sink } = await start();
  const message = messageOf(storedEvent({ severity: 5 }), {}, sink);
  expect(await sink.send(message, context)).toMatchObject({ remoteId: '1300000000000000001' });
  await sink.edit!('1300000000000000001', message, context);
  expect(farEnd.received.map(({ method, target }) => [method, target])).toEqual([
    ['POST', `${hook}?wait=true`],
    ['PATCH', `${hook}/messages/1300000000000000001`],
  ]);
  const { content, embeds } = read(farEnd.received[0]!);
  expect(content).toBe(
    '🔴 **CRITICAL** · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, **quarantine FAILED**',
  );
  expect(embeds[0]!.color).toBe(0xff0000);
  expect(embeds.at(-1)!.footer!.text).toMatch(/ · soc-1$/);
});

test('a webhook for a thread posts and edits in it', async () => {
  const { farEnd } = await start();
  const config = discord.config.parse({ url: `${farEnd.origin}${hook}?thread_id=17` });
  const sink = discord.create(config, adapterContext());
  const message = messageOf(storedEvent(), {}, sink);
  await sink.send(message, context);
  await sink.edit!('1', message, context);
  expect(farEnd.received.map(({ target }) => target)).toEqual([
    `${hook}?thread_id=17&wait=true`,
    `${hook}/messages/1?thread_id=17`,
  ]);
});

describe('a mention', () => {
  const nobody = { parse: [], roles: [], users: [] };
  const role = '123456789012345678';

  test.each([
    [4, '@here', '', nobody],
    [5, '@here', '@here', { ...nobody, parse: ['everyone'] }],
    [5, '@everyone', '@everyone', { ...nobody, parse: ['everyone'] }],
    [5, `@&${role}`, `<@&${role}>`, { ...nobody, roles: [role] }],
    [5, `@${role}`, `<@${role}>`, { ...nobody, users: [role] }],
  ] as const)('at severity %i set to %s is %j', async (severity, mention, shown, allowed) => {
    const { farEnd, sink } = await start({}, { mention });
    await sink.send(messageOf(storedEvent({ severity }), {}, sink), context);
    const { content, allowed_mentions } = read(farEnd.received[0]!);
    expect(content.includes('@')).toBe(shown !== '');
    expect(content.endsWith(shown)).toBe(true);
    expect(allowed_mentions).toEqual(allowed);
  });

  test('is by id, and nothing else', () => {
    const { url } = discord.example;
    expect(discord.config.safeParse({ url, mention: '@soc' }).success).toBe(false);
  });
});

test.each([
  [404, { code: 10_008, message: 'Unknown Message' }, 'reject_event', 'gone'],
  [404, { code: 10_015, message: 'Unknown Webhook' }, 'reject_sink', 'bad_config'],
  [401, { code: 50_027, message: 'Invalid Webhook Token' }, 'reject_sink', 'auth'],
  [400, { code: 50_035, message: 'Invalid Form Body' }, 'reject_event', 'rejected'],
])('%i %j is %s, %s', async (status, body, outcome, reason) => {
  const { sink } = await start({ status, body: JSON.stringify(body) });
  const message = messageOf(storedEvent(), {}, sink);
  expect(await adapterError(sink.edit!('1', message, context))).toMatchObject({ outcome, reason });
});

test('it waits as long as the body of a 429 says, which is more exact than the header', async () => {
  const body = JSON.stringify({ message: 'slow down', retry_after: 0.65, global: false });
  const { sink } = await start({ status: 429, body, headers: { 'retry-after': '1' } });
  const error = await adapterError(sink.send(messageOf(storedEvent(), {}, sink), context));
  expect(error).toMatchObject({ outcome: 'retry', reason: 'rate_limited', retryAfterMs: 650 });
});

test('what is left of the rate counts from now, whatever the clock there says', async () => {
  const headers = {
    ...{ 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4' },
    ...{ 'x-ratelimit-reset': '1470173023.123', 'x-ratelimit-reset-after': '1.5' },
  };
  const { sink } = await start({ headers });
  expect(await sink.send(messageOf(storedEvent(), {}, sink), context)).toMatchObject({
    quota: { limit: 5, remaining: 4, resetMs: 1_500 },
  });
});

test('the check looks for the webhook and posts nothing', async () => {
  const { farEnd, sink } = await start();
  await sink.check!(context.signal);
  expect(farEnd.received.map(({ method, target }) => [method, target])).toEqual([['GET', hook]]);
  const { sink: unknown } = await start({ status: 404, body: '{"code":10015}' });
  expect(await adapterError(unknown.check!(context.signal))).toMatchObject({
    outcome: 'reject_sink',
  });
});

test.each(['https://discord.com/api/webhooks/1/t/slack', 'https://discord.com/channels/1/2'])(
  '%s is refused',
  (url) => {
    const { error } = discord.config.safeParse({ url });
    expect(error?.issues[0]?.message).toContain('is no webhook');
  },
);
