// "Silence this file…" and "Silence this device…": what it would have hidden, and the silence.
import { code, type Silenceable, silencedOf } from '../../core/chat/index.ts';
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
  return [
    visit.say('silenced', { silence: code(id, valueMax), name: code(name, valueMax), until }),
    wouldHide,
    visit.say('endSilence', { command: code(`tocsin silence end ${id}`, valueMax) }),
  ];
}
