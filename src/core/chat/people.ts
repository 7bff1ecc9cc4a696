// Who in a chat product may do what: the people whom a sink names, or the members of its channel.
// Pure but for the question to the product, whose answers are remembered for some seconds.
import type { Chat, ChatPerson } from '../../kit/chat.ts';
import type { Permission } from '../../kit/records/audit.ts';
import { cutMiddle, neutralText } from '../../kit/text.ts';

/** Somebody who was recognised. */
export interface KnownPerson {
  /** As the audit log and the cards show it. */
  readonly name: string;
  readonly role: Permission;
}

/** How long an answer of the product counts: somebody who was removed must soon be unknown. */
const memberMs = 30_000;
const strangerMs = 5_000;
const rememberedMax = 1_000;
const askMs = 5_000;
const nameMax = 64;

export class People {
  readonly #chat: Pick<Chat, 'people' | 'isMember'>;
  readonly #now: () => number;
  /** By id; the oldest first. */
  readonly #members = new Map<string, { readonly is: boolean; readonly untilMs: number }>();

  /** @param now monotonic milliseconds */
  constructor(
    chat: Pick<Chat, 'people' | 'isMember'>,
    now: () => number = () => performance.now(),
  ) {
    this.#chat = chat;
    this.#now = now;
  }

  /** Undefined: nobody whom the sink knows. @throws {AdapterError} the product does not answer */
  async known(person: ChatPerson): Promise<KnownPerson | undefined> {
    const { people } = this.#chat;
    if (people !== 'members') {
      // The id comes first: whoever takes the name of somebody listed by id must not become them.
      const found =
        people.find(({ id }) => id === person.id) ??
        people.find(({ username }) => username !== undefined && isSame(username, person.name));
      return found && { name: found.name ?? nameOf(person), role: found.role };
    }
    return (await this.#isMember(person.id))
      ? { name: nameOf(person), role: 'operate' }
      : undefined;
  }

  async #isMember(id: string): Promise<boolean> {
    const remembered = this.#members.get(id);
    if (remembered !== undefined && remembered.untilMs > this.#now()) return remembered.is;
    const is = (await this.#chat.isMember?.(id, AbortSignal.timeout(askMs))) ?? false;
    this.#members.delete(id);
    this.#members.set(id, { is, untilMs: this.#now() + (is ? memberMs : strangerMs) });
    if (this.#members.size > rememberedMax)
      this.#members.delete(this.#members.keys().next().value!);
    return is;
  }
}

/** The name is another's words. */
function nameOf({ id, name }: ChatPerson): string {
  const shown = neutralText(cutMiddle(name.trim(), nameMax), { multiline: false });
  return cutMiddle(shown === '' ? id : shown, nameMax);
}

/** As it is configured, with or without `@`, and as the product says it. */
function isSame(configured: string, name: string): boolean {
  return configured.replace(/^@/, '').toLowerCase() === name.toLowerCase();
}
