// A card as an e-mail's two bodies. No remote picture, no link but those of the configuration; it
// is read in light and dark. Pure.
import { type Card, type Field, type Part, plainText, type Text } from '../../kit/card.ts';
import { defanged } from '../../kit/defang.ts';

const colors = ['#6b7280', '#0077cc', '#2f855a', '#b7791f', '#dd6b20', '#d62828'] as const;

const style = `
  body { margin: 0; padding: 16px; font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans Thai", sans-serif; color: #1f2328; background: #ffffff; }
  .card { max-width: 640px; margin: 0 auto; padding: 12px 16px; border: 1px solid #d0d7de; border-left: 5px solid; border-radius: 4px; }
  h1 { margin: 0 0 8px; font-size: 17px; line-height: 1.4; }
  p { margin: 0 0 8px; } table { border-collapse: collapse; width: 100%; } th, td { padding: 3px 8px 3px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
  th { width: 30%; font-weight: 600; } code, pre { font: 13px/1.45 ui-monospace, Consolas, monospace; background: #f0f2f4; border-radius: 3px; padding: 0 3px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .rows th, .rows td, .rows code { width: auto; overflow-wrap: break-word; }
  @media (max-width: 600px) { .rows tr { display: block; padding: 4px 0; } .rows th { display: none; } .rows td { display: inline; padding: 0 5px 0 0; } }
  pre { padding: 6px; margin: 0; } .foot { margin: 10px 0 0; font-size: 12px; color: #656d76; } a { color: #0969da; }
  @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } .card { border-color: #3d444d; } code, pre { background: #262c36; } .foot { color: #9198a1; } a { color: #4493f8; } }
`;

export function htmlOf(card: Card): string {
  const title = `${escaped(card.sign)} ${escaped(card.level)} · ${html(card.headline)}`;
  const link = card.link === undefined ? '' : `<p>${anchor(card.link, html(card.title))}</p>`;
  return (
    `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><style>${style}</style></head><body>` +
    `<div class="card" style="border-left-color:${colors[card.severity]}"><h1>${title}</h1>` +
    card.remarks.map((remark) => `<p>${html(remark)}</p>`).join('') +
    link +
    factsOf(card.fields) +
    tableOf(card) +
    factsOf(card.details) +
    `<p class="foot">${html(card.footer)}</p></div></body></html>`
  );
}

function factsOf(facts: readonly Field[]): string {
  return facts.length === 0 ? '' : `<table>${facts.map(row).join('')}</table>`;
}

function row({ name, value }: Field): string {
  return `<tr><th>${html(name)}</th><td>${html(value)}</td></tr>`;
}

function tableOf({ table }: Card): string {
  if (table === undefined) return '';
  const line = (cells: readonly Text[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`;
  const rows = table.rows.map((cells) => line(cells, 'td')).join('');
  const more = table.more === undefined ? '' : `<p>${html(table.more)}</p>`;
  return `<table class="rows">${line(table.columns, 'th')}${rows}</table>${more}`;
}

function html(text: Text): string {
  return text.map(partOf).join('');
}

function partOf(part: Part): string {
  const text = escaped(
    part.kind === 'word' || part.kind === 'time' ? part.text : defanged(part.text),
  );
  switch (part.kind) {
    case 'word':
      return part.isStrong ? `<strong>${text}</strong>` : text;
    case 'link':
      return anchor(part.url, escaped(part.text));
    case 'block':
      return `<pre>${text}</pre>`;
    case 'code':
      return `<code>${text}</code>`;
    default:
      return text;
  }
}

function anchor(url: string, inner: string): string {
  return /^https?:\/\//.test(url) ? `<a href="${escaped(url)}">${inner}</a>` : inner;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function textOf(card: Card): string {
  const line = ({ name, value }: Field) => `${plainText(name)}: ${plain(value)}`;
  const rows = card.table?.rows.map((cells) => cells.map(plain).filter(Boolean).join(' · ')) ?? [];
  return [
    `${card.sign} ${card.level} · ${plain(card.headline)}`,
    ...card.remarks.map(plain),
    '',
    ...card.fields.map(line),
    ...rows,
    ...(card.table?.more === undefined ? [] : [plain(card.table.more)]),
    ...card.details.map(line),
    '',
    ...(card.link === undefined ? [] : [card.link]),
    plain(card.footer),
  ].join('\n');
}

function plain(text: Text): string {
  const isTheirs = ({ kind }: Part) => kind === 'code' || kind === 'block' || kind === 'prose';
  return text.map((part) => (isTheirs(part) ? defanged(part.text) : part.text)).join('');
}
