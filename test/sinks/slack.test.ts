// The sink slack: the suite of all sinks, what Slack's own limits allow, and that nothing of an
// event is read as one of Slack's tokens.
import { describe, expect, it, test } from 'vitest';
import { slack } from '../../src/sinks/slack.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { slackReading } from '../contract/readings.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { digestOfStorm, storedDigest } from '../support/digests.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

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
    'hostile text is only shown, in every part of every kind of card':
      'shown by the suite, and mended with the sink’s next change',
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

  it('has a row of a digest in a line, with the way to the event', async () => {
    const post = await posted(messageOf(storedDigest(digestOfStorm), {}, sink));
    expect(textsIn(post).join('\n')).toMatch(
      /^🟠 · `RANSOMWARE` · `PC-00` · `invoice.*` · \d\d:\d\d:\d\d · <https:\/\/console\.example\/events\/1200\|1200>$/m,
    );
  });

  it('stays within every limit of Slack, whatever stands in each field', async () => {
    for (const unit of ['x', '&', '<', '`', 'ก', '😀', '\u202E', '\n']) {
      const event = eventOfTexts(() => unit.repeat(20_000));
      const post = await posted(messageOf(event, {}, sink));
      const blocks = blocksOf(post);
      expect(blocks.length, unit).toBeLessThanOrEqual(50);
      for (const { text, fields = [] } of blocks) {
        expect(text?.text.length ?? 1, unit).toBeLessThanOrEqual(3_000);
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const one of fields) expect(one.text.length, unit).toBeLessThanOrEqual(2_000);
      }
      expect(textsIn(post).join('').length, unit).toBeLessThan(13_200);
    }
  });
});

test.each([
  [403, 'invalid_token', 'reject_sink'],
  [404, 'no_service', 'reject_sink'],
  [410, 'channel_is_archived', 'reject_sink'],
  [400, 'invalid_blocks', 'reject_event'],
  [200, '<html>Sign in</html>', 'reject_sink'],
])('%i %s is %s, and shows no part of the address', async (status, body, outcome) => {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = slack.config.parse({ url: `${farEnd.origin}${path}` });
  const { send } = slack.create(config, adapterContext());
  const context = { deliveryId: 'soc-1', attempt: 1, signal: never };
  const error = await adapterError(send(messageOf(storedEvent(), {}, sink), context));
  expect(error.outcome).toBe(outcome);
  // docs/troubleshooting.md quotes it.
  if (status === 200) expect(error.message).toContain('but not with the “ok” of a Slack webhook');
  expect(JSON.stringify([error.message, error.answer])).not.toContain('xxgeneratedkeyxx');
});
