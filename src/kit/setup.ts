// What a product's server must have before sinks can work there, and how far that was brought about.
// Types only: the folder of the product does it, a command asks for it and prints what came of it.
import type { HttpClient } from './http/index.ts';

export interface SetupSink {
  readonly id: string;
  readonly type: string;
  /** As written. What is not there yet, such as a token that must be made first, is absent. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What each route sets for it. */
  readonly ofRoutes: readonly unknown[];
}

export interface SetupRequest {
  /** Those of the product. */
  readonly sinks: readonly SetupSink[];
  /** Of an administrator there; undefined: nothing can be done, and every step is to be done. */
  readonly token: string | undefined;
  /** Where the server reaches us; undefined: nobody said. */
  readonly publicUrl: string | undefined;
  /** Nothing is changed: a step that would change something says so. */
  readonly isRehearsal: boolean;
  /** The name of the account that is to post, where the settings tell none. */
  readonly account: string;
  /** Makes another credential of the account, if the one that was made before is not known. */
  readonly isNewToken: boolean;
  /** Makes a webhook for each channel, too. */
  readonly isHookWanted: boolean;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

export interface SetupStep {
  /** `right`: it was so already. `would`: a rehearsal did not do it. `todo`: a person must. */
  readonly state: 'right' | 'done' | 'would' | 'todo';
  readonly what: string;
  /** Whole sentences; of `todo`, what an administrator does, with every value. */
  readonly text: string;
}

/** What must be put into the configuration. */
export interface SetupSetting {
  /** Ids of the sinks whose setting it is; empty: of one that is not there yet. */
  readonly sinks: readonly string[];
  readonly key: string;
  /** A secret. */
  readonly value: string;
}

export interface SetupReport {
  readonly steps: readonly SetupStep[];
  readonly settings: readonly SetupSetting[];
}

export interface Setup {
  /** The command that does it: `tocsin <product> setup`. */
  readonly product: string;
  /** @throws {AdapterError} the server does not answer */
  run(request: SetupRequest): Promise<SetupReport>;
}
