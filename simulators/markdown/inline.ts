// Markdown inside of one paragraph: escapes, code spans, emphasis, links, bare URLs, emoji names, line breaks.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'struck'; readonly children: readonly Inline[] }
  /** `href` begins with http:// or https://. */
  | { readonly kind: 'link' | 'image'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'break' };

const depthMax = 8;
const wrappers = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'struck'],
  ['*', 'emphasis'],
  ['_', 'emphasis'],
] as const;

/** The names that cards use; any other stays as it is written. */
const emojis: Readonly<Record<string, string>> = {
  red_circle: '🔴',
  large_orange_circle: '🟠',
  orange_circle: '🟠',
  large_yellow_circle: '🟡',
  yellow_circle: '🟡',
  large_green_circle: '🟢',
  green_circle: '🟢',
  large_blue_circle: '🔵',
  white_circle: '⚪',
  rotating_light: '🚨',
  warning: '⚠️',
  bell: '🔔',
  white_check_mark: '✅',
};

export function parseInline(text: string): Inline[] {
  return new Scanner(text, 0, false).run();
}

/** Reads left to right; what is no markup gathers in `#plain` until some is. */
class Scanner {
  readonly #text: string;
  readonly #depth: number;
  readonly #isInLink: boolean;
  readonly #found: Inline[] = [];
  /** Marks that do not occur any more, so that each is searched for in vain only once. */
  readonly #absent = new Set<string>();
  #plain = '';
  #index = 0;

  constructor(text: string, depth: number, isInLink: boolean) {
    this.#text = text;
    this.#depth = depth;
    this.#isInLink = isInLink;
  }

  run(): Inline[] {
    while (this.#index < this.#text.length) {
      if (!this.#step()) this.#takePlain();
    }
    this.#flush();
    return this.#found;
  }

  #step(): boolean {
    switch (this.#text[this.#index]) {
      case '\\':
        return this.#escape();
      case '`':
        return this.#code();
      case '\n':
        return this.#push({ kind: 'break' }, this.#index + 1);
      case '*':
      case '_':
      case '~':
        return this.#wrapped();
      case '!':
      case '[':
        return this.#link();
      case ':':
        return this.#emoji();
      case 'h':
      case 'H':
      case 'w':
      case 'W':
        return this.#bareUrl();
      default:
        return false;
    }
  }

