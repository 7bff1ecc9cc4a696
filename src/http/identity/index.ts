// Who may come in, and how browsers sign in: what the HTTP app needs of this folder.
import type { Hono } from 'hono';
import type { Identify } from '../visitor.ts';
import { isHttps } from './cookie.ts';
import { Gate, type GateDependencies } from './gate.ts';
import { createLoginRoutes, type LoginPage } from './login.ts';

export type { LoginFacts, LoginPage } from './login.ts';

export interface IdentityDependencies extends GateDependencies {
  /** The form by which a browser signs in. */
  readonly loginPage: LoginPage;
}

export interface Identity {
  readonly identify: Identify;
  /** `/login`, `/logout` and what is below them. */
  readonly signInRoutes: Hono;
  /** Whether people reach us by https alone. */
  isHttps(): boolean;
}

export function createIdentity({ loginPage, ...deps }: IdentityDependencies): Identity {
  const gate = new Gate(deps);
  return {
    identify: (c) => gate.identify(c),
    signInRoutes: createLoginRoutes(gate, loginPage),
    isHttps: () => isHttps(deps.access()),
  };
}
