// Many events as one card: how many of what on which devices, why they came together, and the most
// urgent ones with a way to each and to the rest. Pure.
import { type Card, type Field, type Table, type Text, word } from '../../kit/card.ts';
import {
  type Counted,
  type Digest,
  type FileCounted,
  type Severity,
  type StoredEvent,
  severityNames,
} from '../../kit/event.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { devicesText, eventsText } from './counts.ts';
import { consolesOf, ofTenant, tableOf } from './digest-rows.ts';
import { FieldList } from './facts.ts';
import { type Label, type Language, number } from './language.ts';
import { hashText } from './links.ts';
import { signs } from './signs.ts';
import { code, joined } from './text.ts';
import { said, type Vocabulary } from './vocabulary.ts';

/** Without a count if it is too rare to be among those that are counted. */
type Type = Pick<Counted, 'name'> & Partial<Counted>;

/** How many of each list are shown, and how many code points of each text. */
interface Room {
  readonly types: number;
  readonly devices: number;
  readonly files: number;
  readonly rows: number;
  readonly text: number;
  readonly hash: number;
}

const rooms: Readonly<Record<MessageForm, Room>> = {
  full: { types: 8, devices: 8, files: 5, rows: 12, text: 80, hash: 130 },
  short: { types: 3, devices: 3, files: 2, rows: 0, text: 24, hash: 70 },
  bare: { types: 0, devices: 0, files: 0, rows: 0, text: 0, hash: 0 },
};
/** The headline is read in a notification; the fields have the others. */
const typesInHeadlineMax = 3;
/** What stands above the fold; the details have the others, with their hashes. */
const filesInRemarksMax = 3;
/** Code points of a hash where it stands for a file without a name. */
const hashInRemarkMax = 20;
const mostSevereFirst = [5, 4, 3, 2, 1, 0] as const satisfies readonly Severity[];
const separator = ' · ';

/** @param words with the product that all of its events are of, if it is one */
export function digestCard(
  event: StoredEvent,
  digest: Digest,
  words: Vocabulary,
  form: MessageForm,
): Card {
  const { language } = words;
  const room = rooms[form];
  const consoles = consolesOf(digest);
  const table = tableOf(digest, words, { rowsMax: room.rows, textMax: room.text, consoles });
  const card: Card & { table?: Table; link?: string } = {
    kind: 'digest',
    severity: event.severity,
    sign: signs[event.severity],
    level: severityNames[event.severity],
    title: [language.label(digest.kind === 'storm' ? 'titleStorm' : 'titleDigest')],
    headline: headlineOf(digest, words, form),
    remarks: form === 'bare' ? [language.say('digestBare', {})] : remarksOf(digest, words, room),
    fields: fieldsOf(digest, words, room),
    details: detailsOf(digest, words, room),
    footer: joined(separator, [[word('Tocsin')], spanText(digest, language)]),
  };
  if (table !== undefined) card.table = table;
  if (consoles.length === 1) card.link = consoles[0]!;
  return card;
}

function headlineOf(digest: Digest, words: Vocabulary, form: MessageForm): Text {
  const { text, types } = rooms[form];
  const shown = tellingTypes(digest, Math.min(types, typesInHeadlineMax));
  return joined(separator, [
    periodText(digest, words.language),
    typesText(shown, digest.typeCount, words, text),
    deviceText(digest, text) ?? devicesText(digest.deviceCount, words.language),
  ]);
}

/** The most frequent ones; before them that of the most severe event, if it is rarer than they are. */
function tellingTypes({ types, rows, severities, count }: Digest, max: number): readonly Type[] {
  const frequent = types.slice(0, max);
  const [gravest] = rows;
  if (gravest === undefined || max === 0 || severities[gravest.severity] === count) return frequent;
  if (frequent.some(({ name }) => name === gravest.type)) return frequent;
  const known = types.find(({ name }) => name === gravest.type);
  return [known ?? { name: gravest.type }, ...frequent.slice(0, max - 1)];
}

/** The one device of a digest by its name; undefined of several, and where it may not be said. */
function deviceText({ devices, deviceCount }: Digest, max: number): Text | undefined {
  const [device] = devices;
  if (deviceCount !== 1 || device === undefined || max === 0) return undefined;
  const text = ofTenant(device.name, device.tenant, max);
  return text.length === 0 ? undefined : text;
}

function periodText({ count, firstAt, lastAt }: Digest, language: Language): Text {
  const events = eventsText(count, language);
  const seconds = (Date.parse(lastAt) - Date.parse(firstAt)) / 1000;
  // Shorter spans are not told apart.
  if (count === 1 || seconds < 60) return events;
  return language.say('eventsWithin', { events, time: language.span(seconds) });
}

/** Why these came together, and each file that was seen more than once. */
function remarksOf(digest: Digest, words: Vocabulary, room: Room): Text[] {
  const why =
    digest.kind === 'storm'
      ? words.language.say('digestStorm', { before: countOrNone(digest.before) })
      : routeText(digest, words.language, room);
  return [why, ...fileTexts(digest, words.language, room)];
}

function countOrNone(count: number): Text | undefined {
  return count === 0 ? undefined : number(count);
}