  /** The next character, and then all that can begin no markup. */
  #takePlain(): void {
    const rest = /[\\`\n*_~![:hHwW]/g;
    rest.lastIndex = this.#index + 1;
    const end = rest.exec(this.#text)?.index ?? this.#text.length;
    this.#plain += this.#text.slice(this.#index, end);
    this.#index = end;
  }

  #push(node: Inline, next: number): true {
    this.#flush();
    this.#found.push(node);
    this.#index = next;
    return true;
  }

  #flush(): void {
    if (this.#plain !== '') this.#found.push({ kind: 'text', text: this.#plain });
    this.#plain = '';
  }

  #escape(): boolean {
    const next = this.#text[this.#index + 1] ?? '';
    if (!/[!-/:-@[-`{-~]/.test(next)) return false;
    // A text of its own, as in the server's parser: `x\@here` notifies although `x@here` would not.
    this.#flush();
    this.#plain = next;
    this.#index += 2;
    return true;
  }

  #code(): boolean {
    const run = this.#run('`');
    const from = this.#index + run.length;
    const end = this.#findRun(run, from);
    if (end === undefined) {
      this.#plain += run;
      this.#index = from;
      return true;
    }
    const inner = this.#text.slice(from, end).replaceAll('\n', ' ');
    const text = /^ .*[^ ].* $|^ [^ ] $/s.test(inner) ? inner.slice(1, -1) : inner;
    return this.#push({ kind: 'code', text }, end + run.length);
  }

  #run(character: string): string {
    let end = this.#index;
    while (this.#text[end] === character) end += 1;
    return this.#text.slice(this.#index, end);
  }

  /** Where a run of exactly these back-ticks stands, from `from` on. Runs of one length close each other, so few are sought in vain. */
  #findRun(run: string, from: number): number | undefined {
    for (let at = this.#text.indexOf(run, from); at !== -1; ) {
      let end = at;
      while (this.#text[end] === '`') end += 1;
      if (end - at === run.length) return at;
      at = this.#text.indexOf(run, end);
    }
    return undefined;
  }

  #wrapped(): boolean {
    for (const [mark, kind] of wrappers) {
      if (!this.#text.startsWith(mark, this.#index) || this.#depth >= depthMax) continue;
      const from = this.#index + mark.length;
      // An underscore inside of a word is part of the word, and a mark before a blank begins nothing.
      if (/^(?:\s|$)/.test(this.#text.slice(from, from + 1))) continue;
      if (mark.startsWith('_') && /[\p{L}\p{N}]/u.test(this.#text[this.#index - 1] ?? '')) continue;
      const end = this.#findMark(mark, from + 1);
      if (end === undefined) continue;
      const children = new Scanner(this.#text.slice(from, end), this.#depth + 1, this.#isInLink).run();
      return this.#push({ kind, children }, end + mark.length);
    }
    const run = this.#run(this.#text[this.#index]!);
    this.#plain += run;
    this.#index += run.length;
    return true;
  }

  /** Where the mark closes: not escaped, not after a blank. */
  #findMark(mark: string, from: number): number | undefined {
    if (this.#absent.has(mark)) return undefined;
    for (let at = this.#text.indexOf(mark, from); at !== -1; at = this.#text.indexOf(mark, at + 1)) {
      const before = this.#text[at - 1]!;
      const after = this.#text[at + mark.length] ?? '';
      const isInWord = mark.startsWith('_') && /[\p{L}\p{N}]/u.test(after);
      if (before !== '\\' && !/\s/.test(before) && after !== mark[0] && !isInWord) return at;
    }
    this.#absent.add(mark);
    return undefined;
  }

  #link(): boolean {
    const isImage = this.#text[this.#index] === '!';
    const from = this.#index + (isImage ? 2 : 1);
    if (this.#isInLink || this.#depth >= depthMax || this.#text[from - 1] !== '[') return false;
    const found =
      /^((?:[^[\]\\]|\\.|\[[^[\]\\]*\]){0,1000})\]\(\s*<?(https?:\/\/(?:[^\s()<>\\]|\\.){1,2000})>?(?:\s+"[^"]*")?\s*\)/is.exec(
        this.#text.slice(from, from + 4000),
      );
    if (found === null) return false;
    const href = found[2]!.replace(/\\([!-/:-@[-`{-~])/g, '$1');
    const children = new Scanner(found[1]!, this.#depth + 1, true).run();
    return this.#push({ kind: isImage ? 'image' : 'link', href, children }, from + found[0].length);
  }

  #bareUrl(): boolean {
    if (this.#isInLink || /[\p{L}\p{N}]/u.test(this.#text[this.#index - 1] ?? '')) return false;
    const found = /^(?:https?:\/\/|www\.)[^\s<>"'`\\*]{1,2000}/i.exec(
      this.#text.slice(this.#index, this.#index + 2010),
    );
    if (found === null) return false;
    const text = found[0].replace(/[.,;:!?)\]]+$/, '');
    const href = /^www\./i.test(text) ? `http://${text}` : text;
    return this.#push({ kind: 'link', href, children: [{ kind: 'text', text }] }, this.#index + text.length);
  }

  #emoji(): boolean {
    const name = /^:([a-z0-9_+-]{1,40}):/.exec(this.#text.slice(this.#index, this.#index + 42))?.[1];
    const emoji = name !== undefined && Object.hasOwn(emojis, name) ? emojis[name] : undefined;
    if (name === undefined || emoji === undefined) return false;
    this.#plain += emoji;
    this.#index += name.length + 2;
    return true;
  }
}
