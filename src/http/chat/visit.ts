// Somebody who pressed a button or wrote a command: who it is, and what they may do. Every act is an
// operation, as at the other doors.
import { type ChatEnd, code, type KnownPerson, prose } from '../../core/chat/index.ts';
import type { Text } from '../../kit/card.ts';
import type { ChatAnswer, ChatPerson } from '../../kit/chat.ts';
import { hashOfSecret } from '../../kit/token.ts';
import {
  type Actor,
  type Doing,
  type Operation,
  type OperationContext,
  PermissionError,
  perform,
  RefusedError,
  UsedError,
  usingToken,
} from '../../operations/index.ts';

/** One text a line. */
export type Said = readonly Text[];

export interface VisitDependencies {
  contextOf(actor: Actor): OperationContext | undefined;
  onFailure(what: string, error: unknown): void;
  readonly person: ChatPerson;
  /** Of the chat server. */
  readonly address: string;
}

export class Visit {
  readonly end: ChatEnd;
  /** See {@link ChatAnswer.message}. */
  message: ChatAnswer['message'];
  readonly #deps: VisitDependencies;
  #context: OperationContext | undefined;
  #doing: Doing | undefined;

  constructor(end: ChatEnd, deps: VisitDependencies) {
    this.end = end;
    this.#deps = deps;
  }

  say(...sentence: Parameters<ChatEnd['words']['say']>): Text {
    return this.end.words.say(...sentence);
  }

  /** Never throws: what goes wrong is said in words. */
  async answer(asked: (visit: Visit) => Promise<Said>): Promise<Said> {
    try {
      return await asked(this);
    } catch (error) {
      const known = this.#refusalOf(error);
      if (known !== undefined) return known;
      this.#deps.onFailure(`chat of ${this.end.sink}`, error);
      return [this.say('failed')];
    }
  }

  get context(): OperationContext {
    return this.#context!;
  }

  /** From now on an act uses this token, and happens only if nobody did. */
  use(token: string, expiresAtMs: number): void {
    this.#doing = usingToken({ hash: hashOfSecret(token), expiresAtMs });
  }

  /** As `perform`, by this person, who has entered. */
  operate<In, Out>(operation: Operation<In, Out>, input: In): Promise<Out> {
    return perform(operation, this.#context!, input, this.#doing);
  }

  /** To be called first. Undefined: the person may come in. Else what to tell them. */
  async enter(): Promise<Said | undefined> {
    const { person, address } = this.#deps;
    let known: KnownPerson | undefined;
    try {
      known = await this.end.people.known(person);
    } catch (error) {
      this.#deps.onFailure(`members of the channel of ${this.end.sink}`, error);
      return [this.say('unasked')];
    }
    if (known === undefined) return [this.#strangerText()];
    this.#context = this.#deps.contextOf({ ...known, via: 'chat', address });
    return this.#context === undefined ? [this.say('notReady')] : undefined;
  }

  #strangerText(): Text {
    const { id, name } = this.#deps.person;
    const sink = code(this.end.sink, valueMax);
    return this.end.chat.people === 'members'
      ? this.say('outsider', { sink })
      : this.say('stranger', { sink, id: code(id, valueMax), name: code(name, valueMax) });
  }

  #refusalOf(error: unknown): Said | undefined {
    if (error instanceof UsedError) return [this.say('used')];
    if (error instanceof PermissionError)
      return [this.say('forbidden', { sink: code(this.end.sink, valueMax) })];
    if (!(error instanceof RefusedError)) return undefined;
    const { message, refusals } = error;
    const reasons =
      refusals.length > 0
        ? refusals.map((one) => this.end.words.refuse(one))
        : message.split('\n').map((line) => prose(line, sentenceMax));
    return reasons.slice(0, refusalLinesMax).map((reason) => this.say('refused', { reason }));
  }
}

/** A refusal names all that is wrong, one problem a line. */
const refusalLinesMax = 5;
/** Code points of a value, and of a sentence. */
export const valueMax = 200;
const sentenceMax = 500;