/** A group by hash is about one file, which has a remark of its own. */
function isOfOneFile({ by, files }: Digest): boolean {
  return files.length === 1 && by.some(({ field }) => field === 'hash');
}

function routeText(digest: Digest, language: Language, { text }: Room): Text {
  const isOneFile = isOfOneFile(digest);
  const by = digest.by
    .filter(({ field }) => !(isOneFile && field === 'hash'))
    .flatMap(({ field, value }) => {
      const shown = code(value, text);
      return shown.length === 0 ? [] : [[fieldLabel(field, language), word(' '), ...shown]];
    });
  const route = code(digest.route, text);
  return language.say('digestRoute', {
    route: route.length > 0 ? route : [word('–')],
    by: joined(', ', by),
    before: isOneFile ? undefined : countOrNone(digest.before),
  });
}

/** What a route may group by, as a card calls it. */
const fieldLabels: Readonly<Record<string, Label>> = {
  type: 'type',
  severity: 'severity',
  status: 'status',
  action: 'action',
  device: 'device',
  device_group: 'deviceGroup',
  user: 'user',
  tenant: 'tenant',
  hash: 'fileHash',
  source: 'source',
  stream: 'stream',
};

function fieldLabel(field: string, language: Language) {
  return Object.hasOwn(fieldLabels, field)
    ? language.label(fieldLabels[field]!)
    : word(field.replace(/[^A-Za-z0-9]/g, ' '));
}

/** Without hashes where there is a name: nobody reads them above the fold. */
function fileTexts(digest: Digest, language: Language, room: Room): Text[] {
  const files = repeatedFiles(digest, room).slice(0, filesInRemarksMax);
  const texts = files.map(({ hash, name, count, devices }) => {
    const named = code(name, room.text);
    return language.say('digestFile', {
      file: named.length > 0 ? named : code(hash, Math.min(room.hash, hashInRemarkMax)),
      devices: devicesText(devices, language),
      events: eventsText(count, language),
      before: isOfOneFile(digest) ? countOrNone(digest.before) : undefined,
    });
  });
  const more = digest.fileCount - files.length;
  if (texts.length > 0 && more > 0)
    texts.push(language.say('digestFiles', { count: number(more) }));
  return texts;
}

/** Those that were seen more than once, or that the group is about. */
function repeatedFiles(digest: Digest, { files: max }: Room): readonly FileCounted[] {
  const isOneFile = isOfOneFile(digest);
  return digest.files.filter(({ count }) => count > 1 || isOneFile).slice(0, max);
}

/** Only what the headline does not say. */
function fieldsOf(digest: Digest, words: Vocabulary, room: Room): Field[] {
  const { types, typeCount, tenants = [], tenantCount = 0 } = digest;
  const list = new FieldList(words.language);
  list.add('severity', severitiesText(digest));
  list.add('tenant', countedText(tenants.slice(0, room.devices), tenantCount, room));
  if (typeCount > Math.min(room.types, typesInHeadlineMax))
    list.add('type', typesText(types.slice(0, room.types), typeCount, words, room.text));
  return list.fields;
}

/** What is searched for and copied rather than read. */
function detailsOf(digest: Digest, words: Vocabulary, room: Room): Field[] {
  const { devices, deviceCount } = digest;
  const list = new FieldList(words.language);
  // The rows name those of the most urgent, and the list of all would push them below the fold.
  if (deviceText(digest, room.text) === undefined)
    list.add('affectedDevices', countedText(devices.slice(0, room.devices), deviceCount, room));
  for (const { hash, name } of repeatedFiles(digest, room)) {
    const file = joined(' ', [code(name, room.text), hashText(hash, room.hash, words)]);
    list.add('fileHash', file);
  }
  list.add('received', spanText(digest, words.language));
  return list.fields;
}

function severitiesText({ severities }: Digest): Text {
  const present = mostSevereFirst.filter((severity) => (severities[severity] ?? 0) > 0);
  if (present.length === 0) return [];
  return [
    word(
      present
        .map((severity) => `${severityNames[severity]} ${severities[severity]}`)
        .join(separator),
    ),
  ];
}

function typesText(shown: readonly Type[], all: number, words: Vocabulary, max: number): Text {
  return withMore(
    shown.map(({ name, count }) => {
      const known = said('type', name, words);
      const text = known?.isKnown ? known.text : code(name, max);
      if (text.length === 0 || count === undefined) return text;
      return [...text, word(` ${count}`)];
    }),
    all,
  );
}

/** `DC01 / Bakery 300, PC-2 112, +3`; empty if none can be shown. */
function countedText(shown: readonly Counted[], all: number, { text: max }: Room): Text {
  return withMore(
    shown.map(({ name, count, tenant }) => {
      const text = ofTenant(name, tenant, max);
      return text.length === 0 ? [] : [...text, word(` ${count}`)];
    }),
    all,
  );
}

function withMore(texts: readonly Text[], all: number): Text {
  const shown = texts.filter((text) => text.length > 0);
  const more = all - shown.length;
  if (shown.length === 0) return [];
  return joined(', ', more > 0 ? [...shown, [word(`+${more}`)]] : shown);
}

function spanText({ firstAt, lastAt }: Digest, language: Language): Text {
  const first = language.time(firstAt);
  return firstAt === lastAt ? first : [...first, word(' – '), ...language.time(lastAt)];
}
