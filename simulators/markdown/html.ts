// Renders the Markdown tree as HTML. Text of a post becomes HTML nowhere else: it is escaped here,
// and none of it is taken as HTML.
import { type Block, type Inline, parseMarkdown } from './index.ts';
import { isMention } from './mentions.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for the space between tags and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

export function markdownToHtml(text: string): string {
  return parseMarkdown(text).map(blockToHtml).join('');
}

/** Without the paragraphs around, for titles and footers. */
export function lineToHtml(text: string): string {
  const blocks = parseMarkdown(text);
  return blocks
    .map((block) =>
      block.kind === 'paragraph' ? inlinesToHtml(block.children) : blockToHtml(block),
    )
    .join(' ');
}

function blockToHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${inlinesToHtml(block.children)}</p>`;
    case 'line':
      return inlinesToHtml(block.children);
    case 'heading':
      // A heading in a post must not become a heading of the page.
      return `<p class="heading heading-${block.level}">${inlinesToHtml(block.children)}</p>`;
    case 'fence':
      return `<pre tabindex="0"><code>${escapeHtml(block.text)}</code></pre>`;
    case 'quote':
      return `<blockquote>${block.blocks.map(blockToHtml).join('')}</blockquote>`;
    case 'list': {
      const items = block.items
        .map((item) => `<li>${item.map(blockToHtml).join('')}</li>`)
        .join('');
      return block.isOrdered ? `<ol>${items}</ol>` : `<ul>${items}</ul>`;
    }
    case 'table': {
      const [head, ...body] = block.rows.map((row, index) =>
        rowToHtml(row, index === 0 ? 'th' : 'td'),
      );
      return `<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${body.join('')}</tbody></table></div>`;
    }
    case 'rule':
      return '<hr>';
  }
}

function rowToHtml(row: readonly (readonly Inline[])[], tag: 'th' | 'td'): string {
  return `<tr>${row.map((cell) => `<${tag}>${inlinesToHtml(cell)}</${tag}>`).join('')}</tr>`;
}

const tags = { strong: 'strong', emphasis: 'em', struck: 's' } as const;

function inlinesToHtml(nodes: readonly Inline[]): string {
  return nodes.map(inlineToHtml).join('');
}

function inlineToHtml(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return textToHtml(node.text);
    case 'code':
      return `<code>${escapeHtml(node.text)}</code>`;
    case 'break':
      return '<br>';
    case 'link':
    case 'image': {
      // Loading the picture would be a request to a foreign server.
      const label =
        node.kind === 'image' ? `🖼 ${inlinesToHtml(node.children)}` : inlinesToHtml(node.children);
      return `<a href="${escapeHtml(node.href)}" rel="noreferrer noopener nofollow" target="_blank">${label}</a>`;
    }
    default:
      return `<${tags[node.kind]}>${inlinesToHtml(node.children)}</${tags[node.kind]}>`;
  }
}

/** Marks what would notify people, as Mattermost does. */
function textToHtml(text: string): string {
  return text
    .split(/(@[\p{L}\p{N}._-]+)/u)
    .map((part, index) =>
      index % 2 === 1 && isMention(part) ? `<mark>${escapeHtml(part)}</mark>` : escapeHtml(part),
    )
    .join('');
}
