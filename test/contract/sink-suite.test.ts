// The sink suite over the smallest sinks that keep the contract, which shows that it asks for
// nothing more; and over lazy sinks, each of which it finds out with a sentence.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Card, type Field, plainText, stateTexts } from '../../src/kit/card.ts';
import { AdapterError } from '../../src/kit/errors.ts';
import { failureOf } from '../../src/kit/http/status.ts';
import { quotaOf } from '../../src/kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../../src/kit/sink.ts';
import type { Received } from '../support/far-end.ts';
import { carriersFor } from './carriers.ts';
import { Judge } from './judge.ts';
import type { CardReading, DataReading } from './sink-harness.ts';
import { describeSink } from './sink-suite.ts';
import type { SyntaxName } from './syntaxes/index.ts';

const config = z.strictObject({
  url: z.string().describe('Where each event is posted, with the key in its path.'),
  token: z.string().describe('Sent as a bearer token.'),
});

/** Posts what `write` makes of a message, and can edit and reply. */
function sampleOf(write: (message: Message) => object): SinkDefinition<typeof config> {
  return {
    type: 'sample',
    config,
    example: { url: 'https://sample.example/in/0123456789abcdef', token: 'fedcba9876543210' },
    secrets: ['url', 'token'],
    create({ url, token }, { http, now }) {
      const { origin, host } = new URL(url);
      const post = async (
        message: Message,
        target: object,
        { deliveryId, signal }: { deliveryId: string; signal: AbortSignal },
      ) => {
        const headers = { authorization: `Bearer ${token}`, 'idempotency-key': deliveryId };
        const body = JSON.stringify({ ...write(message), ...target });
        const answer = await http.request({ method: 'POST', url, headers, body, signal });
        const failure = failureOf(answer, host, [url, token], now());
        if (failure !== undefined) throw failure;
        if (answer.body !== 'taken as 7') {
          const words = `${host} answered ${answer.status} without its word.`;
          throw new AdapterError('reject_sink', 'bad_config', words);
        }
        return { remoteId: '7', quota: quotaOf(answer.headers, now()) };
      };
      return {
        ...{ origin, limits: { total: 4_000, value: 1_000 }, can: { table: true } },
        send: (message, context) => post(message, {}, context),
        edit: async (id, message, context) => void (await post(message, { edits: id }, context)),
        reply: (id, message, context) => post(message, { below: id }, context),
      };
    },
  };
}

const line = ({ name, value }: Field) => `${plainText(name)}: ${plainText(value)}`;

function linesOf(card: Card): string[] {
  const rows = (card.table?.rows ?? []).map((cells) =>
    cells
      .flatMap((cell) =>
        cell.map((one) => (one.kind === 'link' ? `${one.text} ${one.url}` : one.text)),
      )
      .join(' · '),
  );
  return [
    `${card.level} ${plainText(card.headline)}`,
    ...stateTexts(card).map(plainText),
    ...card.remarks.map(plainText),
    ...[...card.fields, ...card.details].map(line),
    ...rows,
    plainText(card.table?.more ?? []),
    plainText(card.title),
    plainText(card.footer),
    card.link ?? '',
  ];
}

const withHttp = {
  config: (origin: string) => ({
    url: `${origin}/in/0123456789abcdef?sig=sig-0123456789`,
    token: 'fedcba9876543210',
  }),
  success: { status: 200, body: 'taken as 7' },
} as const;

describeSink(
  sampleOf(({ card }) => ({ text: linesOf(card).join('\n') })),
  {
    ...withHttp,
    as: 'cards',
    reads: ({ body }) => [{ where: 'the text', syntax: 'text', text: textOf(body) }],
    exceeded: ({ body }) => (textOf(body).length > 4_500 ? ['a text over 4,500'] : []),
    remote: {
      target: ({ body }) => JSON.parse(body).edits ?? JSON.parse(body).below,
      isReply: ({ body }) => JSON.parse(body).below !== undefined,
    },
  },
);

function textOf(body: string): string {
  return (JSON.parse(body) as { text: string }).text;
}

