// A card as the content of an event of Matrix: plain text, and the same in the HTML that clients
// allow, in which nothing of others is obeyed. Pure.
import { type Part, type Text, word } from '../../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../../kit/card-lines.ts';
import { defanged } from '../../kit/defang.ts';
import { type MentionSetting, mentionsOf } from '../../kit/mention.ts';
import type { Message } from '../../kit/sink.ts';

/** A person, or `@room` for everybody in the room. */
export const mentionSyntax = /^@(?:room|[a-z0-9._=/+-]{1,200}:[A-Za-z0-9.:[\]-]{1,200})$/;

export interface Content {
  readonly msgtype: 'm.text';
  /** For notifications, and for clients without HTML. */
  readonly body: string;
  readonly format: 'org.matrix.custom.html';
  readonly formatted_body: string;
  /** Whom it pings. An empty one says that nobody is, whatever stands in the text. */
  readonly 'm.mentions': {
    readonly user_ids?: readonly string[];
    readonly room?: true;
  };
}

export function contentOf(message: Message, setting: MentionSetting): Content {
  const mentions = mentionsOf(message, setting, mentionSyntax);
  const lines = linesOfCard(message.card);
  const below = linesBelow(lines);
  const names = mentions.map((name) => ` ${name}`).join('');
  const pills = mentions.map((name) => ` ${pillOf(name)}`).join('');
  return {
    msgtype: 'm.text',
    body: [`${disarmedLine(lines.headline)}${names}`, ...below.map(disarmedLine)].join('\n'),
    format: 'org.matrix.custom.html',
    formatted_body: joined([`${htmlOf(lines.headline)}${pills}`, ...below.map(htmlOf)]),
    'm.mentions': mentioned(mentions),
  };
}

function mentioned(names: readonly string[]): Content['m.mentions'] {
  const people = names.filter((name) => name !== '@room');
  return {
    ...(people.length > 0 && { user_ids: people }),
    ...(people.length < names.length && { room: true }),
  };
}

/** A line after a block needs no break. */
function joined(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== '')
    .reduce((one, next) => (one.endsWith('</pre>') ? one + next : `${one}<br>${next}`));
}

/** Clients make a pill of it. */
function pillOf(name: string): string {
  return name === '@room'
    ? name
    : `<a href="https://matrix.to/#/${encodeURIComponent(name)}">${escaped(name)}</a>`;
}

export function htmlOf(text: Text): string {
  return text.map(partOf).join('');
}

function partOf(part: Part): string {
  if (part.kind === 'link')
    return `<a href="${escaped(new URL(part.url).href)}">${escaped(inert(part.text))}</a>`;
  if (part.kind === 'block') return `<pre><code>${escaped(defanged(part.text))}</code></pre>`;
  if (part.kind === 'code' || part.kind === 'prose')
    return `<code>${escaped(defanged(part.text))}</code>`;
  const shown = escaped(inert(part.text));
  return part.kind === 'word' && part.isStrong === true ? `<strong>${shown}</strong>` : shown;
}

/** Bytes that a part takes in the JSON of an event, in both of its texts. */
export function weightOf(part: Part): number {
  const plain = disarmedLine([part.kind === 'link' ? part : word(part.text)]);
  return Buffer.byteLength(JSON.stringify([plain, htmlOf([part])]));
}

/**
 * Words in which clients find no address, name or room: of no sign that begins or holds one, the
 * next letter follows.
 */
function inert(text: string): string {
  return text.replace(/[@#!/.:](?!\s|$)/g, '$&\u200B');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
