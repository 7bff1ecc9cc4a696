// Lists of events in a chat: what is open, and what a search found. One line each.
import { code } from '../../core/chat/index.ts';
import { strong, type Text, word } from '../../kit/card.ts';
import { changeStream } from '../../kit/event.ts';
import { event, incident, NotFoundError } from '../../operations/index.ts';
import { textOf } from './incident.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

const rowsMax = 15;

export async function open(visit: Visit): Promise<Said> {
  const [critical, all] = await Promise.all([
    visit.operate(incident.list, { limit: rowsMax, minSeverity: 'CRITICAL' }),
    visit.operate(incident.list, { limit: rowsMax }),
  ]);
  // What is most urgent must not stand behind what is newer.
  const first = critical.items.filter(({ severity }) => severity === 'CRITICAL');
  const others = all.items.filter(({ severity }) => severity !== 'CRITICAL');
  const items = [...first, ...others];
  if (items.length === 0) return [visit.say('noneOpen')];
  const isMore = critical.next !== null || all.next !== null || items.length > rowsMax;
  const lines = items.slice(0, rowsMax).map((one): Text => {
    const line = lineOf(visit, { ...one, id: one.event, occurredAt: one.receivedAt });
    return [...line, word(' · '), ...textOf(visit, one)];
  });
  return [...lines, ...(isMore ? [visit.say('andMore')] : [])];
}

const hashForm = /^[\da-f]{32,128}$/i;

/** A hash; else the name of a device; else any text. */
export async function search(visit: Visit, text: string): Promise<Said> {
  if (hashForm.test(text)) return found(visit, { hash: text });
  const { items } = await visit.operate(event.search, { device: text, limit: 1 });
  return found(visit, items.length > 0 ? { device: text } : { text });
}

async function found(
  visit: Visit,
  by: { readonly hash?: string; readonly device?: string; readonly text?: string },
): Promise<Said> {
  const { items, next, searchedTo } = await visit.operate(event.search, { ...by, limit: rowsMax });
  if (items.length === 0) {
    const since = searchedTo === null ? undefined : visit.end.words.language.time(searchedTo);
    return [visit.say('noneFound', { since })];
  }
  const lines = (await byRoot(visit, items)).map((one) => lineOf(visit, one));
  return [...lines, ...(next === null ? [] : [visit.say('andMore')])];
}

type Found = Awaited<ReturnType<typeof event.search.run>>['items'][number];

/**
 * Each incident once: a later change is an event of its own, with the number of the item that it is
 * about, and people mean the item. In their order; of a change whose item is no longer stored, the
 * change.
 */
export async function byRoot(visit: Visit, items: readonly Found[]): Promise<Found[]> {
  const roots = await Promise.all(items.map((one) => rootOf(visit, one)));
  const own = new Set(items.filter(isItem).map(({ id }) => id));
  const seen = new Set<string>();
  return roots.filter((root, index) => {
    // Its own line says it better than that of a change.
    if (seen.has(root.id) || (own.has(root.id) && !isItem(items[index]!))) return false;
    seen.add(root.id);
    return true;
  });
}

function isItem({ stream }: Found): boolean {
  return stream !== changeStream;
}

async function rootOf(visit: Visit, found: Found): Promise<Found> {
  if (isItem(found)) return found;
  try {
    const { incident: about } = await visit.operate(incident.show, { event: found.id });
    return { ...found, id: about.event };
  } catch (error) {
    if (error instanceof NotFoundError) return found;
    throw error;
  }
}

interface Line {
  readonly id: string;
  readonly severity: string;
  readonly type: string;
  readonly device: string | null;
  readonly itemId: string | null;
  readonly occurredAt: string | null;
}

/** `HIGH · RANSOMWARE · PC-1 · 6001 · 2026-02-03 08:00:00 · #17` */
export function lineOf(
  visit: Visit,
  { id, severity, type, device, itemId, occurredAt }: Line,
): Text {
  const at = occurredAt === null ? [] : visit.end.words.language.time(occurredAt);
  const parts: readonly Text[] = [
    [strong(severity)],
    code(type, valueMax),
    code(device, valueMax),
    code(itemId, valueMax),
    at,
    code(`#${id}`, valueMax),
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [word(' · '), ...part]));
}
