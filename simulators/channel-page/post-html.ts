// One post as HTML, drawn as Mattermost draws it. Nothing in a post is trusted: every text goes
// through markdown/html.ts.
import { z } from 'zod';
import { escapeHtml, lineToHtml, markdownToHtml } from '../markdown/html.ts';
import type { Attachment } from '../mattermost/payload.ts';
import { fieldsDrawn, type Post } from '../mattermost/post.ts';

/** Clients draw this many blocks of a post and silently leave out the rest. */
const blocksMax = 100;
const namedColours: Readonly<Record<string, string>> = {
  good: '#2f9e44',
  warning: '#e8a100',
  danger: '#d6262e',
};
const quietColour = '#a3a9b6';

const avatar =
  '<svg class="avatar" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="16" fill="#3f6ad8"/>' +
  '<g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"><path d="M18.2 12.2a3 3 0 1 0-4.6 2.5l-2.8 5"/>' +
  '<path d="M13.2 10.9a3 3 0 0 1 5.3 2.8l2.9 4.6"/><path d="M10.4 17.4a3 3 0 1 0 3.5 3.6h6"/><circle cx="21.6" cy="20.4" r="1.6"/></g></svg>';

/** Without overrides, a post is signed with the name of its webhook's owner. */
const owner = 'tocsin';
const bot = 'tocsin-bot';

export interface PostView {
  /** IANA name, for the clock beside the sender. */
  readonly timeZone: string;
  /** Oldest first. */
  readonly replies?: readonly Post[];
}

/** With its replies below it, which the real client shows in a thread at the side. */
export function postToHtml(post: Post, { timeZone, replies = [] }: PostView): string {
  const below = replies.map((reply) => `<div class="reply">${saidOf(reply, timeZone)}</div>`);
  const classes = [
    'post',
    ...(post.mentions.length > 0 ? ['pinged'] : []),
    ...(post.isPinned === true ? ['pinned'] : []),
  ];
  return (
    `<article class="${classes.join(' ')}" data-sequence="${post.sequence}">${avatar}` +
    `<div class="body">${saidOf(post, timeZone)}` +
    (below.length === 0 ? '' : `<section class="replies">${below.join('')}</section>`) +
    '</div></article>'
  );
}

function saidOf(post: Post, timeZone: string): string {
  const at = new Date(post.atMs);
  const cut =
    post.blocks > blocksMax
      ? '<p class="cut">Mattermost would not draw the rest of this post.</p>'
      : '';
  const text = post.text === '' ? '' : `<div class="text">${markdownToHtml(post.text)}</div>`;
  const label = (kind: string, words: string) => `<span class="${kind}">${words}</span>`;
  const marks = [
    ...(post.priority === 'urgent' ? [label('urgent', 'URGENT')] : []),
    ...(post.isPinned === true ? [label('pin', 'Pinned')] : []),
    ...(post.editedAtMs === undefined ? [] : [label('edited', 'Edited')]),
  ];
  return (
    `<header><span class="sender">${post.userId === undefined ? owner : bot}</span><span class="bot">BOT</span>` +
    `<time datetime="${at.toISOString()}">${escapeHtml(clock(at, timeZone))}</time>${marks.join('')}</header>` +
    `${text}${post.attachments.map((one) => attachmentToHtml(one, post.id)).join('')}${reactionsOf(post)}${cut}`
  );
}

function reactionsOf({ reactions = [] }: Post): string {
  const names = [...new Set(reactions.map(({ emoji }) => emoji))];
  const marks = names.map((name) => {
    const count = reactions.filter(({ emoji }) => emoji === name).length;
    return `<span class="reaction">${lineToHtml(`:${name}:`)} ${count}</span>`;
  });
  return marks.length === 0 ? '' : `<div class="reactions">${marks.join('')}</div>`;
}

function clock(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at);
}

function attachmentToHtml(attachment: Attachment, postId: string): string {
  const part = (kind: string, text: string | null | undefined, toHtml: (text: string) => string) =>
    (text ?? '') === '' ? '' : `<div class="${kind}">${toHtml(text!)}</div>`;
  const fields = fieldsDrawn(attachment).map(
    ({ title, value, isShort }) =>
      `<div class="field${isShort ? '' : ' long'}"><dt>${lineToHtml(title)}</dt><dd>${markdownToHtml(value)}</dd></div>`,
  );
  return (
    part('pretext', attachment.pretext, markdownToHtml) +
    // A presentation attribute, because the page allows no inline styles.
    `<section class="attachment"><svg class="bar" aria-hidden="true"><rect width="100%" height="100%" fill="${colourOf(attachment)}"/></svg>` +
    part('author', attachment.author_name, lineToHtml) +
    titleToHtml(attachment) +
    part('text', attachment.text, markdownToHtml) +
    (fields.length === 0 ? '' : `<dl class="fields">${fields.join('')}</dl>`) +
    part('footer', attachment.footer, lineToHtml) +
    buttonsOf(attachment, postId) +
    '</section>'
  );
}

const action = z.looseObject({
  id: z.string().regex(/^[A-Za-z0-9]+$/),
  name: z.string(),
  style: z.enum(['primary', 'danger']).nullish(),
  options: z.array(z.object({ text: z.string(), value: z.string() })).nullish(),
});

/** A menu is a button for each of its options here. */
function buttonsOf({ actions }: Attachment, postId: string): string {
  const buttons = (actions ?? []).flatMap((one) => {
    const { data } = action.safeParse(one);
    if (data === undefined) return [];
    const options = data.options ?? [undefined];
    return options.map((option) => {
      const chosen = option === undefined ? '' : ` data-value="${escapeHtml(option.value)}"`;
      const words = option === undefined ? data.name : `${data.name} ${option.text}`;
      return `<button type="button" class="action ${data.style ?? ''}" data-post="${postId}" data-action="${data.id}"${chosen}>${escapeHtml(words)}</button>`;
    });
  });
  return buttons.length === 0 ? '' : `<div class="actions">${buttons.join('')}</div>`;
}

function titleToHtml({ title, title_link }: Attachment): string {
  if ((title ?? '') === '') return '';
  const inner = lineToHtml(title!);
  const isLink = /^https?:\/\//i.test(title_link ?? '');
  const link = `<a href="${escapeHtml(title_link ?? '')}" rel="noreferrer noopener nofollow" target="_blank">${withoutLinks(inner)}</a>`;
  return `<h3 class="title">${isLink ? link : inner}</h3>`;
}

/** HTML allows no link inside a link. */
function withoutLinks(html: string): string {
  return html.replace(/<\/?a(?: [^>]*)?>/g, '');
}

function colourOf({ color }: Attachment): string {
  const colour = namedColours[color ?? ''] ?? color ?? '';
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : quietColour;
}