describeSink(
  sampleOf(({ event, form, card, mayBeRepeated, delayed }) => {
    const { id, severity } = event;
    const circumstances = { mayBeRepeated, delayed, link: card.link };
    if (form === 'bare') return { id, severity, ...circumstances };
    return { ...event, headline: plainText(card.headline), ...circumstances };
  }),
  {
    ...withHttp,
    as: 'data',
    data: ({ body }) => JSON.parse(body) as unknown,
    skip: {
      'all three forms are accepted': 'it sends a short message whole, and says so here',
      'everything that a card says arrives, in each form, language and title':
        'a short message is whole; see the lazy sinks of data for this case',
      'an edit goes to the message that it was given, and a reply below it':
        'programs replace nothing; the sink of cards is the sample for it',
    },
  },
);

/** What a test's own far end says of a lazy sink of cards. */
const slackReading: CardReading = {
  reads: ({ body }) => [{ where: 'the post', syntax: 'slack mrkdwn', text: body }],
  exceeded: ({ body }) => (body.length > 4_000 ? [`a text of ${body.length}`] : []),
};

function judgeOf(
  write: (message: Message) => string,
  more: { sink?: Partial<Sink>; reading?: CardReading | DataReading } = {},
) {
  const bodies: Received[] = [];
  const take = (body: string) => void bodies.push({ method: '', target: '', headers: {}, body });
  const sink: Sink = {
    ...{ origin: 'lazy:', limits: { total: 3_000, value: 800 }, can: { table: true } },
    send: async (message) => take(write(message)),
    ...more.sink,
  };
  const reading = more.reading ?? slackReading;
  const judge = new Judge({ type: 'slack', sink, received: () => bodies, reading });
  return { judge, sink, take };
}

async function obeyedBy(write: (message: Message) => string, hostile: string, syntax: SyntaxName) {
  const reading: CardReading = { reads: ({ body }) => [{ where: 'the post', syntax, text: body }] };
  const { judge, sink } = judgeOf(write, { reading });
  const [carrier] = carriersFor(sink);
  return judge.obeyed(
    carrier!,
    carrier!.slots.map(() => hostile),
  );
}

const written = ({ card }: Message) => linesOf(card).join('\n');
const without = (message: Message, left: Partial<Card>): string =>
  linesOf({ ...message.card, ...left }).join('\n');

