// The most urgent events of a digest, one row each, and the way to the rest. Pure.
import { type Part, type Table, type Text, word } from '../../kit/card.ts';
import type { Digest, DigestRow } from '../../kit/event.ts';
import { frontPageOf } from '../../kit/link-pattern.ts';
import { shownId } from './facts.ts';
import { type Language, number } from './language.ts';
import { signs } from './signs.ts';
import { code, joined } from './text.ts';
import { said, type Vocabulary } from './vocabulary.ts';

/** A digest of more consoles does not say where the rest is. */
const consolesMax = 3;

/** The consoles that the rows lead to: where whatever is not shown can be seen. */
export function consolesOf({ rows }: Digest): readonly string[] {
  const addresses = rows.flatMap(({ link = '' }) =>
    /^https?:/i.test(link) && URL.canParse(link) ? [frontPageOf(link)] : [],
  );
  return [...new Set(addresses)];
}

interface TableOptions {
  readonly rowsMax: number;
  /** Code points of a value. */
  readonly textMax: number;
  readonly consoles: readonly string[];
}

/** Undefined where there is no room for a table. */
export function tableOf(
  digest: Digest,
  words: Vocabulary,
  { rowsMax, textMax, consoles }: TableOptions,
): Table | undefined {
  const rows = digest.rows.slice(0, rowsMax);
  if (rows.length === 0) return undefined;
  const { language } = words;
  const labels = ['severity', 'type', 'device', 'fileName', 'received', 'event'] as const;
  const view = { max: textMax, isOneDay: isOneDay(digest, language) };
  const more = digest.count - rows.length;
  return {
    columns: labels.map((label) => [language.label(label)]),
    rows: rows.map((row) => cellsOf(row, words, view)),
    ...(more > 0 && { more: moreText(more, consoles, language) }),
  };
}

/** `and 400 more at console.example`. */
function moreText(count: number, consoles: readonly string[], language: Language): Text {
  const links = consoles.map((url): Text => [{ kind: 'link', text: new URL(url).host, url }]);
  const where = links.length > consolesMax ? [] : joined(', ', links);
  return language.say('digestMore', { count: number(count), where });
}

interface RowView {
  readonly max: number;
  readonly isOneDay: boolean;
}

function cellsOf(row: DigestRow, words: Vocabulary, { max, isOneDay }: RowView): Text[] {
  const known = said('type', row.type, words);
  const time = words.language.time(row.at);
  return [
    [word(signs[row.severity])],
    known?.isKnown ? known.text : code(row.type, max),
    ofTenant(row.device, row.tenant, max),
    code(row.file, max),
    isOneDay ? time.map(clockOf) : time,
    [idPart(row)],
  ];
}

function isOneDay({ firstAt, lastAt }: Digest, language: Language): boolean {
  return dayOf(language.time(firstAt)) === dayOf(language.time(lastAt));
}

function dayOf(time: Text): string | undefined {
  return time[0]?.text.split(' ')[0];
}

/** Without the day and the offset, which the fields say: a row must fit a phone. */
function clockOf(part: Part): Part {
  const clock = part.kind === 'time' ? part.text.split(' ')[1] : undefined;
  return clock === undefined ? part : { ...part, text: clock };
}

function idPart({ id, itemId, link }: DigestRow) {
  const text = shownId({ id, body: { ...(itemId !== undefined && { itemId }) } });
  return link === undefined ? word(text) : ({ kind: 'link', text, url: link } as const);
}

/** The same name may stand for another device of each tenant. */
export function ofTenant(name: string | undefined, tenant: string | undefined, max: number): Text {
  const device = code(name, max);
  return device.length === 0 ? device : joined(' / ', [device, code(tenant, max)]);
}
