// What Mattermost would obey in a post, by a small model of its own: the server's rewrites, then
// code, then everything else that is active. Written without looking at the sink. It errs on the
// side of seeing too much.

export interface PostBody {
  readonly text?: string;
  readonly attachments?: readonly object[];
}

/**
 * All that is active in a post, each in words; empty for a post that is only shown. `own`: markup
 * that we meant, in its text and in that of its attachment.
 */
export function activeIn(post: PostBody, own: readonly RegExp[] = []): string[] {
  const problems = syntaxIn(without(post.text ?? '', own), 'text').concat(
    hashtagsIn(post.text ?? ''),
  );
  for (const attachment of attachmentsOf(post)) {
    const fallback = String(attachment.fallback ?? '');
    if (/[@＠﹫][\p{L}\p{N}]/u.test(fallback)) problems.push('fallback: a mention');
    if (/<[^<|]+\|[^>]+>|<[!@]/.test(fallback)) problems.push('fallback: the spelling of Slack');
    for (const key of ['title', 'text', 'pretext', 'footer', 'author_name']) {
      const text = attachment[key];
      if (typeof text === 'string') problems.push(...syntaxIn(without(text, own), key));
    }
    for (const key of [
      'image_url',
      'thumb_url',
      'author_link',
      'author_icon',
      'footer_icon',
      'actions',
    ]) {
      if (attachment[key] !== undefined) problems.push(`${key} is set`);
    }
    for (const { title, value } of (attachment.fields ?? []) as {
      title: string;
      value: string;
    }[]) {
      problems.push(...syntaxIn(title, 'field title'), ...syntaxIn(without(value, own), title));
    }
  }
  return problems;
}

function attachmentsOf({ attachments }: PostBody): readonly Readonly<Record<string, unknown>>[] {
  return (attachments ?? []) as Readonly<Record<string, unknown>>[];
}

function without(text: string, own: readonly RegExp[]): string {
  return own.reduce((rest, markup) => rest.replace(markup, '\uE002'), text);
}

export function syntaxIn(text: string, where: string): string[] {
  const problems: string[] = [];
  // Both spellings of the server's rule for links, of old and of new versions; the web client's
  // idea of a line.
  for (const link of [/<([^<|]+)\|([^>]+)>/g, /<([^\n<|>]+)\|([^|\n>]+)>/g]) {
    const sent = withMentions(text);
    const rewritten = sent.replace(link, '[$2]($1)');
    if (sent !== text) problems.push('a mention in the spelling of Slack');
    if (rewritten !== sent) problems.push('a link in the spelling of Slack');
    for (const lines of [rewritten, rewritten.replace(/\u2424/g, '\n')])
      problems.push(...markdownIn(lines));
  }
  return [...new Set(problems)].map((problem) => `${where}: ${problem}`);
}

function withMentions(text: string): string {
  return text
    .replace(/<!(channel|here|all|everyone)>/g, '@$1')
    .replace(/<@([A-Za-z0-9]+)>/g, '@$1');
}

function markdownIn(text: string): string[] {
  const { paragraphs, problems } = outsideFences(
    text.replace(/\r\n?/g, '\n').replace(/\u00A0/g, ' '),
  );
  for (const paragraph of paragraphs) {
    problems.push(...blocksIn(paragraph));
    problems.push(...inlineIn(outsideCode(paragraph)));
  }
  return problems;
}

/** Text between fenced blocks, parted at blank lines, which end inline code. */
function outsideFences(text: string): { paragraphs: string[]; problems: string[] } {
  const rest: string[] = [];
  const problems: string[] = [];
  let fence: string | undefined;
  let count = 0;
  for (const line of text.split('\n')) {
    const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined) {
      // A line like ```code``` is inline code.
      if (mark !== '' && !line.slice(line.indexOf(mark) + mark.length).includes('`')) {
        fence = mark;
        count += 1;
      } else rest.push(line);
    } else if (mark.startsWith(fence) && line.trim() === mark) fence = undefined;
  }
  if (fence !== undefined) problems.push('a fence that is never closed');
  if (count > 1) problems.push('a second fence');
  return { paragraphs: rest.join('\n').split(/\n[ \t]*\n/), problems };
}

/** Inline code replaced by a letter-like stand-in; a back-tick that opens none stays. */
export function outsideCode(text: string): string {
  let out = '';
  let index = 0;
  while (index < text.length) {
    const character = text[index]!;
    if (character === '\\' && /[!-/:-@[-`{-~]/.test(text[index + 1] ?? '')) {
      out += text.slice(index, index + 2);
      index += 2;
      continue;
    }
    if (character !== '`') {
      out += character;
      index += 1;
      continue;
    }
    const run = /^`+/.exec(text.slice(index))![0];
    const end = closing(text, index + run.length, run.length);
    out += end === -1 ? run : '\uE001';
    index = end === -1 ? index + run.length : end + run.length;
  }
  return out;
}

function closing(text: string, from: number, length: number): number {
  for (const match of text.slice(from).matchAll(/`+/g))
    if (match[0].length === length) return from + match.index;
  return -1;
}

function blocksIn(paragraph: string): string[] {
  const problems: string[] = [];
  const lines = paragraph.split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^ {0,3}#{1,6}(\s|$)/.test(line)) problems.push('a heading');
    if (/^ {0,3}>/.test(line)) problems.push('a quote');
    if (/^ {0,3}([-*+]|\d{1,9}[.)])\s/.test(line)) problems.push('a list');
    if (/^( {4}|\t)/.test(line)) problems.push('an indented block');
    if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line)) problems.push('a rule');
    if (/^ {0,3}\[[^\]]+\]:/.test(line)) problems.push('a link’s definition');
    if (index > 0 && /^[ |:-]*-[ |:-]*$/.test(line) && lines[index - 1]!.includes('|'))
      problems.push('a table');
    if (index > 0 && /^ {0,3}(=+|-+) *$/.test(line)) problems.push('an underlined heading');
  }
  return problems;
}

