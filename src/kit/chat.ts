// What people do in a chat product: they press a button of a card, or write a command. Types only;
// the sink of the product reads its requests and writes its answers, core decides.
import type { Text } from './card.ts';
import type { People } from './people.ts';
import type { RawRequest } from './source.ts';

/** A person as the product names them. Names change and can be chosen; the id is the product's. */
export interface ChatPerson {
  readonly id: string;
  readonly name: string;
}

/** A button was pressed. */
export interface PressedButton {
  readonly person: ChatPerson;
  /** What the button carried; see `CardAction.token`. */
  readonly token: string;
  /** What was chosen in a menu, or written in a dialog; absent: a plain button. */
  readonly value?: string | undefined;
  /** The far end's id of the message, as a receipt of `send` has it. */
  readonly messageId: string;
}

/** A command was written: `/tocsin show 17`. */
export interface WrittenCommand {
  readonly person: ChatPerson;
  /** What stands behind the command's name. */
  readonly text: string;
}

/** What the person who pressed or wrote sees, and nobody else. */
export interface ChatAnswer {
  readonly to: 'button' | 'command';
  /** One text a line; empty: nothing. */
  readonly lines: readonly Text[];
  /**
   * What the message in which the button stands becomes, as `inAnswer` of the sink made it. Absent:
   * it stays as it is.
   */
  readonly message?: object | undefined;
}

export interface Chat {
  /** Who may act. */
  readonly people: People;
  /** Somebody set up the command there. */
  readonly hasCommand: boolean;
  /** @returns undefined if this is no press of a button. Pure. */
  button(request: RawRequest): PressedButton | undefined;
  /**
   * Checks that the product sent it.
   * @returns undefined if it did not, or if this is no command. Pure.
   */
  command(request: RawRequest): WrittenCommand | undefined;
  /** The body of the answer with status 200, as JSON. Pure. */
  answer(answer: ChatAnswer): object;
  /**
   * Whether the person is in the channel to which the sink posts; absent: nobody can tell.
   * @throws {AdapterError}
   */
  isMember?(personId: string, signal: AbortSignal): Promise<boolean>;
  /**
   * The e-mail address of the person, if the product verified it and says so; absent: nobody can
   * tell.
   * @throws {AdapterError}
   */
  emailOf?(personId: string, signal: AbortSignal): Promise<string | undefined>;
}
