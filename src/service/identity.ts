// Gives the HTTP app what it needs to know who asks: the configuration, the database, and a client
// for the identity provider.
import type { Config } from '../config/index.ts';
import type { HookDependencies } from '../http/hooks/index.ts';
import { createIdentity, type Identity } from '../http/identity/index.ts';
import { createLoginPage } from '../http/page/login.tsx';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import { signInOn } from '../operations/index.ts';
import type { Database } from '../store/database.ts';

export interface ServiceIdentityDependencies {
  readonly version: string;
  readonly db: Database;
  /** The one that counts now. */
  config(): Config;
  isReady(): boolean;
  onFailure(what: string, error: unknown): void;
}

export class ServiceIdentity {
  readonly #deps: ServiceIdentityDependencies;
  #client: { readonly config: Config; readonly http: HttpClient } | undefined;

  constructor(deps: ServiceIdentityDependencies) {
    this.#deps = deps;
  }

  forApp(): Identity & Pick<HookDependencies, 'access'> {
    const { version, db, config, isReady, onFailure } = this.#deps;
    const signIn = signInOn(db);
    const identity = createIdentity({
      loginPage: createLoginPage({ version, locale: () => config().locale }),
      access: () => config().access,
      signIn: () => (isReady() ? signIn : undefined),
      http: () => this.#http(),
      onFailure,
    });
    return { ...identity, access: () => config().access };
  }

  async close(): Promise<void> {
    await this.#client?.http.close();
  }

  /** Of the configuration that counts now; most services never make one. */
  #http(): HttpClient {
    const config = this.#deps.config();
    if (this.#client?.config === config) return this.#client.http;
    void this.#client?.http.close();
    const http = createHttpClient({ proxy: config.proxy, mask: createMask(config.secrets) });
    this.#client = { config, http };
    return http;
  }
}
