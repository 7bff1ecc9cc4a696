// Makes text inert for Mattermost: for the rewrites of its server, its three Markdown parsers
// (server, web, mobile) and its mentions. Each part of a card passes through here exactly once, by
// its kind. Pure; linear. Parts are neutral and trimmed already.
import { defanged } from '../../kit/defang.ts';

/** For use outside of code, where nobody copies it with a value. */
export const zeroWidthSpace = '\u200B';
/**
 * Look-alikes, because backslashes do not work in code, nor before `<` and `$` in the web client.
 * Nothing invisible is ever added to code, so whoever copies a changed value can see the change.
 */
const tick = 'ˋ';
const lessThan = '‹';
const dollar = '＄';
const tilde = '∼';
const hash = '＃';
const asterisk = '∗';

/** One line as inline code, in which nothing notifies or links; empty if nothing is visible. */
export function code(text: string): string {
  if (text === '') return '';
  return isInert(text) ? `\`${text}\`` : inlineCode(inert(text));
}

/** Whether it may stand in code as it is, like nearly every value. */
function isInert(text: string): boolean {
  return !changing.test(text);
}

function inlineCode(inner: string): string {
  return inner === '' ? '' : `\`${inner}\`${turnedBack(inner)}`;
}

/**
 * {@link code} for places that clients put into `**`: the web client looks for the second pair
 * before it looks for code.
 */
export function strongCode(text: string): string {
  return code(text).replaceAll('*', asterisk);
}

/** Several lines as a fenced block, one as inline code. */
export function fence(text: string): string {
  return text.includes('\n') ? `\`\`\`\n${inert(text)}\n\`\`\`` : code(text);
}

/**
 * What may have to change in code, or to stand behind it: most values have none of it. A surrogate
 * may be the first half of a letter that is read from right to left.
 */
const changing = /[`<~\u2424\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\uD800-\uDBFF]|:\/\/|[wW]{3}/;

/**
 * The name of a channel, to which the server attaches the display name, even of a private channel
 * and in code. Its rule knows ASCII only.
 */
const channelName = /(?<![A-Za-z0-9_])~(?=[A-Za-z0-9_-])/g;

function inert(text: string): string {
  // The web client takes U+2424 for a line break, which would end inline code.
  return defanged(text.replaceAll('\u2424', '⏎'))
    .replaceAll('`', tick)
    .replace(/<(?=[!@])/g, lessThan)
    .replace(channelName, tilde);
}

/** Letters of Hebrew, Arabic and the other scripts that are read from right to left. */
const rightToLeft =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const leftToRightMark = '\u200E';

/**
 * The mark behind a value of such a script. Without it, two such neighbours would change places on
 * the screen, and a number behind one would move before it. It is outside the code, so that nobody
 * copies it with the value.
 */
function turnedBack(shown: string): string {
  return rightToLeft.test(shown) ? leftToRightMark : '';
}

/**
 * Characters that act in running text, as precisely as possible, so that our own sentences stay
 * unchanged: a colon acts by what follows it at once, a full stop within a word (what stands for a
 * back-tick is a letter), an underscore only at the edge of one.
 */
const acting =
  /[\\`*[\]|!$<>~#@＠﹫"\u2424]|_(?<![A-Za-z0-9]_(?=[A-Za-z0-9]))|:(?! )|;(?=-?\))|&(?=#|[A-Za-z0-9]+;)|\.(?<=[\p{L}\d.`-]\.)(?=\p{L})|www(?=\d{0,3}\.)|x(?=-d)/iu;
const everyActing = new RegExp(acting.source, 'giu');

/** What a backslash alone does not disarm in every client. A backslash escapes the rest. */
const disarmed: Readonly<Record<string, string>> = {
  '`': tick,
  '<': lessThan,
  // The web client takes it for a line break.
  '\u2424': '⏎',
  // Two of them make a formula, and the second one may follow in later text.
  $: dollar,
  // The space keeps the name of a channel or a tag from following, even in a client that joins an
  // escaped character with what follows.
  '~': `\\~${zeroWidthSpace}`,
  '#': `\\#${zeroWidthSpace}`,
  // `x-d` is an emoticon on phones and in browsers; a quotation mark begins an e-mail address that
  // goes on through code.
  ...Object.fromEntries([...'xX\\:;&@＠﹫"'].map((sign) => [sign, `${sign}${zeroWidthSpace}`])),
};

