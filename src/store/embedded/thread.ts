// What the main thread and the database's thread say to each other. Types only.

/** Given to the thread at its start. */
export interface ThreadStart {
  /** `create` makes a new cluster and ends; `serve` opens one and answers until it is closed. */
  readonly task: 'create' | 'serve';
  /** Where the cluster's files are. */
  readonly cluster: string;
}

export type ToThread =
  /** A new connection begins: the thread first undoes what the last one left open. */
  | { readonly kind: 'connect'; readonly connection: number }
  /** Whole messages of the Postgres protocol; exactly one `answer` follows. */
  | { readonly kind: 'request'; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'ready' }
  /** `bytes` may be empty. Answers come in the order of the requests. */
  | { readonly kind: 'answer'; readonly connection: number; readonly bytes: Uint8Array }
  /** The files are complete and closed. */
  | { readonly kind: 'closed' }
  /** The database cannot go on; the thread ends. */
  | { readonly kind: 'failed'; readonly problem: string };
