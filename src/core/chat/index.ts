// The chat of one sink, with all that answers to people there need.
import type { Card } from '../../kit/card.ts';
import type { Chat } from '../../kit/chat.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { Buttons } from '../message/actions.ts';
import type { ButtonTokens } from './buttons.ts';
import type { People } from './people.ts';
import type { ChatWords } from './words/index.ts';

export { code, prose } from '../message/text.ts';
export { ButtonTokens } from './buttons.ts';
export { type KnownPerson, People } from './people.ts';
export { type Silenceable, silencedOf } from './silence.ts';
export { type ChatSentence, type ChatWords, createChatWords } from './words/index.ts';

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
  /** The whole card of an event, as this sink would show it. */
  cardOf(event: StoredEvent): Card;
}
