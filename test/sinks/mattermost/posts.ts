// What the tests of posts share: posts of events and of notices as the core words them, what stands
// in them line by line, their size, and what of their markup is ours.
import { type Circumstances, Composers } from '../../../src/core/message/index.ts';
import type { Card, Part, Text } from '../../../src/kit/card.ts';
import type { EventBody, Notice, StoredEvent } from '../../../src/kit/event.ts';
import type { Locale } from '../../../src/kit/locale.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { type Payload, type PostOptions, postOf } from '../../../src/sinks/mattermost/post.ts';
import { limits } from '../../../src/sinks/mattermost/render.ts';
import { sources } from '../../../src/sources/index.ts';
import { attachmentLength, blocksOf } from '../../contract/syntaxes/mattermost-model.ts';
import { storedEvent } from '../../support/events.ts';

/** As the sink says of itself. */
const sink = { limits, can: { table: true } } as const;
const productOf = createProductOf([], sources);

export interface Written extends Partial<PostOptions>, Partial<Circumstances> {
  readonly locale?: Locale;
}

/** As a lane would make it for the sink, with the words of the products that there are. */
export function messageOf(event: StoredEvent, written: Written = {}): Message {
  const { locale = 'en', form = 'full', showTenant = true, ...more } = written;
  const { delayed, mayBeRepeated, template } = more;
  // Composers keep cards by the number of their event, and many events of a test have the same.
  const voice = new Composers({ productOf }).voiceOf(sink, { locale, timeZone: 'Asia/Bangkok' });
  const circumstances = { form, showTenant, mayBeRepeated, template };
  return voice.message(event, delayed ? { ...circumstances, delayed } : circumstances);
}

export function post(event: StoredEvent, written: Written = {}): Payload {
  const options = { style: 'compact', hasPriority: false, ...written } as const;
  return postOf(messageOf(event, written), 'delivery-1', options);
}

export function withBody(body: EventBody, more: Partial<StoredEvent> = {}): StoredEvent {
  return storedEvent({ body, ...more });
}

export function notice(kind: Notice['kind'], values: Notice['values']): StoredEvent {
  return storedEvent({
    source: 'tocsin',
    stream: 'notice',
    type: kind.toUpperCase(),
    severity: 1,
    body: { notice: { kind, values } },
  });
}

/** The facts below a headline, by name; a fact of several lines has them all. */
export function factsOf({ attachments: [attachment] }: Payload): Record<string, string> {
  const facts: Record<string, string> = {};
  let last = '';
  for (const line of attachment!.text?.split('\n') ?? []) {
    const [, name, value = ''] = /^\*\*(.+?)\*\* ?(.*)$/.exec(line) ?? [];
    if (name === undefined) facts[last] = `${facts[last] || ''}\n${line}`.trim();
    else {
      last = name;
      facts[name] = value;
    }
  }
  return facts;
}

/** In bytes of JSON, code points of the text and of the attachment, and blocks of a client. */
export function sizes(payload: Payload) {
  return {
    bytes: Buffer.byteLength(JSON.stringify(payload)),
    text: [...payload.text].length,
    attachment: attachmentLength(payload),
    blocks: blocksOf({ ...payload.attachments[0] }),
  };
}

/** What a text full of it must not make too long: letters of every weight, and what is escaped. */
export const floods: readonly string[] = [
  ...['😀', '👩🏽‍💻', 'ก', 'x ', '\n', '\u202E', '\u2424'],
  ...['\\', '"', '*', '<!', '<|', 'www.', '://.', '://a'],
];

/** What of a post’s markup is meant: the level, names of facts, words that we stress, links. */
export const meant: readonly RegExp[] = [
  /\*\*(?:UNKNOWN|INFO|LOW|MEDIUM|HIGH|CRITICAL)\*\*/g,
  /^\*\*[\p{L}\d][\p{L}\p{M}\d &/]*\*\*(?=[ \n])/gmu,
  /\*\*(?:quarantine FAILED|กักกันไม่สำเร็จ)\*\*/g,
  /\[\d+\]\(https:\/\/console\.example\/[^\s()<>|]*\)/g,
  /\[console\\\.example\]\(https:\/\/console\.example\/[^\s()<>|]*\)/g,
];