describe('a lazy sink is found out, with what it forgets:', () => {
  test('the line of a number and a type that once passed for a Slack message', async () => {
    const { judge } = judgeOf(
      ({ event, card }) => `${card.level} event ${event.id} · ${event.type}`,
    );
    expect(await judge.lacking()).toContain(
      'slack says nothing of a code of the headline in the headline [a card with something in every part]',
    );
  });

  test('one that shows no host in the headline', async () => {
    const { judge } = judgeOf((message) =>
      without(message, { headline: message.card.headline.filter(({ kind }) => kind !== 'code') }),
    );
    expect((await judge.lacking()).join('\n')).toMatch(
      /^slack says nothing of the host in the headline \[an event of marks, bare, en\]|slack says nothing of a code of the headline in the headline/m,
    );
  });

  test.each([
    ['the tenant in a digest’s row', withoutTenantInRows],
    [
      'the type in a digest’s row',
      (message: Message) => without(message, { table: undefined as never }),
    ],
    ['the host in the field “Device”', (message: Message) => without(message, { fields: [] })],
    [
      'the file’s path in the field “Path”',
      (message: Message) => without(message, { details: [] }),
    ],
    [
      '“Possibly a repetition: an earlier attempt got no answer.” in a remark',
      (message: Message) => without(message, { remarks: [] }),
    ],
    ['a word of the title in the title', (message: Message) => without(message, { title: [] })],
    ['“Tocsin” in the footer', (message: Message) => without(message, { footer: [] })],
    [
      'the value source in the headline',
      (message: Message) => (message.card.kind === 'notice' ? 'x' : written(message)),
    ],
  ])('%s', async (what, write) => {
    const { judge } = judgeOf(write);
    const faults = await judge.lacking(Number.POSITIVE_INFINITY);
    expect(faults).toContainEqual(expect.stringContaining(`slack says nothing of ${what}`));
  });

  test('one that cuts what its limits allow', async () => {
    const { judge } = judgeOf((message) => written(message).slice(0, 900));
    expect((await judge.beyondLimits())[0]).toMatch(
      /^slack says nothing of the value in the field “Detail” \[a card that just fits its limits\]$/,
    );
  });

  test('one whose limits are more than the product takes', async () => {
    const { judge } = judgeOf(written, { sink: { limits: { total: 9_000, value: 4_000 } } });
    expect((await judge.beyondLimits()).join('\n')).toMatch(/^slack sends a text of \d{4,5} \[/m);
  });

  test.each([
    [
      'says no limits',
      { limits: undefined as never },
      slackReading,
      'slack does not say in limits',
    ],
    [
      'does not know the product’s',
      {},
      { reads: slackReading.reads },
      'say in its test, in exceeded',
    ],
  ])('one that %s', async (_title, sink, reading, sentence) => {
    const { judge } = judgeOf(written, { sink, reading });
    expect(await judge.beyondLimits()).toEqual([expect.stringContaining(sentence)]);
  });

  test('one that says the event’s own words in its bare form', async () => {
    const { judge } = judgeOf(({ event }) => JSON.stringify(event));
    expect(await judge.bare()).toContain('slack says the type in its bare form');
  });

  test.each([
    ['slack mrkdwn', '<!channel>', 'mention <!channel> in the post'],
    ['slack mrkdwn', '*a*', 'strong in the post'],
    ['mattermost markdown', '@channel', 'mention @channel'],
    ['mattermost markdown', '[a](https://evil.example)', 'link https://evil.example'],
    ['mattermost markdown', 'zqkeyword', 'a keyword outside of code'],
    ['mattermost message', '#tag', 'hashtag #tag'],
    ['html', '<img src=x>', 'never: <img src="x">'],
    ['html', '<b>a</b>', '<b> in the post'],
    ['mail headers', 'x\nBcc: a@evil.example', 'never: half a line break'],
    ['text with links', 'https://evil.example/a', 'link https://evil.example/a'],
  ] as const)('one that escapes nothing, in %s: %s', async (syntax, hostile, what) => {
    const write = syntax === 'mail headers' ? headersOf : written;
    const [sentence] = await obeyedBy(write, hostile, syntax);
    expect(sentence).toMatch(
      /^slack obeys ".*" in a card of kind event, the (?:title|headline|block)/,
    );
    expect(sentence).toContain(what);
  });

  test.each([
    [
      'the event’s subject',
      ({ event }: Message) => JSON.stringify({ ...event, externalId: 0 }),
      'externalId',
    ],
    ['nothing that is JSON', () => '{', 'JSON'],
  ])('a sink of data that passes on %s', async (_title, write, what) => {
    const reading = { data: ({ body }: Received) => JSON.parse(body) as unknown };
    const { judge } = judgeOf(write, { reading });
    const faults = await judge.lacking().catch((error: unknown) => [String(error)]);
    expect(faults.join('\n')).toContain(what);
  });

  test('one that edits another message, or replies without a thread', async () => {
    const target = /^to (\S+)/;
    const reading: CardReading = {
      reads: ({ body }) => [{ where: 'the post', syntax: 'text', text: body }],
      remote: {
        target: ({ body }) => target.exec(body)?.[1],
        isReply: ({ body }) => /below/.test(body),
      },
    };
    const { judge, take } = judgeOf(written, {
      reading,
      sink: {
        send: async (message) => {
          take(written(message));
          return { remoteId: 'm1' };
        },
        edit: async (_id, message) => take(`to m0 ${written(message)}`),
        reply: async (id) => take(`to ${id} done`),
      },
    });
    const faults = await judge.remote();
    expect(faults).toContain('slack: edit speaks of m0, not of m1');
    expect(faults).toContain('slack: reply replaces the message');
    expect(faults).toContainEqual(expect.stringContaining('slack says nothing of the host'));
  });
});

function withoutTenantInRows(message: Message): string {
  const { table } = message.card;
  if (table === undefined) return written(message);
  const rows = table.rows.map((cells) =>
    cells.map((cell) => (cell.length > 2 ? cell.slice(0, 1) : cell)),
  );
  return without(message, { table: { ...table, rows } });
}

function headersOf({ card }: Message): string {
  return `Subject: ${card.headline.map(({ text }) => text).join('')}\r\nX-Block: ${linesOf(card).join(' ')}`;
}