const beginning = /^/;

/**
 * V8 keeps a text that was put together as its pieces until somebody reads it. What many texts are
 * put together from is better copied once than with each of them.
 */
export function inOnePiece(text: string): string {
  beginning.test(text);
  return text;
}

/** Remembers what becomes of short texts: nearly all words are our own, and there are few. */
function remembering(make: (text: string) => string): (text: string) => string {
  const lengthMax = 40;
  const countMax = 1_000;
  const known = new Map<string, string>();
  return (text) => {
    const shown = known.get(text);
    if (shown !== undefined) return shown;
    const made = inOnePiece(make(text));
    if (text.length > lengthMax || isNumber(text)) return made;
    if (known.size >= countMax) known.clear();
    known.set(text, made);
    return made;
  };
}

/** Another one in each card, which would only push out what comes again. */
function isNumber(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0x30 && last <= 0x39;
}

/** Words outside of code: our own, and those of the operator's templates. */
export const words = remembering(disarmedWords);

/** A new line with {@link words} as the name of what follows. */
export const lineName = remembering((text) => `\n**${words(text)}** `);
/** The same with the back-tick that opens a value. */
const lineNameOfCode = remembering((text) => `${lineName(text)}\``);

/** A new line with {@link words} as its name, and {@link code} behind it. */
export function codeLine(name: string, value: string): string {
  // The usual case in fewer steps, since most of a card are such lines.
  return value !== '' && isInert(value)
    ? `${lineNameOfCode(name)}${value}\``
    : `${lineName(name)}${code(value)}`;
}

/** In which nothing acts: the test of the others takes ten times as long. */
const harmless = /^[A-Za-z0-9 ]*$/;

function disarmedWords(text: string): string {
  if (harmless.test(text) || !acting.test(text)) return text;
  return text.replace(
    everyActing,
    (found) => disarmed[found] ?? (found.length > 1 ? `${found}${zeroWidthSpace}` : `\\${found}`),
  );
}

/** The beginning of a list, a rule or the line under a heading. */
const acted = /^(?:[-+=]|\d{1,9}[.)])/;

/** For text at the beginning of a line. */
export function begun(line: string): string {
  return acted.test(line) ? `${zeroWidthSpace}${line}` : line;
}

/** Whether {@link plain} returns this text, and each piece of it, as it is. */
export function isPlain(text: string): boolean {
  return !notPlain.test(text);
}

/**
 * A value for places without Markdown and mentions (`fallback`), readable as it is.
 */
export function plain(text: string): string {
  if (isPlain(text)) return text;
  const shown = defanged(text).replace(pinging, `$&${zeroWidthSpace}`);
  return `${shown.replaceAll('<', lessThan)}${turnedBack(shown)}`;
}

const pinging = /[@＠﹫]/g;
const notPlain = new RegExp(`${changing.source}|${pinging.source}`);

/**
 * The last step for a whole text or value. The server turns `<target|label>` into a link before it
 * looks for code, across all that we put together, and no invisible character prevents that. So `<`
 * becomes a look-alike if both other signs follow it.
 */
export function sealed(composed: string): string {
  if (!composed.includes('<')) return composed;
  const bar = composed.lastIndexOf('|', composed.lastIndexOf('>'));
  return bar < 1
    ? composed
    : `${composed.slice(0, bar).replaceAll('<', lessThan)}${composed.slice(bar)}`;
}

/**
 * A word that the server takes for a hashtag. It looks at every word, also in code.
 */
const hashtag = /(?<=^|[\s\u0085])([^\p{L}\d\s#]*)(#+)(?=\p{L})/gu;

/**
 * For the text of a message, the only text that is searched for hashtags. Changes only what would
 * be one: not `C#.exe`.
 */
export function withoutHashtags(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(
    hashtag,
    (_all, before: string, signs: string) => `${before}${hash.repeat(signs.length)}`,
  );
}
