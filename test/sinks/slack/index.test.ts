// The sink slack: the suite of all sinks, what Slack's own limits allow, and that nothing of an
// event is read as one of Slack's tokens.
import { describe, expect, it, test } from 'vitest';
import { slack } from '../../../src/sinks/slack/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { slackReading } from '../../contract/readings.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { digestOfStorm, storedDigest } from '../../support/digests.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { startFarEnd } from '../../support/far-end.ts';
import { joinedTexts, saidBy, saidFile } from '../../support/said.ts';
import { messageOf } from '../../support/voice.ts';

interface SlackText {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}
interface SlackBlock {
  readonly type: 'section' | 'context';
  readonly text?: SlackText;
  readonly fields?: readonly SlackText[];
  readonly elements?: readonly SlackText[];
}
interface SlackPost {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly attachments: readonly {
    readonly color: string;
    readonly blocks: readonly SlackBlock[];
  }[];
}

function blocksOf({ blocks, attachments }: SlackPost): readonly SlackBlock[] {
  return [...blocks, ...attachments.flatMap((one) => one.blocks)];
}

function textsIn(post: SlackPost): string[] {
  return blocksOf(post)
    .flatMap(({ text, fields = [], elements = [] }) => [
      ...(text ? [text] : []),
      ...fields,
      ...elements,
    ])
    .map(({ text }) => text);
}

const path = '/services/T0EXAMPLE/B0EXAMPLE/xxgeneratedkeyxx';

describeSink(slack, {
  config: (origin) => ({ url: `${origin}${path}`, mention: '!here' }),
  success: { status: 200, body: 'ok' },
  ...slackReading,
  skip: {
    'the origin is what is called':
      'each webhook has a rate of its own, so each is an origin of its own',
  },
});

const never = new AbortController().signal;

async function posted(message: ReturnType<typeof messageOf>, settings: object = {}) {
  const farEnd = await startFarEnd((_request, response) => void response.end('ok'));
  const config = slack.config.parse({ url: `${farEnd.origin}${path}`, ...settings });
  const sink = slack.create(config, adapterContext());
  await sink.send(message, { deliveryId: 'soc-1', attempt: 1, signal: never });
  return JSON.parse(farEnd.received[0]!.body) as SlackPost;
}

const sink = slack.create(slack.config.parse(slack.example), {
  id: 'soc',
  http: { request: () => Promise.reject(new Error('not called')), close: async () => {} },
  now: Date.now,
});

describe('a post', () => {
  it('has a notification in which no device speaks in our name', async () => {
    const event = storedEvent({ body: { device: { name: 'PC-1 (admin): blocked' } } });
    expect((await posted(messageOf(event, {}, sink))).text).toContain('“PC-1 (admin): blocked”');
  });

  it('says in its first line what happened, and in its notification the same', async () => {
    const post = await posted(messageOf(storedEvent({ severity: 5 }), {}, sink), {
      mention: '!here',
    });
    expect(textsIn(post)[0]).toBe(
      '🔴 *CRITICAL* · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, *quarantine FAILED* <!here>',
    );
    expect(post.text).toBe(
      '🔴 CRITICAL · Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
    );
    expect(post.attachments[0]!.color).toBe('#FF0000');
    expect(textsIn(post)).toContain('*<https://console.example/events/1203|Event ID 1203>*');
  });

  test.each([
    ['HIGH', storedEvent({ severity: 4 })],
    ['a notice', storedEvent({ severity: 5, body: { notice: { kind: 'sample', values: {} } } })],
  ])('pings nobody for %s', async (_title, event) => {
    const post = await posted(messageOf(event, {}, sink), { mention: '!here' });
    expect(textsIn(post)[0]).not.toContain('<');
  });

  test.each([
    [3, {}, undefined, false],
    [3, { mention: '!here', mention_from: 'MEDIUM' }, undefined, true],
    [2, { mention: '!here', mention_from: 'MEDIUM' }, undefined, false],
    [5, {}, { mention: '@U012AB3CD' }, true],
    [4, { mention: '!here' }, { mention_from: 'HIGH' }, true],
    [4, { mention: '!here', mention_from: 'LOW' }, { mention_from: 'CRITICAL' }, false],
  ] as const)(
    'of severity %i, set %j and by its route %j, pings: %s',
    async (severity, set, byRoute, is) => {
      const message = messageOf(storedEvent({ severity }), { settings: byRoute }, sink);
      expect(/<[!@]\w+>$/.test(textsIn(await posted(message, set))[0]!)).toBe(is);
    },
  );

  it('has a row of a digest in a line, with the way to the event', async () => {
    const post = await posted(messageOf(storedDigest(digestOfStorm), {}, sink));
    expect(textsIn(post).join('\n')).toMatch(
      /^🟠 · `RANSOMWARE` · `PC-00` · `invoice.*` · [\d:]{8} · <https:\/\/console\.example\/events\/1200\|1200>$/m,
    );
  });

  const units = ['x', '&', '<', '`', 'ก', '😀', '\u202E', '\n'];
  test.each([
    ['each field', (text: string) => eventOfTexts(() => text)],
    ['a script alone', (script: string) => storedEvent({ body: { file: { script } } })],
    ['a path alone', (path: string) => storedEvent({ body: { file: { path } } })],
  ])('stays within every limit of Slack, whatever stands in %s', async (_title, eventOf) => {
    for (const unit of units) {
      const event = eventOf(unit.repeat(20_000));
      const post = await posted(messageOf(event, {}, sink));
      const blocks = blocksOf(post);
      expect(blocks.length, unit).toBeLessThanOrEqual(50);
      for (const { text, fields = [] } of blocks) {
        expect(text?.text.length ?? 1, unit).toBeLessThanOrEqual(3_000);
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const one of fields) expect(one.text.length, unit).toBeLessThanOrEqual(2_000);
      }
      expect(textsIn(post).join('').length, unit).toBeLessThan(13_200);
      expect(post.text.length, unit).toBeLessThan(40_000);
    }
  });

  it('shows a script of usual length whole', async () => {
    const script = 'Write-Host hello; '.repeat(60).trim();
    const event = storedEvent({ body: { file: { script } } });
    expect(textsIn(await posted(messageOf(event, {}, sink))).join('\n')).toContain(script);
  });

  test('each language says an event, a digest and a notice as the files show', async () => {
    for (const { locale, messages } of saidBy(sink)) {
      const posts = await Promise.all(messages.map((message) => posted(message)));
      const texts = posts.map((post) =>
        [`(notification) ${post.text}`, ...textsIn(post), post.attachments[0]!.color].join('\n\n'),
      );
      await expect(joinedTexts(texts)).toMatchFileSnapshot(saidFile('slack', locale));
    }
  });
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: never };

