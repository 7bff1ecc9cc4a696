// Text of others made inert for Mattermost: its server rewrites, its three Markdown parsers
// (server, web, mobile), its mentions. Everything that an event brought passes through here exactly
// once. Pure; linear in what is kept.
import { codePointLength, cutMiddle, neutralText } from '../../kit/text.ts';

const zeroWidthSpace = '\u200B';
/**
 * Look-alikes: backslashes do not work in code, and the web client takes none before `<` and `$`.
 * In code nothing invisible is ever added: who copies a value that had to change sees that it did.
 */
const tick = 'ˋ';
const lessThan = '‹';
const dollar = '＄';
const tilde = '∼';
const hash = '＃';
/** A table's cell ends at any bar, in code too. */
const bar = '¦';

/**
 * One line in inline code, where nothing notifies or links; undefined if there is nothing to see.
 * At most `codePointsMax` + 3.
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
 * What stands behind a value: two neighbours of such scripts would change places on the screen, and
 * a number behind one would go before it. Out of the code, so that it is not copied with the value.
 */
function turnedBack(shown: string): string {
  return rightToLeft.test(shown) ? leftToRightMark : '';
}

/** {@link code} for a table's cell. */
export function cell(text: string | undefined, codePointsMax: number): string {
  return code(text, codePointsMax)?.replaceAll('|', bar) ?? '';
}

/** Many lines in a fenced block; one line in inline code. At most `codePointsMax` + 8. */
export function fence(text: string | undefined | null, codePointsMax: number): string | undefined {
  const inner = inert(text, codePointsMax, true);
  if (inner === undefined) return undefined;
  return inner.includes('\n') ? `\`\`\`\n${inner}\n\`\`\`` : `\`${inner}\``;
}

/**
 * Printable ASCII without a back-tick, `<`, `~` or the beginning of an address: nothing below would
 * change it in code.
 */
const harmless = /^(?!.*(?::\/\/|www))[!-;=-_a-}](?:[ -;=-_a-}]*[!-;=-_a-}])?$/i;

function isHarmless(text: string | undefined | null, codePointsMax: number): text is string {
  return typeof text === 'string' && text.length <= codePointsMax && harmless.test(text);
}

/**
 * The server attaches the display name of a private channel that is named, out of code as well. Its
 * rule is ASCII's.
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
  // A cut only parts what stood side by side, so it is safe last.
  return cutMiddle(multiline ? inner : inner.replaceAll('\t', ' '), codePointsMax);
}

/**
 * One line of running text with every bit of syntax escaped; undefined if there is nothing to see.
 * At most `codePointsMax` + 1. A word in it that a reader chose as a keyword still notifies that
 * reader, which only code prevents.
 */
export function prose(text: string | undefined | null, codePointsMax: number): string | undefined {
  const shown = shownText(text, codePointsMax, false);
  if (shown === undefined) return undefined;
  const escaped = escapedProse(shown);
  // Cut before escaping, lest a backslash loses what it escapes. One character becomes three at
  // most.
  if (codePointLength(escaped) <= codePointsMax) return `${escaped}${turnedBack(escaped)}`;
  const cut = escapedProse(cutMiddle(shown, Math.floor(codePointsMax / 3)));
  return `${cut}${turnedBack(cut)}`;
}

const special = /x(?=-d)|[\\`*[\]()!|~#>_<$:;@＠﹫&]|\.(?=\S)|^[-+]|^\d{1,9}(?=\.(?:\s|$))/gi;

/**
 * What a backslash alone does not disarm in all clients, or would be seen before. The rest is
 * escaped with one.
 */
const disarmed: Readonly<Record<string, string>> = {
  '`': tick,
  '<': lessThan,
  // Two of them make a formula, and the other may stand in what comes after.
  $: dollar,
  // The name of a channel or a tag must not follow, even where a client joins what was escaped with
  // what follows.
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
 * For places that know no Markdown and are not searched for mentions (`fallback`); readable as it
 * is. At most `codePointsMax` + 1.
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
 * For a whole text or value before it leaves: the server turns `<target|label>` into a link before
 * it looks for code, over the borders of what we put together, and no invisible character stops it.
 * So where both signs are, `<` becomes a look-alike.
 */
export function sealed(composed: string): string {
  return composed.includes('<') && composed.includes('|')
    ? composed.replaceAll('<', lessThan)
    : composed;
}

/**
 * A word that the server takes for a hashtag; it looks for them word by word, out of code as well.
 */
const hashtag = /(?<=^|[\s\u0085])([^\p{L}\d\s#]*)(#+)(?=\p{L})/gu;

/** For a value in the message's text. Only what would be a hashtag is changed: `C#.exe` is not. */
export function withoutHashtags(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(
    hashtag,
    (_all, before: string, signs: string) => `${before}${hash.repeat(signs.length)}`,
  );
}

/**
 * Neutral, defanged, trimmed, and not much longer than what is kept of it; undefined if nothing is
 * left.
 */
function shownText(
  text: string | undefined | null,
  codePointsMax: number,
  multiline: boolean,
): string | undefined {
  if (text === undefined || text === null) return undefined;
  const neutral = neutralText(cutMiddle(text.trim(), codePointsMax), { multiline });
  // The web client takes the sign for a line break as one, which would end inline code.
  const shown = defanged(neutral.replaceAll('\u2424', '\\u{2424}')).trim();
  return shown === '' ? undefined : shown;
}

// A host ends where anything may follow it; 16 characters of scheme, because each letter before
// them is tried.
const address = /([a-z][a-z0-9+.-]{0,15})?(?::\/\/)([^\s/?#\\'"`<>|]*)/gi;
// Within a word too: a cut may take what stands before.
const bareHost = /www\d{0,3}\.[^\s/?#\\'"`<>|]*/gi;

/**
 * `hxxp://host[.]example`: mail, telephones and terminals make links of addresses wherever they
 * find them.
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