/** How much of what a reader of Markdown must find in a text, and nothing else. */
export interface Marked {
  readonly code: number;
  readonly strong: number;
  readonly links: readonly string[];
}

export function markedIn(texts: readonly Text[], isStrongPlace = false): Marked {
  const parts = texts.flat();
  const count = (is: (part: Part) => boolean) => parts.filter(is).length;
  return {
    code: count(({ kind }) => kind === 'code' || kind === 'prose' || kind === 'block'),
    strong: isStrongPlace ? 0 : count((part) => part.kind === 'word' && part.isStrong === true),
    links: isStrongPlace
      ? []
      : parts.flatMap((part) => (part.kind === 'link' ? [part.url] : [])).sort(),
  };
}

/** What a reader found, in the same words; anything else stands as it is. */
export function asMarked(
  found: readonly string[],
): Marked & { readonly others: readonly string[] } {
  const isCode = (one: string) => /^(code|codespan|code_inline|code_block|fence)\b/.test(one);
  const isStrong = (one: string) => /^strong/.test(one);
  const link = /^link(?:_open)? (https:\/\/\S*)$/;
  return {
    code: found.filter(isCode).length,
    strong: found.filter(isStrong).length,
    links: found.flatMap((one) => link.exec(one)?.[1] ?? []).sort(),
    others: found.filter((one) => !isCode(one) && !isStrong(one) && !link.test(one)),
  };
}

/** The texts of a post as the clients make Markdown of them, each with what is meant in it. */
export function drawn(message: Message, options: Partial<PostOptions> = {}): [string, Marked][] {
  const { card } = message;
  const whole = { style: 'compact', hasPriority: false, ...options } as const;
  const { text, attachments } = postOf(message, 'delivery-1', whole);
  const [attachment] = attachments as [(typeof attachments)[0]];
  const title = markedIn([card.title], true);
  const link = attachment.title_link;
  const texts: [string, Marked][] = [
    [text, plus(markedIn([card.headline, ...card.remarks]), { strong: 1 })],
    [attachment.title, title],
    [`**${attachment.title}**`, plus(title, { strong: 1 })],
    [attachment.footer!, markedIn([card.footer])],
  ];
  if (link !== undefined) {
    texts.push([`[${attachment.title}](${link})`, { ...title, links: [link] }]);
    texts.push([
      `**[${attachment.title}](${link})**`,
      { ...plus(title, { strong: 1 }), links: [link] },
    ]);
  }
  if (attachment.text !== undefined && attachment.fields === undefined)
    texts.push([attachment.text, ofFacts(card)]);
  for (const [index, field] of (attachment.fields ?? []).entries()) {
    const { name, value } = [...card.fields, ...card.details][index]!;
    const named = markedIn([name], true);
    texts.push([field.title, named], [`**${field.title}**`, plus(named, { strong: 1 })]);
    texts.push([field.value, markedIn([value])]);
  }
  return texts;
}

function ofFacts({ fields, details, table }: Card): Marked {
  const facts = [...fields, ...details];
  const rows = [...(table?.rows.flat() ?? []), table?.more ?? []];
  const names = markedIn(
    facts.map(({ name }) => name),
    true,
  );
  const values = markedIn([...facts.map(({ value }) => value), ...rows]);
  const named = facts.filter(({ name }) => name.length > 0).length;
  return plus(values, { code: names.code, strong: named });
}

function plus(marked: Marked, { code = 0, strong = 0 }: Partial<Marked>): Marked {
  return { ...marked, code: marked.code + code, strong: marked.strong + strong };
}
