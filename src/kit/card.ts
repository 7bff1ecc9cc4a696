// What a message says, without markup: core composes a card once in a language, and each sink
// renders it in its own syntax. Types, and one way to make each part of a text.
import type { Severity } from './event.ts';

/**
 * A piece of a text, by whose words it is, so that a sink escapes by kind. `text` of every kind is
 * valid Unicode, neutral (nothing in it is invisible or turns the reading direction) and one line,
 * unless the kind says otherwise.
 */
export type Part =
  /** Our own words, or a number. */
  | { readonly kind: 'word'; readonly text: string; readonly isStrong?: boolean }
  /** A value of others, shown exactly and never obeyed: a path, a host's name. */
  | { readonly kind: 'code'; readonly text: string }
  /** The same, of several lines: a script. */
  | { readonly kind: 'block'; readonly text: string }
  /** A sentence of others. */
  | { readonly kind: 'prose'; readonly text: string }
  /** As people read it in the operator's zone; `iso` is ISO 8601 in UTC. */
  | { readonly kind: 'time'; readonly text: string; readonly iso: string }
  /** `url` comes from the configuration, never from an event; `text` is ours or digits. */
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

/** An empty one shows nothing. */
export type Text = readonly Part[];

export interface Field {
  readonly name: Text;
  readonly value: Text;
}

export interface Table {
  readonly columns: readonly Text[];
  /** As many cells as there are columns; an empty cell has nothing to say. */
  readonly rows: readonly (readonly Text[])[];
  /** What is not in it: `and 30 more`. */
  readonly more?: Text;
}

export interface Card {
  readonly kind: 'event' | 'digest' | 'notice';
  readonly severity: Severity;
  /** One emoji by severity; a sink with colours of its own may leave it out. */
  readonly sign: string;
  /** `CRITICAL`: the same in every language, so that one search finds all. */
  readonly level: string;
  /** Of what this is the card: `Event ID 6001`. */
  readonly title: Text;
  /** The one line that must be legible at 3 a.m.: what, where, whose, and whether it was stopped. */
  readonly headline: Text;
  /** What a reader must know before the rest: held up, perhaps a repetition, why together. */
  readonly remarks: readonly Text[];
  /** What decides, at most six, each short. */
  readonly fields: readonly Field[];
  /** Everything else. */
  readonly details: readonly Field[];
  readonly table?: Table;
  /** The console's page, from the configuration. */
  readonly link?: string;
  /** Whose card it is, with the number and the time. */
  readonly footer: Text;
}

/** What a product's messages hold at most. */
export interface Limits {
  /** Of everything that a message says, in what `weigh` counts. */
  readonly total: number;
  /** Code points of one part of a field's value. */
  readonly value: number;
  /** What a part takes once it is rendered and escaped; absent: its code points. */
  readonly weigh?: (part: Part) => number;
  /** How many times its length a part weighs at most; absent: each part must be weighed. */
  readonly growthMax?: number;
}

/** Our own words, one line. */
export function word(text: string): Part {
  return { kind: 'word', text };
}

export function strong(text: string): Part {
  return { kind: 'word', text, isStrong: true };
}

/** Without any markup, for notifications, subjects and fallbacks. */
export function plainText(text: Text): string {
  return text.map((part) => part.text).join('');
}
