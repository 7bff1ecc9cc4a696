// What the simulated Slack keeps: one workspace with channels, bots and messages. Decides nothing.
import { randomBytes } from 'node:crypto';

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Ids of bots. */
  readonly members: Set<string>;
  isArchived: boolean;
}

export interface SlackBot {
  readonly token: string;
  readonly userId: string;
  readonly botId: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly botId: string;
  /** The time of the message that it stands below. */
  readonly threadTs?: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly attachments: readonly unknown[];
  readonly metadata?: SlackMetadata;
  /** How often it was changed. */
  readonly edits: number;
  /** A message with replies leaves a place behind, in which its thread goes on. */
  readonly isDeleted: boolean;
}

export interface SlackMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

const idAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ01234567';

/** As Slack's: a letter for what it names, and ten more. */
export function newSlackId(letter: string): string {
  return letter + Array.from(randomBytes(10), (byte) => idAlphabet[byte & 31]).join('');
}

export class SlackWorkspace {
  readonly channels = new Map<string, SlackChannel>();
  readonly bots = new Map<string, SlackBot>();
  /** Oldest first, deleted ones too. */
  readonly messages: SlackMessage[] = [];
  readonly #places = new Map<string, number>();
  #lastMicros = 0;

  addChannel(name: string, isPrivate: boolean): SlackChannel {
    const members = new Set<string>();
    const channel = { id: newSlackId('C'), name, isPrivate, members, isArchived: false };
    this.channels.set(channel.id, channel);
    return channel;
  }

  channelNamed(name: string): SlackChannel | undefined {
    return [...this.channels.values()].find((channel) => channel.name === name);
  }

  addBot(name: string, scopes: readonly string[]): SlackBot {
    const token = `xoxb-${randomBytes(16).toString('hex')}`;
    const bot = { token, userId: newSlackId('U'), botId: newSlackId('B'), name, scopes };
    this.bots.set(token, bot);
    return bot;
  }

  /** @param message without its time, which no other message has */
  keep(message: Omit<SlackMessage, 'ts' | 'edits' | 'isDeleted'>): SlackMessage {
    this.#lastMicros = Math.max(Date.now() * 1000, this.#lastMicros + 1);
    const [seconds, micros] = [Math.floor(this.#lastMicros / 1e6), this.#lastMicros % 1e6];
    const ts = `${seconds}.${String(micros).padStart(6, '0')}`;
    const kept = { ...message, ts, edits: 0, isDeleted: false };
    this.#places.set(`${message.channel}/${ts}`, this.messages.length);
    this.messages.push(kept);
    return kept;
  }

  /** A deleted one too. */
  message(channel: string, ts: string): SlackMessage | undefined {
    return this.messages[this.#places.get(`${channel}/${ts}`) ?? -1];
  }

  change(message: SlackMessage, changes: Partial<SlackMessage>): SlackMessage {
    const changed = { ...message, ...changes };
    this.messages[this.#places.get(`${message.channel}/${message.ts}`)!] = changed;
    return changed;
  }

  repliesTo({ channel, ts }: SlackMessage): SlackMessage[] {
    return this.messages.filter(
      (one) => one.channel === channel && one.threadTs === ts && !one.isDeleted,
    );
  }

  /** Newest first, as the channel shows it: replies stand in their threads alone. */
  timeline(channel: string): SlackMessage[] {
    return this.messages
      .filter((one) => one.channel === channel && one.threadTs === undefined)
      .filter((one) => !one.isDeleted || this.repliesTo(one).length > 0)
      .reverse();
  }
}
