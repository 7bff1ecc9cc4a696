// What every adapter has in common, source or sink: how it is named, configured and made. Types
// only.
import type { z } from 'zod';
import type { HttpClient } from './http/index.ts';

/** What an adapter gets from core. It has no access to loops, timers or the store. */
export interface AdapterContext {
  /** The id under which this adapter is configured (`soc`). */
  readonly id: string;
  readonly http: HttpClient;
  /** Milliseconds since the epoch; a parameter, so that tests can set the clock. */
  readonly now: () => number;
}

export interface AdapterDefinition<Schema extends z.ZodType, Instance, Context = AdapterContext> {
  /** snake_case noun, equal to the file's or folder's name and to the registry's key. */
  readonly type: string;
  /**
   * A strict object: unknown keys are refused. Each key has a `.describe()`, which the table in the
   * documentation is made from.
   */
  readonly config: Schema;
  /** A valid configuration, which the documentation and the contract suite use. */
  readonly example: z.input<Schema>;
  /** Keys of the configuration whose values must never be shown. */
  readonly secrets: readonly (keyof z.output<Schema> & string)[];
  /**
   * What is allowed and looks like a mistake. `text` is the rest of a sentence about the setting
   * `key`.
   * @param nowMs milliseconds since the epoch
   */
  warnings?(
    config: z.output<Schema>,
    nowMs: number,
  ): readonly { readonly key: string; readonly text: string }[];
  /** Does no I/O. */
  create(config: z.output<Schema>, context: Context): Instance;
}
