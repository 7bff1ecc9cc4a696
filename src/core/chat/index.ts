// The chat of one sink, with all that answers to people there need.
import type { Card, Text } from '../../kit/card.ts';
import type { Chat, ChatAnswer } from '../../kit/chat.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { IncidentView } from '../../kit/incident.ts';
import type { DueEdit } from '../../kit/records/edit.ts';
import type { Buttons } from '../message/actions.ts';
import type { Language } from '../message/language.ts';
import { stateSentence } from '../message/state.ts';
import type { ButtonTokens } from './buttons.ts';
import type { People } from './people.ts';
import type { ChatWords } from './words/index.ts';

export { choiceOf } from '../message/actions.ts';
export { number as count } from '../message/language.ts';
export { code, prose } from '../message/text.ts';
export { ButtonTokens } from './buttons.ts';
export { type Command, type CommandName, commandNames, forms, readCommand } from './command.ts';
export { type KnownPerson, People } from './people.ts';
export { type Silenceable, silencedOf } from './silence.ts';
export { type ChatSentence, type ChatWords, createChatWords } from './words/index.ts';

/** How an incident stands; empty where nothing happened yet. Times have their date. */
export function stateText(incident: IncidentView, language: Language): Text {
  return stateSentence(incident, language);
}

export interface ChatEnd {
  /** The id of the sink. */
  readonly sink: string;
  readonly chat: Chat;
  readonly tokens: ButtonTokens;
  readonly people: People;
  /** In the language of the sink. */
  readonly words: ChatWords;
  /** For its cards; undefined: nobody said at which address a press reaches us. */
  readonly buttons: Buttons | undefined;
  /** The whole card of an event, as this sink would show it after what became of that. */
  cardOf(event: StoredEvent, incident: IncidentView | undefined): Card;
  /**
   * A posted message as it should be now, for {@link ChatAnswer.message}; absent: the sink edits its
   * messages itself.
   */
  inAnswer?(posted: DueEdit): object;
}
