// Reads the content of one paragraph from markdown-it's tokens: text, code, emphasis, links,
// breaks, and the names of emoji.
import type { Inline, Token } from './tree.ts';

/** The names that cards use; any other name stays as written. */
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

function withEmojis(text: string): string {
  return text.replace(/:([a-z0-9_+-]{1,40}):/g, (written, name: string) =>
    Object.hasOwn(emojis, name) ? emojis[name]! : written,
  );
}

export function inlinesOf(tokens: readonly Token[]): Inline[] {
  return new InlineReader(tokens, false).run();
}

const wrappers: Readonly<Record<string, 'strong' | 'emphasis' | 'struck'>> = {
  strong_open: 'strong',
  em_open: 'emphasis',
  s_open: 'struck',
};

class InlineReader {
  readonly #tokens: readonly Token[];
  /** True inside a link: another link there is read as text. */
  readonly #isInLink: boolean;
  #next = 0;

  constructor(tokens: readonly Token[], isInLink: boolean) {
    this.#tokens = tokens;
    this.#isInLink = isInLink;
  }

  run(): Inline[] {
    return this.#until(this.#isInLink);
  }

  /** Reads up to the end of what was opened last. */
  #until(isInLink: boolean): Inline[] {
    const found: Inline[] = [];
    let plain = '';
    const flush = () => {
      if (plain !== '') found.push({ kind: 'text', text: plain });
      plain = '';
    };
    for (let token = this.#take(); token !== undefined; token = this.#take()) {
      if (token.nesting < 0) break;
      if (token.type === 'text') plain += withEmojis(token.content);
      // A backslash that escapes nothing.
      else if (token.type === 'text_special' && token.content === token.markup)
        plain += token.content;
      else {
        flush();
        // An escape begins a text of its own, as in the server's parser: `x\@here` notifies,
        // although `x@here` does not.
        if (token.type === 'text_special') plain = token.content;
        else found.push(...this.#nodesOf(token, isInLink));
      }
    }
    flush();
    return found;
  }

  #take(): Token | undefined {
    const token = this.#tokens[this.#next];
    this.#next += 1;
    return token;
  }

  #nodesOf(token: Token, isInLink: boolean): Inline[] {
    const wrapper = wrappers[token.type];
    if (wrapper !== undefined) return [{ kind: wrapper, children: this.#until(isInLink) }];
    switch (token.type) {
      case 'code_inline':
        return [{ kind: 'code', text: token.content }];
      case 'softbreak':
      case 'hardbreak':
        return [{ kind: 'break' }];
      case 'link_open':
        return linkOf('link', token.attrGet('href'), this.#until(true), isInLink);
      case 'image': {
        const children = new InlineReader(token.children ?? [], true).run();
        return linkOf('image', token.attrGet('src'), children, isInLink);
      }
      default:
        return [];
    }
  }
}

function linkOf(
  kind: 'link' | 'image',
  href: string | null,
  children: readonly Inline[],
  isInLink: boolean,
): Inline[] {
  return isInLink ? [...children] : [{ kind, href: href ?? '', children }];
}
