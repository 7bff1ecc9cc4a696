// What one client of the live tail is sent: server-sent events, as many as it takes, and where it
// is too slow, which events it was not sent.
import type { ShownTailed } from '../../../operations/index.ts';
import type { Watcher } from './tail.ts';

export interface FeedOptions {
  /** Whether the client asked for this event. */
  isWanted(event: ShownTailed): boolean;
  /** The client has left, or the feed was ended. */
  onEnd(): void;
  /** What waits for a client that does not read. */
  readonly queueMax?: number;
}

/** A client whose connection is lost comes back after this time. */
const retryMs = 3000;

interface Gap {
  readonly from: number;
  readonly to: number;
}

export class Feed implements Watcher {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: FeedOptions;
  readonly #queueMax: number;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #gap: Gap | undefined;
  /** What came while earlier events are still looked up. */
  #held: ShownTailed[] | undefined;
  #sentUpTo = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#queueMax = options.queueMax ?? 256;
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#sendGap(),
        cancel: () => this.#over(),
      },
      { highWaterMark: this.#queueMax },
    );
    this.#send(`retry: ${retryMs}\n\n`);
  }

  /** The client has seen everything up to this id, or does not want it. */
  startAfter(id: number): void {
    this.#sentUpTo = id;
  }

  /** Until `release`, new events wait behind those that are {@link replay}ed. */
  hold(): void {
    this.#held = [];
  }

  /** Events from before the feed began. */
  replay(events: readonly ShownTailed[]): void {
    for (const event of events) this.#show(event);
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.show(held);
    this.#sendGap();
  }

  show(events: readonly ShownTailed[]): void {
    for (const event of events) {
      if (this.#held === undefined) this.#show(event);
      else if (this.#held.length < this.#queueMax) this.#held.push(event);
      else this.skip(Number(event.id), Number(event.id));
    }
  }

  skip(from: number, to: number): void {
    this.#gap = {
      from: Math.min(from, this.#gap?.from ?? from),
      to: Math.max(to, this.#gap?.to ?? to),
    };
    this.#sendGap();
  }

  /** Shows the client, and whatever is between, that the connection lives. */
  ping(): void {
    if (this.#hasRoom()) this.#send(': ping\n\n');
  }

  end(): void {
    this.#controller?.close();
    this.#over();
  }

  #show(event: ShownTailed): void {
    if (!this.#options.isWanted(event)) return;
    this.#sendGap();
    const id = Number(event.id);
    if (this.#gap !== undefined || !this.#hasRoom()) {
      this.skip(id, id);
      return;
    }
    // One that comes late has no id: a client that comes back would be sent again all after it.
    const line = id > this.#sentUpTo ? `id: ${id}\n` : '';
    this.#sentUpTo = Math.max(id, this.#sentUpTo);
    this.#send(`${line}data: ${JSON.stringify(event)}\n\n`);
  }

  #sendGap(): void {
    const gap = this.#gap;
    if (gap === undefined || this.#held !== undefined || !this.#hasRoom()) return;
    this.#gap = undefined;
    this.#sentUpTo = Math.max(gap.to, this.#sentUpTo);
    const data = JSON.stringify({ from: String(gap.from), to: String(gap.to) });
    this.#send(`id: ${gap.to}\nevent: gap\ndata: ${data}\n\n`);
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #send(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #over(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#options.onEnd();
  }
}
