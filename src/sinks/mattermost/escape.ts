// Makes foreign text inert for Mattermost: for the rewrites of its server, its three Markdown
// parsers (server, web, mobile) and its mentions. All text of an event passes through here exactly
// once. Pure; linear in what is kept.
import { codePointLength, cutMiddle, neutralText } from '../../kit/text.ts';

const zeroWidthSpace = '\u200B';
/**
 * Look-alikes, because backslashes do not work in code, nor before `<` and `$` in the web client.
 * Nothing invisible is ever added to code, so whoever copies a changed value can see the change.
 */
const tick = 'ˋ';
const lessThan = '‹';
const dollar = '＄';
const tilde = '∼';
const hash = '＃';
/** A table's cell ends at any bar, in code too. */
const bar = '¦';

/**
 * One line as inline code, in which nothing notifies or links; undefined if nothing is visible. At
 * most `codePointsMax` + 3 code points.
 */
export function code(text: string | undefined | null, codePointsMax: number): string | undefined {
  const inner = inert(text, codePointsMax, false);
  return inner === undefined ? undefined : `\`${inner}\`${turnedBack(inner)}`;
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

/** {@link code} for a table's cell. */
export function cell(text: string | undefined, codePointsMax: number): string {
  return code(text, codePointsMax)?.replaceAll('|', bar) ?? '';
}

/** Several lines as a fenced block, one as inline code. At most `codePointsMax` + 8. */
export function fence(text: string | undefined | null, codePointsMax: number): string | undefined {
  const inner = inert(text, codePointsMax, true);
  if (inner === undefined) return undefined;
  return inner.includes('\n') ? `\`\`\`\n${inner}\n\`\`\`` : `\`${inner}\``;
}

/**
 * Printable ASCII without a back-tick, `<`, `~` or the beginning of an address, which nothing below
 * would change in code.
 */
const harmless = /^(?!.*(?::\/\/|www))[!-;=-_a-}](?:[ -;=-_a-}]*[!-;=-_a-}])?$/i;

function isHarmless(text: string | undefined | null, codePointsMax: number): text is string {
  return typeof text === 'string' && text.length <= codePointsMax && harmless.test(text);
}

/**
 * The name of a channel, to which the server attaches the display name, even of a private channel
 * and in code. Its rule knows ASCII only.
 */
const channelName = /(?<![A-Za-z0-9_])~(?=[A-Za-z0-9_-])/g;

function inert(
  text: string | undefined | null,
  codePointsMax: number,
  multiline: boolean,
): string | undefined {
  if (isHarmless(text, codePointsMax)) return text;
  const shown = shownText(text, codePointsMax, multiline);
  if (shown === undefined) return undefined;
  const inner = shown
    .replaceAll('`', tick)
    .replace(/<(?=[!@])/g, lessThan)
    .replace(channelName, tilde);
  // A cut only separates characters, so it is safe as the last step.
  return cutMiddle(multiline ? inner : inner.replaceAll('\t', ' '), codePointsMax);
}

/**
 * One line of running text with all syntax escaped; undefined if nothing is visible. At most
 * `codePointsMax` + 1. A word in it that a reader chose as a keyword still notifies that reader;
 * only code prevents that.
 */
export function prose(text: string | undefined | null, codePointsMax: number): string | undefined {
  const shown = shownText(text, codePointsMax, false);
  if (shown === undefined) return undefined;
  const escaped = escapedProse(shown);
  // Cut before escaping, so that no backslash loses what it escapes. A character becomes three at
  // most.
  if (codePointLength(escaped) <= codePointsMax) return `${escaped}${turnedBack(escaped)}`;
  const cut = escapedProse(cutMiddle(shown, Math.floor(codePointsMax / 3)));
  return `${cut}${turnedBack(cut)}`;
}

