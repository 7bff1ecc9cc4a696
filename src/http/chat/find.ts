// Finds the event that somebody names: by the number on its card, or by Tocsin's own.
import { code } from '../../core/chat/index.ts';
import { event } from '../../operations/index.ts';
import { byRoot, lineOf } from './lists.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

const ownForm = /^#([1-9]\d{0,15})$/;
const namedMax = 5;

/** The number of the stored event; else what to tell whoever named it. */
export async function find(visit: Visit, item: string): Promise<string | Said> {
  const [, own] = ownForm.exec(item) ?? [];
  if (own !== undefined) return own;
  const named = { item: code(item, valueMax) };
  const { items } = await visit.operate(event.search, { id: item, limit: 50 });
  // The first of each item: what came later is about it.
  const first = new Map(items.map((one) => [`${one.source} ${one.subject}`, one]));
  const [only, ...others] = await byRoot(visit, [...first.values()]);
  if (only === undefined) return [visit.say('noEvent', named)];
  if (others.length === 0) return only.id;
  const lines = [only, ...others].slice(0, namedMax).map((one) => lineOf(visit, one));
  return [visit.say('severalEvents', named), ...lines];
}