async function sinkAnswered(status: number, body: string, headers: Record<string, string> = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status, headers).end(body),
  );
  const config = slack.config.parse({ url: `${farEnd.origin}${path}` });
  return { sink: slack.create(config, adapterContext()), farEnd };
}

test.each([
  [400, 'invalid_blocks', 'reject_event', 'rejected'],
  [403, 'action_prohibited', 'reject_sink', 'auth'],
  [404, 'no_service', 'reject_sink', 'bad_config'],
  [410, 'channel_is_archived', 'reject_sink', 'bad_config'],
  [413, '', 'reject_event', 'too_large'],
  [429, 'rate_limited', 'retry', 'rate_limited'],
  [500, 'rollup_error', 'retry', 'server_error'],
  [302, '', 'reject_sink', 'bad_config'],
  [200, '<html>Sign in</html>', 'reject_sink', 'bad_config'],
])('%i %s is %s, %s, and shows no part of the address', async (status, body, outcome, reason) => {
  const { sink: one } = await sinkAnswered(status, body, { 'retry-after': '30' });
  const error = await adapterError(one.send(messageOf(storedEvent(), {}, sink), context));
  expect(error).toMatchObject({ outcome, reason, answer: body });
  if (status === 429) expect(error.retryAfterMs).toBe(30_000);
  // docs/troubleshooting.md quotes it.
  if (status === 200) expect(error.message).toContain('but not as Slack does');
  expect(JSON.stringify([error.message, error.answer])).not.toContain('xxgeneratedkeyxx');
});

test('one message a second goes to a webhook, whatever goes to another of the same host', async () => {
  const { sink: one, farEnd } = await sinkAnswered(200, 'ok');
  const receipt = await one.send(messageOf(storedEvent(), {}, sink), context);
  expect(receipt).toEqual({ quota: { limit: 1, remaining: 0, resetMs: 1_000 } });
  const config = slack.config.parse({ url: `${farEnd.origin}/services/T1/B2/other` });
  expect(slack.create(config, adapterContext()).origin).not.toBe(one.origin);
  expect(one.origin).not.toContain('xxgeneratedkeyxx');
});

describe('the check', () => {
  test.each([
    [400, 'no_text'],
    [400, 'missing_text'],
    [200, 'ok'],
  ])(
    'posts nothing to see, and takes %i %s for a webhook that Slack knows',
    async (status, body) => {
      const { sink: one, farEnd } = await sinkAnswered(status, body);
      await one.check!(never);
      expect(farEnd.received.map((request) => request.body)).toEqual(['{"text":""}']);
      const { tested, remarks } = await one.inspect!(never, []);
      expect([tested, ...remarks]).toEqual([
        'answers, and knows the webhook. Not tried: its channel, and mention if set',
      ]);
    },
  );

  test.each([
    [400, 'invalid_payload'],
    [403, 'invalid_token'],
    [404, 'no_service'],
    [200, '<html>Sign in</html>'],
  ])('fails at %i %s', async (status, body) => {
    const { sink: one } = await sinkAnswered(status, body);
    await adapterError(one.check!(never));
    await adapterError(one.inspect!(never, []));
  });
});
