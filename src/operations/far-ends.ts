// The far ends of the configuration, for the operations that call one. Types alone.
import type { PollSource } from '../kit/source.ts';

/** Calls are those of the running adapters where a service runs: one client, one proxy, one mask. */
export interface FarEnds {
  /**
   * Posts a sample card, whatever the state of the sink.
   * @param waitMs how long it may take
   * @returns false if no sink has this id
   * @throws {AdapterError} it was not accepted
   */
  testSink(id: string, waitMs: number): Promise<boolean>;
  /** Undefined if no source that is polled has this id. Its errors hold no secret. */
  source(id: string): PollSource | undefined;
  /** The origin that a sink shares with others, as in the name of its role; undefined: no such sink. */
  originOf(sink: string): string | undefined;
}
