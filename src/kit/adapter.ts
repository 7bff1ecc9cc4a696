// What every adapter, source or sink, has in common: how it is named, configured and made. Types
// only.
import type { z } from 'zod';
import type { HttpClient } from './http/index.ts';
import type { Locale } from './locale.ts';

/** What core lends to an adapter. It holds no loop, no clock that runs, no store. */
export interface AdapterContext {
  /** The id under which this adapter is configured (`soc`). */
  readonly id: string;
  readonly http: HttpClient;
  /** The language of what it says. */
  readonly locale: Locale;
  /** IANA name of the operator's time zone, for times that people read. */
  readonly timeZone: string;
  /** Milliseconds since the epoch; injected so that tests hold the clock. */
  readonly now: () => number;
}

export interface AdapterDefinition<Schema extends z.ZodType, Instance, Context = AdapterContext> {
  /** snake_case noun, equal to the file's or folder's name and to the registry's key. */
  readonly type: string;
  /**
   * A strict object: unknown keys are refused. Each key carries `.describe()`, from which the
   * documentation's table is made.
   */
  readonly config: Schema;
  /** Must parse; used by the documentation and by the contract suite. */
  readonly example: z.input<Schema>;
  /** Keys of the configuration whose values must never be shown. */
  readonly secrets: readonly (keyof z.output<Schema> & string)[];
  /**
   * What is allowed and yet looks like a mistake, as the rest of a sentence about the setting
   * `key`. @param nowMs since the epoch
   */
  warnings?(
    config: z.output<Schema>,
    nowMs: number,
  ): readonly { readonly key: string; readonly text: string }[];
  /** Does no I/O. */
  create(config: z.output<Schema>, context: Context): Instance;
}
