// A press of a button: whether Tocsin made it for the message in which it stands, and what it does.
import { type ChatEnd, type ChatSentence, choiceOf } from '../../core/chat/index.ts';
import type { PressedButton } from '../../kit/chat.ts';
import { placeOfPress, shownByAnswer } from '../../operations/index.ts';
import type { Asked } from './asked.ts';
import { details } from './details.ts';
import { act } from './incident.ts';
import { silenceLike } from './silence.ts';
import type { Said, Visit } from './visit.ts';
import { why } from './why.ts';

type ActionName = Exclude<ReturnType<ChatEnd['tokens']['read']>, string>['action'];
type Act = (visit: Visit, asked: Asked) => Promise<Said>;

const acts: Readonly<Partial<Record<ActionName, Act>>> = {
  acknowledge: (visit, asked) => act(visit, 'acknowledge', asked),
  resolve: (visit, asked) => act(visit, 'resolve', asked),
  snooze: (visit, asked) => act(visit, 'snooze', asked),
  reopen: (visit, asked) => act(visit, 'reopen', asked),
  escalate: (visit, asked) => act(visit, 'escalate', asked),
  why: (visit, { eventId }) => why(visit, eventId),
  details: (visit, { eventId }) => details(visit, eventId),
  silenceFile: (visit, asked) => silenceLike(visit, 'file', asked),
  silenceDevice: (visit, asked) => silenceLike(visit, 'device', asked),
};

/** Those after which the card says something else. */
const changing: readonly ActionName[] = ['acknowledge', 'resolve', 'snooze', 'reopen', 'escalate'];

const placeWords = {
  other: 'copied',
  unrecorded: 'unrecorded',
  gone: 'gone',
} as const satisfies Readonly<Record<string, ChatSentence>>;

export async function press(
  visit: Visit,
  { token, value, messageId }: PressedButton,
): Promise<Said> {
  const { sink, tokens } = visit.end;
  const button = tokens.read(token);
  // Before anybody is asked: what is forged costs no more than this.
  if (typeof button === 'string') return [visit.say(button)];
  const refusal = await visit.enter();
  if (refusal !== undefined) return refusal;
  const { eventId, stepId = eventId } = button;
  const place = await placeOfPress(visit.context.db, { eventId: stepId, sink, messageId });
  if (place !== 'ours') return [visit.say(placeWords[place])];
  const chosen =
    button.action === 'more' ? choiceOf(value) : { action: button.action, span: value };
  if (chosen === undefined) return [visit.say('notOffered')];
  const { action, span } = chosen;
  // The choices of a menu have one token: each of them is used up by itself, so that whoever silenced
  // something for too short a time can choose again.
  visit.use(button.action === 'more' ? `${token} ${value}` : token, tokens.endMs);
  const pressed = acts[action];
  // A button of a later release.
  if (pressed === undefined) return [visit.say('expired')];
  const said = await pressed(visit, { eventId: String(eventId), value: span });
  if (visit.end.inAnswer !== undefined && changing.includes(action)) {
    const posted = await shownByAnswer(visit.context.db, { eventId: stepId, sink });
    if (posted !== null) visit.message = visit.end.inAnswer(posted);
  }
  return said;
}
