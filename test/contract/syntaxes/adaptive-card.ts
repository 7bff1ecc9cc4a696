// Texts of an Adaptive Card by its documented rules. A TextRun has no Markdown; but the JavaScript
// renderer fills in dates in every text, and a client may make links of addresses.
import { linksIn, unseenIn } from './plain.ts';
import type { Reading } from './reading.ts';

/** The text of a TextRun. */
export function textRun(text: string): Reading {
  const dates = text.match(/\{\{(?:DATE|TIME)\([^{}]*\)\}\}/gi) ?? [];
  return {
    seen: text,
    active: [...dates.map((one) => `a date ${one}`), ...linksIn(text), ...unseenIn(text)],
  };
}