const special = /x(?=-d)|[\\`*[\]()!|~#>_<$:;@＠﹫&]|\.(?=\S)|^[-+]|^\d{1,9}(?=\.(?:\s|$))/gi;

/**
 * Characters that a backslash alone does not disarm in every client. A backslash escapes the rest.
 */
const disarmed: Readonly<Record<string, string>> = {
  '`': tick,
  '<': lessThan,
  // Two of them make a formula, and the second one may follow in later text.
  $: dollar,
  // The space keeps the name of a channel or a tag from following, even in a client that joins an
  // escaped character with what follows.
  '~': `\\~${zeroWidthSpace}`,
  '#': `\\#${zeroWidthSpace}`,
  // `x-d` is an emoticon on phones and in browsers.
  ...Object.fromEntries([...'xX\\:;&@＠﹫'].map((sign) => [sign, `${sign}${zeroWidthSpace}`])),
};

function escapedProse(text: string): string {
  return text.replace(special, (found) => {
    const isNumber = found >= '0' && found < ':';
    return disarmed[found] ?? (isNumber ? `${found}${zeroWidthSpace}` : `\\${found}`);
  });
}

/**
 * Text for places without Markdown and mentions (`fallback`), readable as it is. At most
 * `codePointsMax` + 1.
 */
export function plain(text: string | undefined | null, codePointsMax: number): string | undefined {
  if (isHarmless(text, codePointsMax) && !text.includes('@')) return text;
  const shown = shownText(text, codePointsMax, false);
  if (shown === undefined) return undefined;
  const inner = cutMiddle(
    shown.replace(/[@＠﹫]/g, `$&${zeroWidthSpace}`).replaceAll('<', lessThan),
    codePointsMax,
  );
  return `${inner}${turnedBack(inner)}`;
}

/**
 * The last step for a whole text or value. The server turns `<target|label>` into a link before it
 * looks for code, across all that we put together, and no invisible character prevents that. So `<`
 * becomes a look-alike if both signs are present.
 */
export function sealed(composed: string): string {
  return composed.includes('<') && composed.includes('|')
    ? composed.replaceAll('<', lessThan)
    : composed;
}

/**
 * A word that the server takes for a hashtag. It looks at every word, also in code.
 */
const hashtag = /(?<=^|[\s\u0085])([^\p{L}\d\s#]*)(#+)(?=\p{L})/gu;

/** For values in the text of a message. Changes only what would be a hashtag: not `C#.exe`. */
export function withoutHashtags(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(
    hashtag,
    (_all, before: string, signs: string) => `${before}${hash.repeat(signs.length)}`,
  );
}

/**
 * The text neutral, defanged, trimmed, and not much longer than what is kept; undefined if nothing
 * is left.
 */
function shownText(
  text: string | undefined | null,
  codePointsMax: number,
  multiline: boolean,
): string | undefined {
  if (text === undefined || text === null) return undefined;
  const neutral = neutralText(cutMiddle(text.trim(), codePointsMax), { multiline });
  // The web client takes U+2424 for a line break, which would end inline code.
  const shown = defanged(neutral.replaceAll('\u2424', '\\u{2424}')).trim();
  return shown === '' ? undefined : shown;
}

// At most 16 characters of scheme, because the search starts anew at each letter.
const address = /([a-z][a-z0-9+.-]{0,15})?(?::\/\/)([^\s/?#\\'"`<>|]*)/gi;
// Within a word too, because a cut may remove what precedes it.
const bareHost = /www\d{0,3}\.[^\s/?#\\'"`<>|]*/gi;

/**
 * Writes addresses as `hxxp://host[.]example`, because mail clients, phones and terminals make
 * links of addresses wherever they find them.
 */
function defanged(text: string): string {
  let safe = text;
  if (text.includes('://')) {
    safe = safe.replace(
      address,
      (_all, scheme = '', host) => `${defangedScheme(scheme)}${dotted(host)}`,
    );
  }
  return safe.replace(bareHost, dotted);
}

function defangedScheme(scheme: string): string {
  if (/^https?$/i.test(scheme))
    return `${scheme.replace(/tt/i, (tt) => (tt === 'tt' ? 'xx' : 'XX'))}://`;
  return /^hxxps?$/i.test(scheme) ? `${scheme}://` : `${scheme}[:]//`;
}

function dotted(host: string): string {
  return host.replace(/(?<!\[)\.(?!\])/g, '[.]');
}
