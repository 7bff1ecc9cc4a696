// A card in the wiki markup of Jira Data Center. That has no escape on which to rely, so all text
// stands where Jira reads no markup, and only what would end that is changed. Pure.
import type { Text } from '../../kit/card.ts';
import { plainText } from '../../kit/card.ts';
import { defanged } from '../../kit/defang.ts';

/** All lines in one block without format, and below it the addresses that are ours. */
export function wikiOf(lines: readonly Text[]): string {
  const shown = lines.map((line) => unformatted(plainText(line)));
  const urls = lines.flatMap((line) =>
    line.flatMap((part) => (part.kind === 'link' ? [linkOf(part.url)] : [])),
  );
  return ['{noformat}', ...shown, '{noformat}', ...urls].join('\n');
}

export function wikiWeight(part: Text[number]): number {
  return unformatted(part.text).length + (part.kind === 'link' ? linkOf(part.url).length + 1 : 0);
}

/** A brace would begin the macro that ends the block. */
function unformatted(text: string): string {
  return defanged(text).replaceAll('{', '｛').replaceAll('}', '｝');
}

function linkOf(url: string): string {
  return `[${new URL(url).href.replace(/[[\]{}|]/g, encodeURIComponent)}]`;
}
