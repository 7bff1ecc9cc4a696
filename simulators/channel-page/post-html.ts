// One post as HTML, drawn as Mattermost draws it. Nothing in a post is trusted: every text goes
// through markdown/html.ts.
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

export interface PostView {
  /** IANA name, for the clock beside the sender. */
  readonly timeZone: string;
  /** Oldest first. */
  readonly replies?: readonly Post[];
  /** Buttons and menus can be pressed; default: they are drawn and dead. */
  readonly isLive?: boolean;
}

export function postToHtml(post: Post, view: PostView): string {
  const { replies = [], timeZone } = view;
  const at = new Date(post.atMs);
  const cut =
    post.blocks > blocksMax
      ? '<p class="cut">Mattermost would not draw the rest of this post.</p>'
      : '';
  const text = post.text === '' ? '' : `<div class="text">${markdownToHtml(post.text)}</div>`;
  return (
    `<article class="${classesOf(post)}" data-sequence="${post.sequence}">${avatar}` +
    `<div class="body"><header><span class="sender">${owner}</span><span class="bot">BOT</span>` +
    `<time datetime="${at.toISOString()}">${escapeHtml(clock(at, timeZone))}</time>${marksOf(post)}</header>` +
    `${text}${post.attachments.map((one) => attachmentToHtml(one, post, view)).join('')}${reactionsToHtml(post)}${cut}` +
    `${threadToHtml(replies, view)}</div></article>`
  );
}

function classesOf({ mentions, isPinned }: Post): string {
  return `post${mentions.length > 0 ? ' pinged' : ''}${isPinned === true ? ' pinned' : ''}`;
}

function reactionsToHtml({ reactions = [] }: Post): string {
  const names = [...new Set(reactions.map(({ emoji }) => emoji))];
  const marks = names.map((name) => {
    const count = reactions.filter(({ emoji }) => emoji === name).length;
    return `<span class="reaction">${lineToHtml(`:${name}:`)} ${count}</span>`;
  });
  return marks.length === 0 ? '' : `<div class="reactions">${marks.join('')}</div>`;
}

function marksOf({ editedAtMs, isPinned, priority }: Post): string {
  const marks = [
    ...(priority === 'urgent' ? ['<span class="urgent">URGENT</span>'] : []),
    ...(isPinned ? ['<span class="mark">Pinned</span>'] : []),
    ...(editedAtMs === undefined ? [] : ['<span class="mark">Edited</span>']),
  ];
  return marks.join('');
}

/** The real client opens a thread beside the channel; here it unfolds. */
function threadToHtml(replies: readonly Post[], view: PostView): string {
  if (replies.length === 0) return '';
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  const posts = replies.map((reply) => postToHtml(reply, { ...view, replies: [] }));
  return `<details class="thread"><summary>${count}</summary>${posts.join('')}</details>`;
}

function clock(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(at);
}

function attachmentToHtml(attachment: Attachment, post: Post, view: PostView): string {
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
    actionsToHtml(attachment, post, view) +
    '</section>'
  );
}

interface Action {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly type?: unknown;
  readonly style?: unknown;
  readonly options?: readonly { readonly text?: unknown; readonly value?: unknown }[];
}

function actionsToHtml({ actions }: Attachment, post: Post, { isLive }: PostView): string {
  if (!Array.isArray(actions) || actions.length === 0) return '';
  const disabled = isLive ? '' : ' disabled';
  const drawn = (actions as readonly Action[]).map((action) => {
    const name = escapeHtml(String(action.name ?? ''));
    const where = `data-post="${post.id}" data-action="${idOf(action)}"${disabled}`;
    if (action.type !== 'select') {
      const kind =
        action.style === 'primary' || action.style === 'danger' ? ` ${action.style}` : '';
      return `<button type="button" class="action${kind}" ${where}>${name}</button>`;
    }
    const options = (action.options ?? []).map(
      ({ text, value }) =>
        `<option value="${escapeHtml(String(value ?? ''))}">${escapeHtml(String(text ?? ''))}</option>`,
    );
    const first = `<option value="">${name}</option>`;
    return `<select class="action" aria-label="${name}" ${where}>${first}${options.join('')}</select>`;
  });
  return `<div class="actions">${drawn.join('')}</div>`;
}

/** The server knows no other ids. */
function idOf({ id }: Action): string {
  return typeof id === 'string' && /^[A-Za-z0-9]+$/.test(id) ? id : '';
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
