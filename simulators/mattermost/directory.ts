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
  /** Default `<username>@example.com`, verified. */
  readonly email?: string;
  readonly isEmailUnverified?: boolean;
  /** Its tokens do not work. */
  readonly isDisabled?: boolean;
}

/** Of a user or a bot. */
export interface AccessToken {
  readonly id: string;
  readonly token: string;
  readonly description: string;
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
  readonly email?: string;
  readonly isEmailUnverified?: boolean;
  /** Default true. A user outside of the team sees nothing of its channels. */
  readonly isInTeam?: boolean;
}

export class Directory {
  readonly team = { id: newId(), name: 'secops' };
  readonly #channels = new Map<string, Channel>();
  readonly #users = new Map<string, User>();
  /** By the token. */
  readonly #tokens = new Map<string, AccessToken & { readonly userId: string }>();
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
    const { email, isEmailUnverified = false } = more;
    const user = {
      ...{ id: newId(), username, isBot, isAdmin, isEmailUnverified },
      ...(email !== undefined && { email }),
    };
    this.#users.set(user.id, user);
    if (isInTeam) this.#teamMembers.add(user.id);
    for (const name of channels) this.channelNamed(name)?.members.add(user.id);
    return { ...user, token: this.addToken(user.id).token };
  }

  /** One that is in no team and has no token. */
  addBot(username: string): User {
    const bot = { id: newId(), username, isBot: true, isAdmin: false };
    this.#users.set(bot.id, bot);
    return bot;
  }

  setDisabled(userId: string, isDisabled: boolean): void {
    this.#users.set(userId, { ...this.#users.get(userId)!, isDisabled });
  }

  addToken(userId: string, description = ''): AccessToken {
    const token = { id: newId(), token: newId(), description };
    this.#tokens.set(token.token, { ...token, userId });
    return token;
  }

  tokensOf(userId: string): AccessToken[] {
    return [...this.#tokens.values()]
      .filter((one) => one.userId === userId)
      .map(({ userId: _, ...token }) => token);
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Undefined for a token that is wrong or revoked, or whose owner is disabled: all alike. */
  userOfToken(token: string): User | undefined {
    const user = this.#users.get(this.#tokens.get(token)?.userId ?? '');
    return user?.isDisabled === true ? undefined : user;
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

  /** Members read a private channel, everybody in the team a public one, an administrator all. */
  mayRead(userId: string, channel: Channel): boolean {
    if (this.#users.get(userId)?.isAdmin === true) return true;
    return channel.isPrivate ? this.isMember(userId, channel) : this.#teamMembers.has(userId);
  }
}
