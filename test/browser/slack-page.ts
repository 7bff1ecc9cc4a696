// Posts of Slack as its clients draw them: blocks one below the other, fields in two columns on a
// desktop and in one on a phone, an attachment behind its bar of colour. By Slack's documented
// syntax, and by measures of its clients as far as they can be seen; what a client may fold is
// drawn whole.

interface TextObject {
  readonly text: string;
}
interface Block {
  readonly type: string;
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
  readonly elements?: readonly TextObject[];
}
export interface SlackPost {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly Block[] }[];
}

const style = `
* { box-sizing: border-box; margin: 0; }
body { font: 15px/22px Lato, "Noto Sans", "Noto Sans Thai", sans-serif; color: #1d1c1d; background: #fff; }
.pane { margin-left: 330px; }
.post { padding: 8px 20px 8px 64px; }
.post header { font-weight: 900; }
.block { max-width: 600px; padding: 4px 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.context { font-size: 13px; line-height: 18px; color: #616061; }
.attachment { display: flex; gap: 12px; margin-top: 4px; max-width: 620px; }
.bar { flex: none; width: 4px; border-radius: 8px; }
a { color: #1264a3; text-decoration: none; }
.mention { background: #f8f3e6; color: #1264a3; padding: 0 2px; }
code { font: 12px/18px Monaco, Menlo, "Noto Sans Thai", monospace; color: #c01343; background: #f6f6f6; border: 1px solid #ddd; border-radius: 3px; padding: 2px 3px 1px; }
pre { font: 12px/18px Monaco, Menlo, "Noto Sans Thai", monospace; background: #f6f6f6; border: 1px solid #ddd; border-radius: 4px; padding: 8px; white-space: pre-wrap; }
@media (max-width: 600px) { .pane { margin-left: 0; } .post { padding: 8px 16px 8px 60px; } .fields { grid-template-columns: 1fr; } }
`;

export function pageOf(posts: readonly SlackPost[]): string {
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${style}</style><div class="pane">${posts.map(postHtml).join('')}</div>`;
}

function postHtml({ blocks, attachments }: SlackPost): string {
  const attached = attachments.map(
    (one) =>
      `<div class="attachment"><div class="bar" style="background:${escaped(one.color)}"></div><div>${one.blocks.map(blockHtml).join('')}</div></div>`,
  );
  return `<div class="post"><header>Tocsin</header>${blocks.map(blockHtml).join('')}${attached.join('')}</div>`;
}

function blockHtml({ type, text, fields, elements }: Block): string {
  if (type !== 'section' && type !== 'context') throw new Error(`draws no block of type ${type}`);
  const cells = (fields ?? []).map((one) => `<div>${html(one.text)}</div>`).join('');
  return [
    ...(text === undefined ? [] : [`<div class="block">${html(text.text)}</div>`]),
    ...(cells === '' ? [] : [`<div class="block fields">${cells}</div>`]),
    ...(elements ?? []).map((one) => `<div class="block context">${html(one.text)}</div>`),
  ].join('');
}

/** Angle brackets, a block of code, code, words between asterisks. */
const token =
  /<([^<>|]+)(?:\|([^<>]*))?>|```\n?([\s\S]*?)\n?```|(?<![\p{L}\p{N}`])`([^`\n]+)`(?![\p{L}\p{N}`])|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}*])/gu;

function html(mrkdwn: string): string {
  let shown = '';
  let end = 0;
  for (const found of mrkdwn.matchAll(token)) {
    const [all, target, label, block, code, strong] = found;
    shown += decoded(mrkdwn.slice(end, found.index));
    end = found.index + all.length;
    if (target !== undefined) shown += tokenHtml(target, label);
    else if (block !== undefined) shown += `<pre>${inCode(block)}</pre>`;
    else if (code !== undefined) shown += `<code>${inCode(code)}</code>`;
    else shown += `<b>${html(strong!)}</b>`;
  }
  return shown + decoded(mrkdwn.slice(end));
}

/** Slack reads what stands in angle brackets in code as well. */
function inCode(text: string): string {
  const parts = text.split(/(<[^<>]+>)/);
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return decoded(part);
      const [target, label] = part.slice(1, -1).split('|');
      return tokenHtml(target!, label);
    })
    .join('');
}

function tokenHtml(target: string, label = target): string {
  if (/^[!@#]/.test(target)) return `<span class="mention">${decoded(target)}</span>`;
  const address = target.replaceAll('&amp;', '&');
  return `<a href="${escaped(address)}">${html(label)}</a>`;
}

/** Slack's three escapes are HTML's own; whatever else HTML would read is written out. */
function decoded(text: string): string {
  return escaped(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
