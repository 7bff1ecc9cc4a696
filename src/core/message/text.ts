// Makes parts of text that others wrote: neutral, trimmed, cut. Everything that an event brought
// passes through here exactly once on its way into a card. Pure; linear in what is kept.
import type { Part, Text } from '../../kit/card.ts';
import { word } from '../../kit/card.ts';
import { cutMiddle, neutralText } from '../../kit/text.ts';

/** What is absent or has nothing to see gives no part. */
type Given = string | undefined | null;
/** One for all: half of what an event may bring is absent. */
const nothing: Text = [];

/** Most values are printable ASCII, in which there is nothing to change. */
const harmless = /^[!-~](?:[ -~]*[!-~])?$/;

function isHarmless(text: string, codePointsMax: number): boolean {
  return text.length <= codePointsMax && harmless.test(text);
}

function neutral(text: Given, codePointsMax: number, multiline: boolean): string | undefined {
  if (text === undefined || text === null) return undefined;
  if (isHarmless(text, codePointsMax)) return text;
  // Cut twice: first to save work, and again because characters that are written out take room.
  const shown = neutralText(cutMiddle(text.trim(), codePointsMax), { multiline }).trim();
  return shown === '' ? undefined : cutMiddle(shown, codePointsMax);
}

/** One line, at most so many code points; empty if there is nothing to see. */
export function code(text: Given, codePointsMax: number): Text {
  const shown = neutral(text, codePointsMax, false);
  return shown === undefined ? nothing : [{ kind: 'code', text: shown }];
}

/** Pictures and ideographs, which are as wide as two letters. */
const wide =
  /[\p{Extended_Pictographic}\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u;

/** {@link code} for a headline, which must stay short on a screen: wide text gets half as many. */
export function brief(text: Given, codePointsMax: number): Text {
  if (typeof text === 'string' && isHarmless(text, codePointsMax)) return [{ kind: 'code', text }];
  const shown = code(text, codePointsMax);
  return shown.length > 0 && wide.test(shown[0]!.text)
    ? code(text, Math.ceil(codePointsMax / 2))
    : shown;
}

/** {@link code} for what may have several lines. */
export function block(text: Given, codePointsMax: number): Text {
  const shown = neutral(text, codePointsMax, true);
  // A single line has no tabs to keep.
  if (!shown?.includes('\n')) return code(text, codePointsMax);
  return [{ kind: 'block', text: shown }];
}

export function prose(text: Given, codePointsMax: number): Text {
  const shown = neutral(text, codePointsMax, false);
  return shown === undefined ? nothing : [{ kind: 'prose', text: shown }];
}

/** Those that are not empty, with our own words between them. */
export function joined(between: string, texts: readonly Text[]): Text {
  let only: Text = nothing;
  let count = 0;
  let parts = 0;
  for (const text of texts) {
    if (text.length === 0) continue;
    only = text;
    count += 1;
    parts += text.length;
  }
  return count < 2 ? only : joinedInto(new Array(parts + count - 1), word(between), texts);
}

/** Of the right length from the beginning: an array that grows takes several times the memory. */
function joinedInto(parts: Part[], between: Part, texts: readonly Text[]): Text {
  let at = 0;
  for (const text of texts) {
    if (text.length === 0) continue;
    if (at > 0) {
      parts[at] = between;
      at += 1;
    }
    for (const part of text) {
      parts[at] = part;
      at += 1;
    }
  }
  return parts;
}
