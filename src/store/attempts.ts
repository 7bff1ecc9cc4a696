// The ways to a server: which hosts, with TLS or without, and which of them is tried next. Pure.
import type { DatabaseAddress, DatabaseHost } from '../kit/database-url.ts';
import type { DatabaseTls } from '../kit/database-url-parameters.ts';

/** A way to a server. With `ask`, the server says whether there is TLS. */
export interface Attempt {
  readonly host: DatabaseHost;
  readonly encryption: 'none' | 'ask' | 'must';
}

/** All ways, in the order in which they are tried. Unix sockets have no TLS, as in libpq. */
export function attemptsOf({ hosts, tls }: Pick<DatabaseAddress, 'hosts' | 'tls'>): Attempt[] {
  const encryptions = (
    { disable: ['none'], allow: ['none', 'must'], prefer: ['ask', 'none'] } as Partial<
      Record<DatabaseTls['mode'], readonly Attempt['encryption'][]>
    >
  )[tls.mode] ?? ['must' as const];
  return hosts.flatMap((host) =>
    ('socketPath' in host ? ['none' as const] : encryptions).map((encryption) => ({
      host,
      encryption,
    })),
  );
}

/**
 * Chooses the next way. A way that worked is used again; one that failed is tried again only when
 * all others have failed too.
 */
export class Attempts {
  readonly #all: readonly Attempt[];
  readonly #failed = new Set<Attempt>();
  #first = 0;
  #turn = 0;

  constructor(all: readonly Attempt[]) {
    this.#all = all;
  }

  next(): Attempt {
    const ordered = [...this.#all.slice(this.#first), ...this.#all.slice(0, this.#first)];
    return ordered.find((one) => !this.#failed.has(one)) ?? ordered[this.#turn++ % ordered.length]!;
  }

  /**
   * @param isHost the host itself failed, so that no other way to it is tried
   * @returns whether another way is left
   */
  fail(attempt: Attempt, isHost: boolean): boolean {
    for (const one of this.#all)
      if (one === attempt || (isHost && one.host === attempt.host)) this.#failed.add(one);
    return this.#failed.size < this.#all.length;
  }

  /** The next connection goes to the same host. Whether with TLS is decided anew, as in libpq. */
  succeed({ host }: Attempt): void {
    this.#failed.clear();
    this.#first = this.#all.findIndex((one) => one.host === host);
    this.#turn = 0;
  }
}
