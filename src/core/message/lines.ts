// Lines of a card by rules: each says what its value is called, how long it may be, and how it is
// made. What comes again from event to event, such as the words of an enumeration or the name of a
// tenant, is made once and kept, so that a sink can keep what it renders of it.
import type { Field, Text } from '../../kit/card.ts';
import type { EventBody, StoredEvent } from '../../kit/event.ts';
import { unitsOfConstant } from './fit.ts';
import type { Label } from './language.ts';
import type { Vocabulary } from './vocabulary.ts';

/** An event, with what rules look at most often at hand: bodies have many shapes. */
export interface Subject {
  readonly event: StoredEvent;
  readonly body: EventBody;
  readonly device: EventBody['device'];
  readonly file: EventBody['file'];
}

export function subjectOf(event: StoredEvent): Subject {
  const { body } = event;
  return { event, body, device: body.device, file: body.file };
}

export interface Room {
  readonly words: Vocabulary;
  /** Code points that the value may take. */
  readonly max: number;
}

export type Key = string | number | null | undefined;
/** One of the texts or numbers that a value is made of. */
export type KeyOf<Of extends Key = Key> = (subject: Subject) => Of;

export interface Rule {
  readonly label: Label;
  /** Code points of the value in a full card, and in a short one. */
  readonly full: number;
  readonly short: number;
  /** Empty: the card gets no line. */
  value(subject: Subject, room: Room): Text;
  /**
   * For what comes again: what alone the value is made of, besides the vocabulary. An event without
   * the first gets a value of its own.
   */
  readonly keys?: readonly [KeyOf, KeyOf];
}

/** For values that differ from event to event. */
export function rule(label: Label, full: number, short: number, value: Rule['value']): Rule {
  return { label, full, short, value };
}

const nothing: KeyOf = () => undefined;

/** The same rule for a value that is made of these alone, and that comes again. */
export function kept(rule: Rule, first: KeyOf, second = nothing): Rule {
  return { ...rule, keys: [first, second] };
}

export type LineForm = 'full' | 'short';
type Lines = Readonly<Record<LineForm, readonly Line[]>>;

/** Some rules, in the words of each product and language that asks. */
export class Rules {
  readonly #rules: readonly Rule[];
  readonly #known = new WeakMap<Vocabulary, Lines>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Adds a line for each value that is there. */
  addTo(fields: Field[], subject: Subject, words: Vocabulary, form: LineForm): void {
    let lines = this.#known.get(words);
    if (lines === undefined) {
      const of = (form: LineForm) => this.#rules.map((rule) => new Line(rule, words, form));
      lines = { full: of('full'), short: of('short') };
      this.#known.set(words, lines);
    }
    for (const line of lines[form]) {
      const field = line.of(subject);
      if (field !== undefined) fields.push(field);
    }
  }
}

/** Fields that are kept of one line. */
const keptMax = 500;
/** UTF-16 units of a key: names and words are shorter, and what is longer will not come again. */
const keyMax = 100;

class Line {
  readonly #rule: Rule;
  readonly #room: Room;
  readonly #name: Text;
  /** By the first key, then by the second. */
  readonly #kept = new Map<Key, Map<Key, Field | undefined>>();
  #count = 0;

  constructor(rule: Rule, words: Vocabulary, form: LineForm) {
    this.#rule = rule;
    this.#room = { words, max: rule[form] };
    this.#name = [words.language.label(rule.label)];
  }

  of(subject: Subject): Field | undefined {
    const { keys } = this.#rule;
    if (keys === undefined) return this.#made(subject);
    const first = keys[0](subject);
    if (first === undefined || first === null) return this.#made(subject);
    const second = keys[1](subject);
    const known = this.#kept.get(first);
    const field = known?.get(second);
    if (field !== undefined || known?.has(second)) return field;
    if (isLong(first) || isLong(second)) return this.#made(subject);
    return this.#keep(first, second, this.#made(subject));
  }

  #made(subject: Subject): Field | undefined {
    const value = this.#rule.value(subject, this.#room);
    return value.length === 0 ? undefined : { name: this.#name, value };
  }

  #keep(first: Key, second: Key, made: Field | undefined): Field | undefined {
    const field = made === undefined ? undefined : constantOf(made);
    this.#count += 1;
    if (this.#count > keptMax) {
      this.#kept.clear();
      this.#count = 1;
    }
    const known = this.#kept.get(first);
    if (known === undefined) this.#kept.set(first, new Map([[second, field]]));
    else known.set(second, field);
    return field;
  }
}

function constantOf(field: Field): Field {
  return { ...field, constant: { units: unitsOfConstant(field) } };
}

function isLong(key: Key): boolean {
  return typeof key === 'string' && key.length > keyMax;
}
