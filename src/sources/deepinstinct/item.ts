// One event as the console or the API shows it, out of a file, for commands that try what would
// become of it. Pure.
import type { EventDraft } from '../../kit/event.ts';
import type { DeepInstinctConfig } from './config.ts';
import { linkOf, normalise } from './normalise.ts';
import { isObject, parsePage, type WireItem } from './page.ts';
import type { Stream } from './stream.ts';

/** An item of any release has at least one of these keys. */
const distinctiveKeys = [
  'threat_severity',
  'insertion_timestamp',
  'recorded_device_info',
  'device_id',
];

/**
 * The event in this text; undefined if there is none, or more than one.
 * @param text the event alone, or a page that holds no other
 * @param config undefined: without a link to the console
 */
export function readItem(
  stream: Stream,
  text: string,
  config: DeepInstinctConfig | undefined,
): EventDraft | undefined {
  const [item, ...others] = itemsOf(text);
  if (item === undefined || others.length > 0 || item.id === undefined || !isObject(item.value))
    return undefined;
  const { value } = item;
  if (typeof value.type !== 'string' || !distinctiveKeys.some((key) => key in value))
    return undefined;
  return normalise(item, { stream, link: config && linkOf(config) });
}

function itemsOf(text: string): readonly WireItem[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return [];
    return parsePage('events' in value ? text : `{"events":[${text}]}`).items;
  } catch {
    return [];
  }
}
