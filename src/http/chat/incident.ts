// What becomes of an event: taken, put off, resolved, opened again, noted; and how it stands.
import { type ChatSentence, stateText } from '../../core/chat/index.ts';
import { severityNames } from '../../kit/event.ts';
import type { IncidentView } from '../../kit/incident.ts';
import { incident, UsedError } from '../../operations/index.ts';
import type { Asked } from './asked.ts';
import type { Said, Visit } from './visit.ts';

export type Act = 'acknowledge' | 'resolve' | 'snooze' | 'reopen' | 'escalate' | 'note';

export async function act(visit: Visit, name: Act, asked: Asked): Promise<Said> {
  const { eventId: event } = asked;
  if (name === 'snooze' && asked.value === undefined) return [visit.say('badSpan')];
  try {
    const { outcome, incident: now } = await performed(visit, name, asked);
    return [visit.say(wordsFor(outcome, now, visit), { state: textOf(visit, now) })];
  } catch (error) {
    if (!(error instanceof UsedError)) throw error;
    const { incident: now } = await visit.operate(incident.show, { event });
    return [visit.say('usedNow', { state: textOf(visit, now) })];
  }
}

/** Only what is open is escalated: whoever has it must not read that somebody else has. */
function wordsFor(outcome: Answer['outcome'], { by }: Shown, { context }: Visit): ChatSentence {
  if (outcome === 'changed') return 'done';
  return outcome === 'taken' && by === context.actor.name ? 'yours' : outcome;
}

function performed(visit: Visit, name: Act, { eventId: event, value, note }: Asked) {
  const noted = { event, ...(note !== undefined && { note }) };
  const timed = { ...noted, ...(value !== undefined && { for: value }) };
  switch (name) {
    case 'acknowledge':
      return visit.operate(incident.acknowledge, timed);
    case 'snooze':
      return visit.operate(incident.snooze, { ...noted, for: value ?? '' });
    case 'resolve':
      return visit.operate(incident.resolve, noted);
    case 'reopen':
      return visit.operate(incident.reopen, noted);
    case 'escalate':
      return visit.operate(incident.escalate, noted);
    case 'note':
      return visit.operate(incident.remark, { event, note: note ?? '' });
  }
}

type Answer = Awaited<ReturnType<typeof performed>>;
type Shown = Answer['incident'];

export async function standing(visit: Visit, event: string): Promise<Said> {
  const { incident: now } = await visit.operate(incident.show, { event });
  return [textOf(visit, now)];
}

/** Where nothing happened since the event: that it is open. */
export function textOf(visit: Visit, { event, severity, ...rest }: Shown): Said[number] {
  const view: IncidentView = {
    ...rest,
    id: 0,
    eventId: Number(event),
    severity: severityNames.indexOf(severity) as IncidentView['severity'],
  };
  const text = stateText(view, visit.end.words.language);
  return text.length === 0 ? visit.say('nobodyHasIt') : text;
}
