// Event text made inert for Mattermost. Every value goes into a code span or a fenced block, where nothing notifies, links or renders;
// what the server rewrites even there is broken up first. Nothing of an event may reach a message any other way.
import { cutMiddle, neutralText } from '../../core/text.ts';

/** A back-tick ends a code span in each of three Markdown parsers (server, web, mobile); this look-alike in none. */
const backtickLike = '\u02cb';
const zeroWidthSpace = '\u200b';

/** The server rewrites `<!channel>`, `<@user>` and `<url|label>` before Markdown, also inside code. */
function inert(text: string): string {
  return text.replaceAll('`', backtickLike).replace(/[<@\uff20]/g, (character) => character + zeroWidthSpace);
}

/** One line in a code span, cut in the middle; undefined if nothing is left to show. */
export function code(text: string | undefined | null, codePointsMax: number): string | undefined {
  if (!text) return undefined;
  const shown = inert(cutMiddle(neutralText(cutRough(text), { multiline: false }), codePointsMax)).trim();
  return shown === '' ? undefined : `\`${shown}\``;
}

/** Several lines in a fenced block, cut in the middle. */
export function fence(text: string | undefined | null, codePointsMax: number): string | undefined {
  if (!text) return undefined;
  const shown = inert(cutMiddle(neutralText(cutRough(text), { multiline: true }), codePointsMax)).replace(
    /^\s*\n|\s+$/g,
    '',
  );
  return shown.trim() === '' ? undefined : `\`\`\`\n${shown}\n\`\`\``;
}

/** What a far end sends may be 100 kB; the middle of it is not shown anyway, so it need not be looked at. */
function cutRough(text: string): string {
  return text.length > 20_000 ? text.slice(0, 10_000) + text.slice(-10_000) : text;
}
