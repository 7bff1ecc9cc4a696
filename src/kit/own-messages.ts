// Which messages a bot posted without having recorded it: where a process may have died, they are
// looked for before they are posted, and nowhere else. The sink says how to look.
import type { Message } from './sink.ts';

/** Between the clocks of the database and of the far end. */
const skewMs = 60_000;
/**
 * An event is sent at once. One that was stored longer ago may have been sent by a process that
 * died, or by another replica.
 */
const freshMs = 5_000;
/** Only the holder of a sink's role sends, and a lost role is taken after 20 s: less is no gap. */
const gapMs = 15_000;

export interface Searched {
  readonly channelId: string;
  readonly deliveryId: string;
  readonly message: Message;
  readonly signal: AbortSignal;
}

export interface OwnMessagesOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The far end takes what is posted again within half a minute for the same message. */
  readonly recognisesRepetition: boolean;
  /**
   * The bot's own cards in a channel since a time (milliseconds since the epoch): their ids, by the
   * id of their delivery.
   * @throws {AdapterError} the channel could not be searched
   */
  cards(
    channelId: string,
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
}

export class OwnMessages {
  readonly #options: OwnMessagesOptions;
  /** What the last search of each channel found, by the id of the delivery. */
  readonly #found = new Map<string, ReadonlyMap<string, string>>();
  /** Cards whose details could not be posted, likewise. */
  readonly #incomplete = new Map<string, string>();
  /** Deliveries whose refusal leaves open whether their message was posted. */
  readonly #unclear = new Set<string>();
  /** Ids of channels and messages below which nobody else can have posted since the last search. */
  readonly #searched = new Set<string>();
  readonly #beganAtMs: number;
  #activeAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: OwnMessagesOptions) {
    this.#options = options;
    this.#beganAtMs = options.now();
  }

  /** This process posted just now, so it holds the role of the sink. */
  active(): void {
    this.#activeAtMs = this.#options.now();
  }

  /** Of a card whose details are still to be posted. */
  remember(deliveryId: string, messageId: string): void {
    this.#incomplete.set(deliveryId, messageId);
  }

  /** The far end failed, and may have posted the message all the same. */
  doubt(deliveryId: string): void {
    this.#unclear.add(deliveryId);
  }

  /** Its message is there, and nothing of it is missing. */
  forget(deliveryId: string): void {
    this.#incomplete.delete(deliveryId);
    this.#unclear.delete(deliveryId);
  }

  /**
   * The id of the card of a delivery; undefined if there is none.
   * @throws {AdapterError} the channel could not be searched
   */
  async card({ channelId, deliveryId, message, signal }: Searched): Promise<string | undefined> {
    const incomplete = this.#incomplete.get(deliveryId);
    if (incomplete !== undefined) return incomplete;
    if (this.#isDoubtful(message, deliveryId, channelId)) {
      const sinceMs = Date.parse(message.event.receivedAt) - skewMs;
      this.#found.set(channelId, await this.#options.cards(channelId, sinceMs, signal));
      this.#searched.add(channelId);
      this.active();
    }
    return this.#found.get(channelId)?.get(deliveryId);
  }

  /** Whether a reply below this message may be there already. */
  isReplyDoubtful(message: Message, deliveryId: string, rootId: string): boolean {
    return this.#isDoubtful(message, deliveryId, rootId);
  }

  #isDoubtful({ mayBeRepeated, event }: Message, deliveryId: string, place: string): boolean {
    if (mayBeRepeated === true || this.#unclear.has(deliveryId)) return true;
    const nowMs = this.#options.now();
    if (nowMs - this.#activeAtMs > gapMs) this.#searched.clear();
    const isOld = nowMs - Date.parse(event.receivedAt) > freshMs;
    return (isOld || this.#isSuccessor(nowMs)) && !this.#searched.has(place);
  }

  /**
   * Who follows a dead process on its folder has its roles at once, and events that it sent are
   * fresh still. Later they are old.
   */
  #isSuccessor(nowMs: number): boolean {
    const { recognisesRepetition } = this.#options;
    return !recognisesRepetition && nowMs - this.#beganAtMs <= freshMs;
  }
}
