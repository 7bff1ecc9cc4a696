// The one line that must be legible at 3 a.m.: what happened on which host, to whom, and whether it
// was stopped. No hash, no path. Pure.
import type { Text } from '../../kit/card.ts';
import type { EventBody, StoredEvent } from '../../kit/event.ts';
import { brief, joined, prose } from './text.ts';
import { said, type Vocabulary } from './vocabulary.ts';

/** Code points of each value. */
export interface HeadlineRoom {
  readonly what: number;
  readonly device: number;
  readonly user: number;
}

export function headlineOf(event: StoredEvent, words: Vocabulary, room: HeadlineRoom): Text {
  const { language } = words;
  const device = brief(deviceName(event.body), room.device);
  return language.say('headline', {
    what: whatOf(event, words, room.what),
    device: device.length > 0 ? device : [language.label('deviceUnknown')],
    user: brief(withoutHost(event.body), room.user),
    outcome: outcomeOf(event, words),
  });
}

/** Users without a domain that is the device itself: `PC-1\ann` on `PC-1` is `ann`. */
function withoutHost({ user, device }: EventBody): string | undefined {
  if (!user?.includes('\\')) return user;
  const name = device?.name;
  if (name !== undefined && isPlainlyOf(name, user)) return user.slice(name.length + 1);
  const domain = `${name?.toLowerCase()}\\`;
  if (!user.toLowerCase().includes(domain)) return user;
  const own = (name: string): string =>
    name.toLowerCase().startsWith(domain) ? name.slice(domain.length) : name;
  if (!user.includes(',')) return own(user.trim());
  const names = user.split(',').map((name) => own(name.trim()));
  return names.join(', ');
}

/** `PC-1\ann` on `PC-1` to the letter, as nearly all are: nothing needs to be compared but that. */
function isPlainlyOf(name: string, user: string): boolean {
  return plainName.test(name) && user.startsWith(`${name}\\`) && !user.includes(',');
}

const plainName = /^[A-Za-z0-9_-]+$/;

/** The most telling of what the vendor says; a sentence of its own where the words are generic. */
function whatOf({ type, body }: StoredEvent, words: Vocabulary, max: number): Text {
  const ofType = said('type', type, words);
  if (ofType?.isKnown && !ofType.isGeneric) return ofType.text;
  for (const kind of ['trigger', 'threatType'] as const) {
    const found = said(kind, body[kind], words);
    if (found?.isKnown && !found.isGeneric) return found.text;
  }
  if (ofType === undefined || ofType.isGeneric) {
    const sentence = firstSentence(body.description);
    if (sentence !== undefined && sentence.length <= max) return prose(sentence, max);
  }
  return ofType?.text ?? [words.language.label('event')];
}

function firstSentence(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const end = text.slice(0, 500).search(/\.(?:\s|$)|[\r\n]/);
  const first = (end < 0 ? text : text.slice(0, end)).trim();
  return first === '' ? undefined : first;
}

/** `blocked, quarantine FAILED`; empty if the vendor says neither. */
export function outcomeOf({ action, body }: StoredEvent, words: Vocabulary, between = ', '): Text {
  const done = said('action', action, words)?.text ?? [];
  const last = said('lastAction', body.lastAction, words)?.text ?? [];
  return joined(between, [done, last]);
}

export function deviceName({ device }: EventBody): string | undefined {
  return device?.name ?? (device?.id === undefined ? undefined : `#${device.id}`);
}
