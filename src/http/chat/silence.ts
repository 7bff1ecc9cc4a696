// "Silence this file…" and "Silence this device…": what it would have hidden, and the silence; which
// silences there are, and the end of one.
import { code, count, type Silenceable, silencedOf } from '../../core/chat/index.ts';
import type { Text } from '../../kit/card.ts';
import { duration } from '../../kit/duration.ts';
import { event, silence } from '../../operations/index.ts';
import type { Asked } from './asked.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

const previewDays = 7;

export async function silenceLike(
  visit: Visit,
  what: Silenceable,
  { eventId, value, isPreview = false }: Asked & { readonly isPreview?: boolean },
): Promise<Said> {
  const shown = await visit.operate(event.show, { event: eventId });
  const silenced = silencedOf(what, { source: shown.event.source, body: shown.body });
  if (silenced === undefined) return [visit.say(what === 'file' ? 'noFile' : 'noDevice')];
  if (value === undefined || duration(value) === undefined) return [visit.say('badSpan')];
  const { matcher, name } = silenced;
  const preview = await visit.operate(silence.preview, { matcher, days: previewDays });
  const critical = preview.bySeverity.CRITICAL;
  const wouldHide = visit.say('wouldHide', {
    count: code(`${preview.hidden}${preview.isCut ? '+' : ''}`, valueMax),
    critical: critical > 0 ? code(String(critical), valueMax) : undefined,
  });
  if (isPreview) return [wouldHide];
  const reason = `${what} of event ${shown.event.itemId ?? eventId}, from the chat`;
  const { added } = await visit.operate(silence.add, {
    silences: [{ matcher, reason: reason.slice(0, 200), for: value }],
  });
  const { id, endsAt } = added[0]!.silence;
  const until = visit.end.words.language.time(endsAt);
  const end = `${visit.end.chat.hasCommand ? '/' : ''}tocsin silence end ${id}`;
  return [
    visit.say('silenced', { silence: code(id, valueMax), name: code(name, valueMax), until }),
    wouldHide,
    visit.say('endSilence', { command: code(end, valueMax) }),
  ];
}

const rowsMax = 15;

export async function silences(visit: Visit): Promise<Said> {
  const { items, next } = await visit.operate(silence.list, { limit: rowsMax });
  if (items.length === 0) return [visit.say('noSilences')];
  const lines = items.map((one) => lineOf(visit, one));
  return [...lines, ...(next === null ? [] : [visit.say('andMore')])];
}

type Shown = Awaited<ReturnType<typeof silence.show.run>>;

function lineOf(visit: Visit, { state, startsAt, endsAt, hidden, matcher, ...one }: Shown): Text {
  const { time } = visit.end.words.language;
  return visit.say('silenceIs', {
    ...namedBy(one),
    from: state === 'pending' ? time(startsAt) : undefined,
    until: time(endsAt),
    hidden: count(hidden),
    matcher: code(JSON.stringify(matcher), matcherMax),
  });
}

/** Code points: a line of a list, and no more than a screen of a phone. */
const matcherMax = 120;

/** @param id the number of the silence */
export async function endSilence(visit: Visit, id: string): Promise<Said> {
  const ended = await visit.operate(silence.end, { silence: id });
  return [visit.say('silenceEnded', namedBy(ended))];
}

function namedBy({ id, owner, reason }: Pick<Shown, 'id' | 'owner' | 'reason'>) {
  return {
    silence: code(id, valueMax),
    owner: code(owner, valueMax),
    reason: code(reason, valueMax),
  };
}
