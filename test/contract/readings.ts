// What people see of a post of Mattermost and of Slack and of a mail, and what is too much for each:
// by what the products document, apart from what our sinks say.
import { simpleParser } from 'mailparser';
import type { CardReading } from './sink-harness.ts';
import type { Place } from './syntaxes/index.ts';
import { attachmentLength, blocksOf } from './syntaxes/mattermost-model.ts';

interface MattermostAttachment {
  readonly fallback: string;
  readonly title?: string;
  readonly title_link?: string;
  readonly text?: string;
  readonly fields?: readonly { readonly title: string; readonly value: string }[];
  readonly footer?: string;
  readonly actions?: readonly {
    readonly name: string;
    readonly options?: readonly { readonly text: string }[];
  }[];
}

interface MattermostPost {
  readonly text: string;
  readonly attachments: readonly MattermostAttachment[];
}

/** @param postOf what a request posts, as a webhook would write it */
function readingOf(postOf: (body: string) => MattermostPost): CardReading {
  return {
    reads({ body }) {
      const { text, attachments } = postOf(body);
      const message = { where: 'the message', syntax: 'mattermost message', text } as const;
      return [message, ...attachments.flatMap(placesOfAttachment)];
    },
    exceeded({ body }) {
      const post = postOf(body);
      const [text, attachment] = [[...post.text].length, attachmentLength(post)];
      const blocks = post.attachments.reduce((sum, one) => sum + blocksOf({ ...one }), 0);
      return [
        ...(text > 16_383 ? [`a text of ${text} letters`] : []),
        ...(attachment > 16_383 ? [`attachments of ${attachment} letters`] : []),
        ...(blocks > 100 ? [`${blocks} blocks, of which a client draws 100`] : []),
      ];
    },
  };
}

export const mattermostReading = readingOf((body) => JSON.parse(body) as MattermostPost);

/** What of a body of the REST API is as in that of a webhook. */
interface BotPost {
  readonly message: string;
  readonly props: { readonly attachments: readonly MattermostAttachment[] };
}

/** @param detailsOf the reply with the details of a post, as it was sent below it */
export function mattermostBotReading(
  detailsOf: (body: string) => string | undefined = () => undefined,
): CardReading {
  return readingOf((body) => {
    const { message, props } = JSON.parse(body) as BotPost;
    const details = detailsOf(body);
    const below = details === undefined ? [] : (JSON.parse(details) as BotPost).props.attachments;
    return { text: message, attachments: [...props.attachments, ...below] };
  });
}

/** Clients make a link and strong words of a title. */
function placesOfAttachment({
  title = '',
  title_link: link,
  footer = '',
  ...more
}: MattermostAttachment): Place[] {
  const syntax = 'mattermost markdown';
  const pressed = (more.actions ?? []).flatMap(({ name, options = [] }) => [
    name,
    ...options.map(({ text }) => text),
  ]);
  return [
    { where: 'the fallback', syntax: 'mattermost fallback', text: more.fallback, isSummary: true },
    {
      ...{ where: 'the title', syntax },
      text: title === '' ? '' : link ? `**[${title}](${link})**` : `**${title}**`,
    },
    { where: 'the attachment', syntax, text: more.text ?? '' },
    ...(more.fields ?? []).flatMap((field): Place[] => [
      { where: 'a field’s title', syntax, text: `**${field.title}**` },
      { where: 'a field', syntax, text: field.value },
    ]),
    { where: 'the footer', syntax, text: footer },
    ...pressed.map((text): Place => ({ where: 'a button', syntax: 'text', text })),
  ];
}

/** The notification, and every text object, wherever it stands. */
export const slackReading: CardReading = {
  reads({ body }) {
    const post = JSON.parse(body) as { text: string };
    const summary = { where: 'the notification', syntax: 'slack text', isSummary: true } as const;
    return [{ ...summary, text: post.text }, ...objectsIn(post).flatMap(placesOfObject)];
  },
  exceeded({ body }) {
    const objects = objectsIn(JSON.parse(body));
    const sections = objects.filter(({ type }) => /^(?:section|context)$/.test(String(type)));
    const texts = sections.map(({ text }) => lengthOf(text)).filter((length) => length > 3_000);
    const fields = sections.flatMap((one) => (one.fields ?? []) as unknown[]);
    const long = fields.map(lengthOf).filter((length) => length > 2_000);
    const total = objects.reduce(
      (sum, one) => sum + (one.type === 'mrkdwn' ? String(one.text).length : 0),
      0,
    );
    return [
      ...(sections.length > 50 ? [`${sections.length} blocks`] : []),
      ...texts.map((length) => `a section of ${length} letters`),
      ...long.map((length) => `a field of ${length} letters`),
      ...sections.flatMap((one) =>
        ((one.fields as unknown[]) ?? []).length > 10 ? ['a section of more than ten fields'] : [],
      ),
      ...(total > 13_200 ? [`blocks of ${total} letters in all`] : []),
    ];
  },
};

/** @param detailsOf the reply with the details of a message, as it was sent below it */
export function slackBotReading(
  detailsOf: (body: string) => string | undefined = () => undefined,
): CardReading {
  const bodiesOf = (body: string) => [body, ...[detailsOf(body) ?? []].flat()];
  const { reads, exceeded } = slackReading;
  return {
    async reads(request) {
      const all = bodiesOf(request.body).map((body) => reads({ ...request, body }));
      return (await Promise.all(all)).flat();
    },
    exceeded: (request) =>
      bodiesOf(request.body).flatMap((body) => exceeded!({ ...request, body })),
  };
}

type Objects = Readonly<Record<string, unknown>>;

function objectsIn(value: unknown): Objects[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Objects, ...Object.values(value).flatMap(objectsIn)];
}

function placesOfObject({ type, text, verbatim }: Objects): Place[] {
  if (type !== 'mrkdwn') return [];
  const syntax = verbatim === true ? 'slack mrkdwn' : 'slack mrkdwn with links';
  return [{ where: 'a block', syntax, text: String(text) }];
}

function lengthOf(object: unknown): number {
  return String((object as { text?: string } | undefined)?.text ?? '').length;
}

/** Headers as they came; of the rest what a reader's program makes. */
export const mailReading: CardReading = {
  async reads({ body }) {
    const mail = await simpleParser(body, { skipHtmlToText: true, skipTextToHtml: true });
    const [head = ''] = body.split('\r\n\r\n');
    const subject = mail.subject ?? '';
    return [
      { where: 'the headers', syntax: 'mail headers', text: head },
      { where: 'the subject', syntax: 'mail header value', text: subject, isSummary: true },
      { where: 'the text', syntax: 'mail text', text: mail.text!, version: 'plain text' },
      { where: 'the HTML', syntax: 'html', text: String(mail.html), version: 'HTML' },
    ];
  },
  /** RFC 5322 allows 998 bytes a line; servers take a megabyte at the least. */
  exceeded({ body }) {
    const longest = Math.max(...body.split('\r\n').map((line) => Buffer.byteLength(line)));
    return [
      ...(body.length > 1_000_000 ? [`a mail of ${body.length} bytes`] : []),
      ...(longest > 998 ? [`a line of ${longest} bytes`] : []),
    ];
  },
};
