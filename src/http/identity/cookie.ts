// The cookie of a session, and the one that lives from a click on "sign in" to the return from the
// identity provider.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Access } from '../../kit/access.ts';

/**
 * With https, the prefix makes the browser keep it to this host and refuse one that another host of
 * the domain, or a page without TLS, has set.
 */
export function isHttps({ publicUrl }: Pick<Access, 'publicUrl'>): boolean {
  return publicUrl?.startsWith('https:') ?? false;
}

export class Cookie {
  readonly #name: string;
  readonly #isSecure: boolean;
  readonly #maxAgeSeconds: number | undefined;

  /** @param maxAgeSeconds absent: the browser forgets it when it closes */
  constructor(name: string, access: Pick<Access, 'publicUrl'>, maxAgeSeconds?: number) {
    this.#isSecure = isHttps(access);
    this.#name = this.#isSecure ? `__Host-${name}` : `${name}_session`;
    this.#maxAgeSeconds = maxAgeSeconds;
  }

  read(c: Context): string | undefined {
    return getCookie(c, this.#name);
  }

  set(c: Context, value: string): void {
    setCookie(c, this.#name, value, {
      ...this.#options(),
      ...(this.#maxAgeSeconds !== undefined && { maxAge: this.#maxAgeSeconds }),
    });
  }

  clear(c: Context): void {
    deleteCookie(c, this.#name, this.#options());
  }

  /** Lax, so that a link in a channel opens the page signed in. */
  #options() {
    return { path: '/', httpOnly: true, secure: this.#isSecure, sameSite: 'Lax' } as const;
  }
}
