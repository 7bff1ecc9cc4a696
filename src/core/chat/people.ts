// Who in a chat product may do what: the people whom a sink names, or the members of its channel.
// Pure but for the questions to the product, whose answers are remembered for some seconds.
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

/** Whether a person is a member, or their address; nothing: the product knows of neither. */
type Said = boolean | string | undefined;
type Listed = Exclude<Chat['people'], 'members'>;

type Product = Pick<Chat, 'people' | 'isMember' | 'emailOf'>;

export class People {
  readonly #chat: Product;
  readonly #now: () => number;
  /** What the product said of a person, by their id; the oldest first. */
  readonly #said = new Map<string, { readonly said: Said; readonly untilMs: number }>();

  /** @param now monotonic milliseconds */
  constructor(chat: Product, now: () => number = () => performance.now()) {
    this.#chat = chat;
    this.#now = now;
  }

  /** Undefined: nobody whom the sink knows. @throws {AdapterError} the product does not answer */
  async known(person: ChatPerson): Promise<KnownPerson | undefined> {
    const { people } = this.#chat;
    if (people === 'members')
      return (await this.#asked(person.id, (id, signal) => this.#chat.isMember?.(id, signal)))
        ? { name: nameOf(person), role: 'operate' }
        : undefined;
    const found = await this.#listed(person, people);
    return found && { name: found.name ?? nameOf(person), role: found.role };
  }

  /**
   * The id comes first, and the name last: whoever takes the name of somebody who is listed
   * otherwise must not become them.
   */
  async #listed(person: ChatPerson, people: Listed): Promise<Listed[number] | undefined> {
    const byId = people.find(({ id }) => id === person.id);
    if (byId !== undefined) return byId;
    const email = people.some((one) => one.email !== undefined)
      ? await this.#asked(person.id, (id, signal) => this.#chat.emailOf?.(id, signal))
      : undefined;
    return (
      people.find((one) => one.email !== undefined && isSameAddress(one.email, email)) ??
      people.find(({ username }) => username !== undefined && isSame(username, person.name))
    );
  }

  async #asked(
    id: string,
    ask: (id: string, signal: AbortSignal) => Promise<Said> | undefined,
  ): Promise<Said> {
    const remembered = this.#said.get(id);
    if (remembered !== undefined && remembered.untilMs > this.#now()) return remembered.said;
    const said = (await ask(id, AbortSignal.timeout(askMs))) ?? false;
    this.#said.delete(id);
    this.#said.set(id, { said, untilMs: this.#now() + (said ? memberMs : strangerMs) });
    if (this.#said.size > rememberedMax) this.#said.delete(this.#said.keys().next().value!);
    return said;
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

/** Letters of other alphabets can become these in lower case, so none of them is the same. */
function isSameAddress(configured: string, said: Said): boolean {
  if (typeof said !== 'string' || !/^[\x21-\x7E]+$/.test(said)) return false;
  return configured.toLowerCase() === said.toLowerCase();
}