/** `08:19:32` holds no emoji: none has a name of two digits. */
const clockTime = /\b\d{2}:\d{2}:\d{2}\b/g;
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  commat: '@',
  num: '#',
  grave: '`',
};

/**
 * `text` holds no code any more. Seen twice: with what is escaped taken out, and with it put back
 * as the text that it stands for.
 */
function inlineIn(text: string): string[] {
  const problems: string[] = [];
  const escapesOut = text.replace(clockTime, '').replace(/\\[!-/:-@[-`{-~]/g, '\uE000');
  const shown = text
    .replace(clockTime, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d{1,7});/g, (_all, number) =>
      String.fromCodePoint(Math.min(Number(number), 0x10ffff)),
    )
    .replace(/&#x([0-9a-f]{1,6});/gi, (_all, number) =>
      String.fromCodePoint(Math.min(Number.parseInt(number, 16), 0x10ffff)),
    )
    .replace(/&([a-z]+);/g, (all, name) => entities[name] ?? all);
  const found = (pattern: RegExp, what: string, ...texts: string[]) => {
    const hit = texts.map((one) => pattern.exec(one)?.[0]).find((one) => one !== undefined);
    if (hit !== undefined) problems.push(`${what} (${JSON.stringify(hit.slice(0, 60))})`);
  };
  found(/[@＠﹫][\p{L}\p{N}._-]*[\p{L}\p{N}]/u, 'a mention', escapesOut, shown);
  found(/`/, 'a back-tick', escapesOut);
  found(/!?\[[^\]]*\]\s*[([]/, 'a link or an image', escapesOut);
  found(/<[^ >]+(@|:\/|www)[^>]*>/, 'a link in angle brackets', escapesOut, shown);
  found(/[A-Za-z][A-Za-z\d.+-]*:(\/{1,3}|[\p{L}\d%])/u, 'an address', escapesOut);
  found(/(^|[^\p{L}\d])www\d{0,3}[.]\S/iu, 'an address', escapesOut, shown);
  found(/[\p{L}\d.-]+[.]\p{L}{2,4}\//u, 'an address without a scheme', escapesOut);
  found(/[\p{L}\d._%+-]+@[\p{L}\d.-]+[.]\p{L}{2,5}/u, 'an e-mail address', escapesOut, shown);
  found(/\*\S|(?<![\p{L}\d])_[^\s_]|~~\S/u, 'emphasis', escapesOut);
  found(/(?<![\p{L}\d])#[\p{L}][\p{L}\d._-]*/u, 'a hashtag', escapesOut, shown);
  found(/(?<![p{L}\d])~[a-z0-9]/i, 'a channel', escapesOut, shown);
  found(/:[a-z0-9_+-]+:/i, 'an emoji by name', escapesOut, shown);
  found(/\$[^$\n]+\$/, 'a formula', escapesOut, shown);
  return problems;
}

/** The server takes hashtags from the text word by word, whatever is code. */
function hashtagsIn(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) =>
      word
        .replace(/^[^\p{L}\d\s#]+/u, '')
        .replace(/[^\p{L}\d\s]+$/u, '')
        .replace(/^#{2,}/, '#'),
    )
    .filter((word) => /^#\p{L}[\p{L}\d\-_.]*[\p{L}\d]$/u.test(word))
    .map((word) => `text: the hashtag ${word}`);
}

/** What a reader makes of a value, with code and escapes read. */
export function readable(value: string): string {
  const fenced = /^```\n([\s\S]*)\n```$/.exec(value)?.[1];
  const inCode = /^`([^`]*)`\u200E?$/.exec(value)?.[1];
  const text = fenced ?? inCode ?? value.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  return undisguised(text);
}

/** Our look-alikes and defanging turned back, and our invisible spaces and marks gone. */
export function undisguised(text: string): string {
  return text
    .replace(/[\u200B\u200E]/g, '')
    .replaceAll('ˋ', '`')
    .replaceAll('‹', '<')
    .replaceAll('∼', '~')
    .replaceAll('＃', '#')
    .replaceAll('＄', '$')
    .replaceAll('[:]//', '://')
    .replace(/hxxp(s?):/g, 'http$1:')
    .replace(/HXXP(S?):/g, 'HTTP$1:')
    .replaceAll('[.]', '.');
}

/**
 * Blocks that the newest clients draw for an attachment; a pair of short fields costs 7, and a
 * single one no less.
 */
export function blocksOf(attachment: Readonly<Record<string, unknown>>): number {
  let blocks = 1;
  for (const key of ['title', 'text', 'author_name', 'footer', 'pretext'])
    if (attachment[key]) blocks += 1;
  const fields = (attachment.fields ?? []) as { short: boolean }[];
  if (fields.length > 0) blocks += 1;
  let waiting = false;
  for (const { short } of fields) {
    if (!short) blocks += 3;
    else if (!waiting) blocks += 7;
    waiting = short && !waiting;
  }
  return blocks;
}

/** Code points of all that is drawn in attachments. */
export function attachmentLength(post: PostBody): number {
  const texts = attachmentsOf(post).flatMap((attachment) => [
    ...['title', 'text', 'footer', 'pretext', 'author_name'].map((key) =>
      String(attachment[key] ?? ''),
    ),
    ...((attachment.fields ?? []) as { title: string; value: string }[]).flatMap(
      ({ title, value }) => [title, value],
    ),
  ]);
  return texts.reduce((sum, text) => sum + [...text].length, 0);
}
