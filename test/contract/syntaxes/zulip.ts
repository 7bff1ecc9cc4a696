// Zulip's Markdown by its documented rules: fences and code first, then mentions, channels, emoji,
// formulas, times and links, strong, thin and struck words, and what begins a line. Addresses and
// names of hosts are links, and a back-slash before a back-tick makes it a sign. Written without
// looking at the sink.
import { mailLinksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

export function zulipMarkdown(text: string): Reading {
  const active: string[] = [];
  const taken = (what: string) => {
    active.push(what);
    return ' \uE001 ';
  };
  let rest = withoutFences(text, (kind) => active.push(kind));
  rest = rest.replace(/(?<!\\)(`+)(.+?)(?<!`)\1(?!`)/gs, () => taken('code'));
  for (const [name, pattern] of inline)
    rest = rest.replace(pattern, (all) => taken(`${name} ${all}`));
  // Its text may be strong, and holds no other link.
  rest = rest.replace(link, (_all, inner: string, address: string) => {
    active.push(...stylesIn(inner));
    return taken(`link ${address}`);
  });
  active.push(...stylesIn(rest));
  for (const line of rest.split('\n'))
    for (const [name, pattern] of beginnings) if (pattern.test(line)) active.push(name);
  if (/^\s*\/(?:me|poll|todo|ping|day|night|settings)\b/.test(text)) active.push('a command');
  return { seen: text, active: [...active, ...mailLinksIn(rest), ...unseenIn(text)] };
}

function stylesIn(text: string): string[] {
  let rest = text;
  return styles.flatMap(([name, pattern]) => {
    const found = rest.match(pattern) ?? [];
    rest = rest.replace(pattern, '$1');
    return found.map(() => name);
  });
}

const link = /\[((?:[^[\]\n]|\[[^[\]\n]*\])*)\]\(([^)\n]*)\)/g;

/** A fence ends at a line of its own, and at the end of the message. */
function withoutFences(text: string, told: (kind: string) => void): string {
  const rest: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    if (fence !== undefined) {
      if (line.trimEnd() === fence) fence = undefined;
      continue;
    }
    const [, begins, kind = ''] = /^ {0,3}(`{3,}|~{3,}) *\{?\.?([\w+#-]*)/.exec(line) ?? [];
    if (begins === undefined || line.slice(line.indexOf(begins) + begins.length).includes('`'))
      rest.push(line);
    else {
      fence = begins;
      told(/^(?:quote|spoiler|math|latex|tex)$/.test(kind) ? `a block of ${kind}` : 'code');
    }
  }
  return rest.join('\n');
}

const inline: readonly (readonly [string, RegExp])[] = [
  ['mention', /@_?\*\*[^*\n]+\*\*|@_?\*[^*\n]+\*/g],
  ['channel', /#\*\*[^*\n]+\*\*/g],
  ['picture', /!\[[^\]\n]*\]\([^)\n]*\)/g],
  ['time', /<time:[^>\n]*>/g],
  ['formula', /\$\$[^$\n]+\$\$/g],
  ['emoji', /:[\w+-]*[a-z][\w+-]*:/gi],
  ['picture', /!g?(?:r)?avatar\([^)\n]*\)/g],
];

const styles: readonly (readonly [string, RegExp])[] = [
  ['strong', /\*\*([^\n]+?)\*\*/g],
  ['thin', /\*(?!\s)([^*\n]+)(?<!\s)\*/g],
  ['struck', /~~([^~\n]+)~~/g],
];

const beginnings: readonly (readonly [string, RegExp])[] = [
  ['heading', /^ {0,3}#{1,6} /],
  ['quote', /^ {0,3}>/],
  ['item', /^\s*(?:[*+-]|\d+\.)\s/],
  ['table', /^(?=.*-)(?=.*\|)[\s|:-]+$/],
];
