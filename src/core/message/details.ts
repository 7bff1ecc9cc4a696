// Everything that the headline and the fields leave out, in the order in which an analyst asks:
// what ran, where it came from, what the vendor says, and the numbers to search for. Absent values
// give no line. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import { type Process, type StoredEvent, severityNames } from '../../kit/event.ts';
import { streamWords, type TermKind } from '../../kit/product.ts';
import { shownId, techniquesOf, timeField } from './facts.ts';
import type { Label, Language } from './language.ts';
import { hashText } from './links.ts';
import { block, code, joined, prose } from './text.ts';
import { ownText, type Said, said, type Vocabulary } from './vocabulary.ts';

interface View {
  readonly event: StoredEvent;
  readonly words: Vocabulary;
  /** Code points that the value may take. */
  max: number;
}

interface Rule {
  readonly label: Label;
  /** Code points of the value in a full card, and in a short one. */
  readonly full: number;
  readonly short: number;
  value(view: View): Text;
}

const separator = ' · ';

const rules: readonly Rule[] = [
  rule('path', 1500, 70, ({ event, max }) => code(event.body.file?.path, max)),
  rule('fileHash', 200, 70, ({ event, max, words }) => hashText(event.body.file?.hash, max, words)),
  rule('process', 1500, 50, ({ event, max }) => processOf(event.body.process, max)),
  rule('parentProcess', 1500, 50, ({ event, max }) => processOf(event.body.parentProcess, max)),
  rule('description', 1500, 60, ({ event, max }) => prose(event.body.description, max)),
  rule('comment', 600, 40, ({ event, max }) => prose(event.body.comment, max)),
  rule('target', 1000, 40, ({ event, max }) => code(event.body.target, max)),
  rule('remote', 120, 36, ({ event, max }) => code(event.body.remoteIp, max)),
  rule('type', 320, 60, typeOf),
  rule('threatType', 160, 40, (view) => termsOf(view, 'threatType', view.event.body.threatType)),
  rule('severity', 60, 16, severityOf),
  rule('status', 60, 16, (view) => termsOf(view, 'status', view.event.status)),
  rule('action', 60, 20, (view) => ownOf(view, 'action', view.event.action)),
  rule('lastAction', 80, 24, (view) => ownOf(view, 'lastAction', view.event.body.lastAction)),
  rule('os', 160, 20, osOf),
  rule('domain', 120, 20, ({ event, max }) => code(event.body.device?.domain, max)),
  rule('mac', 60, 20, ({ event, max }) => code(event.body.device?.mac, max)),
  rule('deviceGroup', 120, 20, ({ event, max }) => code(event.body.device?.group, max)),
  rule('policy', 120, 20, ({ event, max }) => code(event.body.device?.policy, max)),
  rule('signer', 160, 20, ({ event, max }) => code(event.body.file?.signer, max)),
  rule('techniques', 600, 32, moreTechniques),
];
/** Last of all: it may have many lines. */
const script = rule('script', 3000, 90, ({ event, max }) => block(event.body.file?.script, max));

function rule(label: Label, full: number, short: number, value: Rule['value']): Rule {
  return { label, full, short, value };
}

export function detailsOf(
  event: StoredEvent,
  words: Vocabulary,
  form: 'full' | 'short',
): readonly Field[] {
  const fields: Field[] = [];
  const view: View = { event, words, max: 0 };
  const add = ({ rule, name }: NamedRule): void => {
    view.max = rule[form];
    const value = rule.value(view);
    if (value.length > 0) fields.push({ name, value });
  };
  const named = namedRules(words.language);
  for (const rule of named.rules) add(rule);
  fields.push(idField(event, words), timeField(event, words.language));
  add(named.script);
  return fields;
}

interface NamedRule {
  readonly rule: Rule;
  readonly name: Text;
}

interface NamedRules {
  readonly rules: readonly NamedRule[];
  readonly script: NamedRule;
}

const known = new WeakMap<Language, NamedRules>();

/** Each with its name as a text, made once for each language. */
function namedRules(language: Language): NamedRules {
  const named = (rule: Rule): NamedRule => ({ rule, name: [language.label(rule.label)] });
  let made = known.get(language);
  if (made === undefined) {
    made = { rules: rules.map(named), script: named(script) };
    known.set(language, made);
  }
  return made;
}

function idField(event: StoredEvent, { product, language }: Vocabulary): Field {
  const name = streamWords(product, event.stream, language.locale)?.number;
  const own = event.body.itemId === undefined ? code(`#${event.id}`, 40) : [];
  const shown = own.length > 0 ? own : code(event.body.itemId, 100);
  return {
    name: [name === undefined ? language.label('eventId') : word(name)],
    value: shown.length > 0 ? shown : [word(shownId(event))],
  };
}

/** `Malicious file (STATIC_ANALYSIS · MALICIOUS_FILE)`: the trigger says what the type may not. */
function typeOf(view: View): Text {
  const { event, words, max } = view;
  const { trigger } = event.body;
  const share = Math.floor(max / 2);
  const known = said('type', event.type, words);
  const own = ownText(event.type, known, share);
  const more =
    trigger === event.type ? [] : ownText(trigger, said('trigger', trigger, words), share);
  return beside(known, joined(separator, [own, more]));
}

function termsOf({ words, max }: View, kind: TermKind, vendors: string | null | undefined): Text {
  const known = said(kind, vendors, words);
  return beside(known, ownText(vendors, known, max));
}

function ownOf({ words, max }: View, kind: TermKind, vendors: string | null | undefined): Text {
  return ownText(vendors, said(kind, vendors, words), max);
}

const [opening, closing] = [word(' ('), word(')')];

/** Readable words, and the vendor's own beside them. */
function beside(known: Said | undefined, own: Text): Text {
  if (!known?.isKnown) return own;
  const [words] = known.text;
  return own.length === 1
    ? [words!, opening, own[0]!, closing]
    : [words!, opening, ...own, closing];
}

function severityOf({ event, max }: View): Text {
  const name = severityNames[event.severity];
  const raw = event.body.severityRaw === name ? [] : code(event.body.severityRaw, max);
  return raw.length === 0 ? [word(name)] : [word(`${name} (`), ...raw, word(')')];
}

function osOf({ event, max }: View): Text {
  const { os, osVersion } = event.body.device ?? {};
  return code(
    os === undefined || osVersion === undefined ? (os ?? osVersion) : `${os} ${osVersion}`,
    max,
  );
}

const techniquesInFields = 2;
const techniquesMax = 8;

/** Only where the fields have not said all. */
function moreTechniques({ event, words, max }: View): Text {
  const { techniques = [] } = event.body;
  if (techniques.length <= techniquesInFields) return [];
  return techniquesOf(event, words, { count: techniquesMax, text: max });
}

function processOf(process: Process | undefined, max: number): Text {
  if (process === undefined) return [];
  const { name, path, commandLine, user, id } = process;
  const main = commandLine ?? path ?? name;
  const isNamed = name === undefined || (main ?? '').slice(0, 5_000).includes(name);
  return joined(separator, [
    isNamed ? [] : code(name, Math.floor(max * 0.15)),
    code(main, Math.floor(max * 0.65)),
    code(user, Math.floor(max * 0.15)),
    id === undefined ? [] : [word(`PID ${Math.trunc(id)}`)],
  ]);
}
