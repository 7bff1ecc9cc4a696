// Everything that the headline and the fields leave out, in the order in which an analyst asks:
// what ran, where it came from, what the vendor says, and the numbers to search for. Absent values
// give no line. Pure.
import { type Field, type Text, word } from '../../kit/card.ts';
import { type Process, type StoredEvent, severityNames } from '../../kit/event.ts';
import { streamWords, type TermKind } from '../../kit/product.ts';
import { shownId, techniquesOf, timeField } from './facts.ts';
import type { Label } from './language.ts';
import {
  type KeyOf,
  kept,
  type LineForm,
  type Room,
  type Rule,
  Rules,
  rule,
  type Subject,
} from './lines.ts';
import { hashText } from './links.ts';
import { block, code, joined, prose } from './text.ts';
import { ownText, type Said, said, type Vocabulary } from './vocabulary.ts';

const separator = ' · ';

const rules = new Rules([
  rule('path', 1500, 70, ({ file }, { max }) => code(file?.path, max)),
  rule('fileHash', 200, 70, ({ file }, { max, words }) => hashText(file?.hash, max, words)),
  rule('process', 1500, 50, ({ body }, { max }) => processOf(body.process, max)),
  rule('parentProcess', 1500, 50, ({ body }, { max }) => processOf(body.parentProcess, max)),
  rule('description', 1500, 60, ({ body }, { max }) => prose(body.description, max)),
  rule('comment', 600, 40, ({ body }, { max }) => prose(body.comment, max)),
  rule('target', 1000, 40, ({ body }, { max }) => code(body.target, max)),
  rule('remote', 120, 36, ({ body }, { max }) => code(body.remoteIp, max)),
  kept(
    rule('type', 320, 60, typeOf),
    ({ event }) => event.type,
    ({ body }) => body.trigger,
  ),
  term('threatType', 160, 40, ({ body }) => body.threatType),
  kept(
    rule('severity', 60, 16, severityOf),
    ({ body }) => body.severityRaw,
    ({ event }) => event.severity,
  ),
  term('status', 60, 16, ({ event }) => event.status),
  ownTerm('action', 60, 20, ({ event }) => event.action),
  ownTerm('lastAction', 80, 24, ({ body }) => body.lastAction),
  kept(
    rule('os', 160, 20, osOf),
    ({ device }) => device?.os,
    ({ device }) => device?.osVersion,
  ),
  name('domain', 120, 20, ({ device }) => device?.domain),
  rule('mac', 60, 20, ({ device }, { max }) => code(device?.mac, max)),
  name('deviceGroup', 120, 20, ({ device }) => device?.group),
  name('policy', 120, 20, ({ device }) => device?.policy),
  name('signer', 160, 20, ({ file }) => file?.signer),
  rule('techniques', 600, 32, moreTechniques),
]);
/** Last of all: it may have many lines. */
const script = new Rules([
  rule('script', 3000, 90, ({ file }, { max }) => block(file?.script, max)),
]);

type TextOf = KeyOf<string | null | undefined>;

/** What an installation has few of. */
function name(label: Label, full: number, short: number, of: TextOf): Rule {
  const value: Rule['value'] = (subject, { max }) => code(of(subject), max);
  return kept(rule(label, full, short, value), of);
}

/** A word of the vendor's behind ours. */
function term(kind: Label & TermKind, full: number, short: number, of: TextOf): Rule {
  const value: Rule['value'] = (subject, { words, max }) => {
    const known = said(kind, of(subject), words);
    return beside(known, ownText(of(subject), known, max));
  };
  return kept(rule(kind, full, short, value), of);
}

/** A word of the vendor's alone: the fields say ours. */
function ownTerm(kind: Label & TermKind, full: number, short: number, of: TextOf): Rule {
  const value: Rule['value'] = (subject, { words, max }) =>
    ownText(of(subject), said(kind, of(subject), words), max);
  return kept(rule(kind, full, short, value), of);
}

interface DetailsOptions {
  readonly form: LineForm;
  /** See `nearestTime`. */
  readonly time: Text;
}

export function detailsOf(
  subject: Subject,
  words: Vocabulary,
  { form, time }: DetailsOptions,
): readonly Field[] {
  const fields: Field[] = [];
  rules.addTo(fields, subject, words, form);
  fields.push(idField(subject.event, words), timeField(time, words.language));
  script.addTo(fields, subject, words, form);
  return fields;
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
function typeOf({ event: { type }, body: { trigger } }: Subject, { words, max }: Room): Text {
  const share = Math.floor(max / 2);
  const known = said('type', type, words);
  const own = ownText(type, known, share);
  const more = trigger === type ? [] : ownText(trigger, said('trigger', trigger, words), share);
  return beside(known, joined(separator, [own, more]));
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

function severityOf({ event: { severity }, body }: Subject, { max }: Room): Text {
  const name = severityNames[severity];
  const raw = body.severityRaw === name ? [] : code(body.severityRaw, max);
  return raw.length === 0 ? [word(name)] : [word(`${name} (`), ...raw, word(')')];
}

function osOf({ device }: Subject, { max }: Room): Text {
  const { os, osVersion } = device ?? {};
  return code(
    os === undefined || osVersion === undefined ? (os ?? osVersion) : `${os} ${osVersion}`,
    max,
  );
}

const techniquesInFields = 2;
const techniquesMax = 8;

/** Only where the fields have not said all. */
function moreTechniques({ event }: Subject, { words, max }: Room): Text {
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
