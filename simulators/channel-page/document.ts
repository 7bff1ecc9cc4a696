// The page around the posts. Its style sheet and its script are inline and allowed by hash; it
// loads nothing from elsewhere.
import { createHash } from 'node:crypto';
import { type SeverityName, severityNames } from '../../src/kit/event.ts';
import { escapeHtml } from '../markdown/html.ts';
import { clientScript } from './script.ts';
import { styleSheet } from './style.ts';

/** The numbers in the strip at the top. */
export interface ChannelStatus {
  /** Events that Tocsin has read. */
  readonly read: number;
  readonly delivered: number;
  /** Read but not yet delivered. */
  readonly waiting: number;
  readonly bySeverity: Readonly<Record<SeverityName, number>>;
}

export interface PageLink {
  readonly text: string;
  readonly href: string;
}

export interface DocumentParts {
  readonly channels: readonly string[];
  readonly channel: string;
  /** Rendered by post-html.ts. */
  readonly postsHtml: string;
  readonly status: ChannelStatus;
  readonly links: readonly PageLink[];
  /** Commands can be written. */
  readonly canWrite: boolean;
}

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(styleSheet)}`,
  `script-src ${hashOf(clientScript)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const bell =
  '<path d="M16 5c5 0 7 4 7 8 0 6 2 8 3 9H6c1-1 3-3 3-9 0-4 2-8 7-8z"/><path d="M13 24a3 3 0 0 0 6 0"/>';
const mark = `<svg viewBox="0 0 32 32" aria-hidden="true" fill="#ff6600">${bell}</svg>`;
const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#ff6600">${bell}</svg>`)}`;

const writing =
  '<form class="write"><label for="command">Commands are seen by you alone</label>' +
  '<input id="command" class="command" autocomplete="off" spellcheck="false" placeholder="/tocsin help">' +
  '<button type="submit">Send</button></form><div class="answer" role="status" hidden></div>';

export function pageDocument(parts: DocumentParts): string {
  const { channel, channels, links, status, postsHtml, canWrite } = parts;
  const channelList = channels.map((name) => {
    const current = name === channel ? ' aria-current="page"' : '';
    return `<li><a href="/?channel=${encodeURIComponent(name)}"${current}>${escapeHtml(name)}</a></li>`;
  });
  const linkList = links.map(
    ({ text, href }) => `<a href="${escapeHtml(href)}" target="_blank">${escapeHtml(text)}</a>`,
  );
  const empty = '<p class="empty">Nothing has been posted here yet.</p>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>#${escapeHtml(channel)} · Tocsin demo</title>
<link rel="icon" href="${icon}">
<style>${styleSheet}</style>
</head>
<body>
<a class="skip" href="#log">To the messages</a>
<header class="top">
<h1>${mark}<span>Tocsin demo<small>a simulated Mattermost</small></span></h1>
<input class="search" type="search" placeholder="Search messages and texts of cards" aria-label="Search messages and texts of cards">
<span class="found" role="status"></span>
</header>
<aside class="side">
<nav aria-labelledby="channels"><h2 id="channels">Channels</h2><ul>${channelList.join('')}</ul></nav>
<p class="about">A simulated Deep Instinct tenant makes up security events. Tocsin reads them and posts them here.
Nothing is real, and nothing leaves this machine.</p>
</aside>
<div class="head">
<h2>${escapeHtml(channel)}</h2>
<div class="status">${statusList(status)}${linkList.join('')}<span class="live lost" role="status">connecting</span></div>
</div>
<main class="log" id="log" tabindex="0">
<div class="posts" role="log" aria-label="Messages in ${escapeHtml(channel)}">${postsHtml === '' ? empty : postsHtml}</div>
</main>
<footer class="foot">${canWrite ? writing : '<p>This channel can only be read.</p>'}</footer>
<button class="jump" type="button" hidden>New messages ↓</button>
<script>${clientScript}</script>
</body>
</html>
`;
}

/** Values by the name under which the script finds their element. */
export function statusValues({
  read,
  delivered,
  waiting,
  bySeverity,
}: ChannelStatus): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries({ read, delivered, waiting }).map(([key, value]) => [key, String(value)]),
    ...severityNames.map((name) => [name.toLowerCase(), String(bySeverity[name])]),
  ]) as Record<string, string>;
}

function statusList(status: ChannelStatus): string {
  const values = statusValues(status);
  const entry = (key: string, label: string, kind = '') =>
    `<div class="${kind}"><dt>${label}</dt><dd data-status="${key}">${values[key]}</dd></div>`;
  const severities = [...severityNames].reverse().map((name) => {
    const key = name.toLowerCase();
    return entry(key, key, `severity ${key}`);
  });
  return `<dl>${entry('read', 'read')}${entry('delivered', 'posted')}${entry('waiting', 'waiting')}${severities.join('')}</dl>`;
}
