// A card as an e-mail's two bodies. Styles stand in the tags, for clients that drop a style sheet;
// the sheet adds dark and narrow screens. Nothing is loaded from anywhere, and no link is there but
// those of the configuration: an address in any other text is made unusable. Pure.
import { type Card, type Field, type Part, stateTexts, type Text } from '../../kit/card.ts';
import { defanged } from '../../kit/defang.ts';
import { unlinked, unlinkedHtml } from './unlinked.ts';

/** Readable as text on white and on black. */
const colors = ['#6b7280', '#0077cc', '#2f855a', '#b7791f', '#d9480f', '#e03131'] as const;

const fonts = "15px/1.5 system-ui,'Segoe UI',Roboto,'Noto Sans Thai',sans-serif";
const inRows = '.rows td,.rows code{overflow-wrap:break-word!important}';
const mono = "13px/1.45 ui-monospace,Consolas,'Noto Sans Thai',monospace";
const codeStyle = `font:${mono};background:#f0f2f4;border-radius:3px;white-space:pre-wrap;overflow-wrap:anywhere`;
const labelStyle = 'padding:4px 10px 4px 0;text-align:left;vertical-align:top';
const cellStyle = `${labelStyle};overflow-wrap:anywhere`;
const rowStyle =
  'padding:5px 10px 5px 0;text-align:left;vertical-align:top;border-top:1px solid #d0d7de';
const tableOpen = '<table style="width:100%;border-collapse:collapse;margin:0 0 8px"';

const sheet = [
  inRows,
  '@media (prefers-color-scheme:dark){.b{background:#0d1117!important;color:#e6edf3!important}',
  '.k{border-top-color:#3d444d!important;border-right-color:#3d444d!important;border-bottom-color:#3d444d!important}',
  '.c{background:#262c36!important}.q{color:#9198a1!important}.r{border-color:#3d444d!important}a{color:#4493f8!important}}',
  '@media (max-width:600px){.b{padding:6px!important}.k{padding:10px 12px!important}',
  '.h{display:none!important}.l{display:block!important;padding:6px 0;border-top:1px solid #8886}',
  '.r{display:inline!important;padding:0 8px 0 0!important;border:0!important}}',
].join('');

export function htmlOf(card: Card): string {
  const color = colors[card.severity];
  const level = `<span style="color:${color}">${escaped(card.level)}</span>`;
  const title = `${escaped(card.sign)} ${level} · ${html(card.headline)}`;
  const link = card.link === undefined ? html(card.title) : anchor(card.link, html(card.title));
  const paragraphs = [...stateTexts(card), ...card.remarks].map(html).concat(link);
  return (
    '<!doctype html><html><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">' +
    `<style>${sheet}</style></head>` +
    `<body class="b" style="margin:0;padding:16px;background:#fff;color:#1f2328;font:${fonts}">` +
    `<div class="k" style="max-width:680px;margin:0 auto;padding:14px 18px;border:1px solid #d0d7de;border-left:6px solid ${color};border-radius:6px">` +
    `<h1 style="margin:0 0 8px;font-size:17px;line-height:1.4">${title}</h1>` +
    paragraphs.map((inner) => `<p style="margin:0 0 8px">${inner}</p>`).join('') +
    factsOf(card.fields) +
    tableOf(card) +
    factsOf(card.details) +
    `<p class="q" style="margin:10px 0 0;font-size:12px;color:#59636e">${html(card.footer)}</p>` +
    '</div></body></html>'
  );
}

function factsOf(facts: readonly Field[]): string {
  return facts.length === 0 ? '' : `${tableOpen}>${facts.map(row).join('')}</table>`;
}

function row({ name, value }: Field): string {
  const label = `<th class="q" style="${labelStyle};width:26%;font-weight:600;color:#59636e">${html(name)}</th>`;
  return `<tr>${label}<td style="${cellStyle}">${html(value)}</td></tr>`;
}

function tableOf({ table }: Card): string {
  if (table === undefined) return '';
  const cell = (text: Text) => `<td class="r" style="${rowStyle}">${html(text)}</td>`;
  const head = table.columns.map((text) => `<th class="q" style="${cellStyle}">${html(text)}</th>`);
  const rows = table.rows
    .map((cells) => `<tr class="l">${cells.map(cell).join(' ')}</tr>`)
    .join('');
  const more = table.more === undefined ? '' : `<p style="margin:0 0 8px">${html(table.more)}</p>`;
  return `${tableOpen} class="rows"><tr class="h">${head.join('')}</tr>${rows}</table>${more}`;
}

function html(text: Text): string {
  return text.map(partOf).join('');
}

function partOf(part: Part): string {
  const text = escaped(defanged(part.text));
  if (part.kind === 'link') return anchor(part.url, text);
  if (part.kind === 'time') return text;
  const shown = unlinkedHtml(text);
  if (part.kind === 'word') return part.isStrong ? `<strong>${shown}</strong>` : shown;
  // A name must not go on from a sentence of others into ours.
  if (part.kind === 'prose') return `<span>${shown}</span>`;
  return `<code class="c" style="padding:0 3px;${codeStyle}">${shown}</code>`;
}

function anchor(url: string, inner: string): string {
  if (!/^https?:\/\//.test(url)) return inner;
  return `<a href="${escaped(url)}" style="color:#0969da">${inner}</a>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function textOf(card: Card): string {
  const line = ({ name, value }: Field) => `${plain(name)}: ${plain(value)}`;
  const rows = card.table?.rows.map((cells) => cells.map(plain).filter(Boolean).join(' · ')) ?? [];
  const groups = [
    [
      `${card.sign} ${card.level} · ${plain(card.headline)}`,
      ...[...stateTexts(card), ...card.remarks].map(plain),
    ],
    card.fields.map(line),
    [...rows, ...(card.table?.more === undefined ? [] : [plain(card.table.more)])],
    card.details.map(line),
    [plain(card.title), ...(card.link === undefined ? [] : [card.link]), plain(card.footer)],
  ];
  return groups
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** A link in words, since a reader of text alone has no other way to it. */
function plain(text: Text): string {
  let shown = '';
  let start = 0;
  // A name may go on from one part to the next.
  for (const [at, part] of text.entries()) {
    if (part.kind !== 'link') continue;
    shown += `${withoutLinks(text.slice(start, at))}${defanged(part.text)} (${part.url})`;
    start = at + 1;
  }
  return shown + withoutLinks(text.slice(start));
}

function withoutLinks(text: Text): string {
  return unlinked(text.map((part) => defanged(part.text)).join(''));
}
