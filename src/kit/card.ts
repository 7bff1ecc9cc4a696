// What a message says, without markup: core composes a card once in a language, and each sink
// renders it in its own syntax. Types, one way to make each part of a text, and what a headline is
// in a place without markup.
import type { Severity } from './event.ts';
import type { IncidentState } from './incident.ts';

/**
 * A piece of text. Its kind says whose words they are, so that a sink knows how to escape it.
 * `text` is always valid Unicode, neutral (nothing in it is unseen or turns the reading direction)
 * and one line, unless the kind says otherwise.
 */
export type Part =
  /** Our own words, or a number. */
  | { readonly kind: 'word'; readonly text: string; readonly isStrong?: boolean }
  /** A value of others, shown exactly and never obeyed: a path, a host's name. */
  | { readonly kind: 'code'; readonly text: string }
  /** The same, of several lines, alone in its value: a script. */
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
  /**
   * Set if this very object stands in many cards, so that a sink may keep what it renders of it.
   * `units`: UTF-16 units of its texts and addresses, and a few for what a sink puts around them.
   */
  readonly constant?: { readonly units: number };
}

export interface Table {
  readonly columns: readonly Text[];
  /** One cell for each column; it may be empty. */
  readonly rows: readonly (readonly Text[])[];
  /** What is left out: `and 30 more`. */
  readonly more?: Text;
}

/** What became of the event, in words: `acknowledged by ana, 03:12`. */
export interface CardState {
  /** A sink colours the card by it: what is open has the colour of its severity. */
  readonly kind: IncidentState;
  /** One short line. */
  readonly text: Text;
  /** What there is besides: how long it stays so, and a note. */
  readonly more?: Text;
}

/** Something that a reader can do with one press. */
export interface CardAction {
  /** Unique within the card; letters alone. */
  readonly name: string;
  readonly label: string;
  /** Proves, when it comes back, that we made the button. Shown to nobody. */
  readonly token: string;
  readonly style?: 'primary' | 'danger';
  /** A menu: one of these comes back with the token. Absent: a button. */
  readonly choices?: readonly { readonly label: string; readonly value: string }[];
}

export interface Card {
  readonly kind: 'event' | 'digest' | 'notice' | 'news';
  readonly severity: Severity;
  /** One emoji by severity; a sink with colours of its own may leave it out. */
  readonly sign: string;
  /** `CRITICAL`: the same in every language, so that one search finds all. */
  readonly level: string;
  /** What the card is about: `Event ID 6001`. */
  readonly title: Text;
  /** The line that must be legible at 3 a.m.: what, where, whose, and whether it was stopped. */
  readonly headline: Text;
  /** Absent: nothing happened since. A sink shows it beside the headline. */
  readonly state?: CardState;
  /** Only for a sink that `can` show buttons. */
  readonly actions?: readonly CardAction[];
  /** Lines below the headline: delayed, possibly a repetition, why grouped, what to do. */
  readonly remarks: readonly Text[];
  /** The facts that a reader decides by: at most six, each short. */
  readonly fields: readonly Field[];
  /** Everything else. */
  readonly details: readonly Field[];
  readonly table?: Table;
  /** The console's page, from the configuration. */
  readonly link?: string;
  /** The product, the number and the time. */
  readonly footer: Text;
}

/** The most that one message of a product may hold. */
export interface Limits {
  /** Of the whole message, in the unit of `weigh`. */
  readonly total: number;
  /** Code points of one part of a field's value. */
  readonly value: number;
  /** The length of a part once it is rendered and escaped; absent: its code points. */
  readonly weigh?: (part: Part) => number;
  /** The most by which `weigh` multiplies a part's length; absent: each part must be weighed. */
  readonly growthMax?: number;
}

/** What became of the event, a text a line; none while nothing did. */
export function stateTexts({ state }: Pick<Card, 'state'>): Text[] {
  if (state === undefined) return [];
  return state.more === undefined ? [state.text] : [state.text, state.more];
}

/** Our own words, one line. */
export function word(text: string): Part {
  return { kind: 'word', text };
}

export function strong(text: string): Part {
  return { kind: 'word', text, isStrong: true };
}

/** Without any markup, for data and labels. */
export function plainText(text: Text): string {
  return text.map((part) => part.text).join('');
}

/** What our headlines are made of besides words: a value with one of these could pass for ours. */
const ours = /[():·⏎“”]/;

/**
 * A part of a headline where nothing sets text of others apart: in notifications and subjects. A
 * value or a sentence that could pass for our own words stands in quotation marks.
 */
export function quoted({ kind, text }: Part): string {
  const isOfOthers = kind === 'code' || kind === 'prose';
  return isOfOthers && ours.test(text) ? `“${text.replace(/[“”]/g, '″')}”` : text;
}

/** The headline for notifications and subjects; see {@link quoted}. */
export function headlineText({ headline }: Pick<Card, 'headline'>): string {
  return headline.map(quoted).join('');
}
