// Who and what there is on the simulated Mattermost: one team, its channels, users, bots and tokens.
import { newId } from './ledger.ts';

export interface Channel {
  readonly id: string;
  /** In URLs. */
  readonly name: string;
  /** Nobody sees or joins it but its members; the owner of the hooks is none. */
  readonly isPrivate: boolean;
  /** User ids. */
  readonly members: Set<string>;
  isArchived: boolean;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly isBot: boolean;
  /** May do what an administrator may. */
  readonly isAdmin: boolean;
}

export interface Account extends User {
  /** For `Authorization: Bearer`. */
  readonly token: string;
}

export interface NewAccount {
  readonly isBot?: boolean;
  readonly isAdmin?: boolean;
  /** Names of channels of which it is a member; default none. */
  readonly channels?: readonly string[];
  /** Default true. A user outside of the team sees nothing of its channels. */
  readonly isInTeam?: boolean;
}

export class Directory {
  readonly team = { id: newId(), name: 'secops' };
  readonly #channels = new Map<string, Channel>();
  readonly #users = new Map<string, User>();
  readonly #tokens = new Map<string, string>();
  readonly #teamMembers = new Set<string>();

  /** Of those that are not archived. */
  channelNames(): string[] {
    return [...this.#channels.values()].filter((one) => !one.isArchived).map(({ name }) => name);
  }

  addChannel(name: string, isPrivate = false): Channel {
    const channel = { id: newId(), name, isPrivate, members: new Set<string>(), isArchived: false };
    this.#channels.set(name, channel);
    return channel;
  }

  /** An archived one too. */
  channelNamed(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  channelOf(id: string): Channel | undefined {
    return [...this.#channels.values()].find((channel) => channel.id === id);
  }

  /** @throws there is no such channel */
  setArchived(name: string, isArchived: boolean): void {
    const channel = this.#channels.get(name);
    if (channel === undefined) throw new Error(`there is no channel ${name}`);
    channel.isArchived = isArchived;
  }

  addAccount(username: string, more: NewAccount = {}): Account {
    const { isBot = false, isAdmin = false, channels = [], isInTeam = true } = more;
    const user = { id: newId(), username, isBot, isAdmin };
    this.#users.set(user.id, user);
    if (isInTeam) this.#teamMembers.add(user.id);
    for (const name of channels) this.channelNamed(name)?.members.add(user.id);
    return { ...user, token: this.addToken(user.id) };
  }

  addToken(userId: string): string {
    const token = newId();
    this.#tokens.set(token, userId);
    return token;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Undefined for a token that is wrong or revoked: the server tells none of these apart. */
  userOfToken(token: string): User | undefined {
    return this.#users.get(this.#tokens.get(token) ?? '');
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  userNamed(username: string): User | undefined {
    return [...this.#users.values()].find((user) => user.username === username);
  }

  joinTeam(userId: string): void {
    this.#teamMembers.add(userId);
  }

  isInTeam(userId: string): boolean {
    return this.#teamMembers.has(userId);
  }

  isMember(userId: string, { members }: Channel): boolean {
    return this.#teamMembers.has(userId) && members.has(userId);
  }

  /** Members read a private channel, everybody in the team a public one. */
  mayRead(userId: string, channel: Channel): boolean {
    return channel.isPrivate ? this.isMember(userId, channel) : this.#teamMembers.has(userId);
  }
}
