// Visits of the API and the page for tests, without a server: who they are taken for, and how they
// sign in.

import { Hono } from 'hono';
import { createIdentity, type IdentityDependencies } from '../../../src/http/identity/index.ts';
import { createLoginPage } from '../../../src/http/page/login.tsx';
import type { Access } from '../../../src/kit/access.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import type { Permission } from '../../../src/kit/records/audit.ts';
import { perform, type SignIn, signInOn, token } from '../../../src/operations/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { contextOn } from '../../operations/acting.ts';

export const plainAccess: Access = { isTrustedProxy: () => false, roles: [] };

export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: another machine. */
  readonly peer?: string;
  /** In the order in which they came; default: those of `headers`. */
  readonly rawHeaders?: readonly string[];
}

export interface Door {
  /** The answer of `/api/v1/who`, or of any other path. */
  visit(path: string, visit?: Visit): Promise<Response>;
  /** The name and role as whom this visit acts, or the status of the refusal. */
  whoIs(visit?: Visit): Promise<string | number>;
  /** The headers of a form that our own page sent. */
  readonly ownForm: Readonly<Record<string, string>>;
}

export interface DoorOptions extends Partial<Omit<IdentityDependencies, 'access' | 'signIn'>> {
  readonly access?: Partial<Access>;
  readonly signIn?: SignIn | undefined;
}

export const loginPage = createLoginPage({ version: '1.2.3', locale: () => 'en' });

/** @param database undefined: `signIn` stands in for it */
export function openDoor(database: Database | undefined, options: DoorOptions = {}): Door {
  const { access: given, ...others } = options;
  const access = { ...plainAccess, ...given };
  const signIn = database === undefined ? options.signIn : signInOn(database);
  const http = createHttpClient();
  const identity = createIdentity({
    loginPage,
    onFailure: () => undefined,
    ...others,
    access: () => access,
    signIn: () => signIn,
    http: () => http,
  });
  const app = new Hono();
  app.route('/', identity.signInRoutes);
  app.all('/api/v1/who', async (c) => {
    const visitor = await identity.identify(c);
    if ('actor' in visitor) return c.json(visitor.actor);
    const { status, detail } = visitor.stranger;
    return c.text(detail, status);
  });
  app.onError((error) => {
    throw error;
  });
  const visit = async (path: string, one: Visit = {}) => {
    const { method = 'GET', headers = {}, body, peer = '192.0.2.7' } = one;
    const rawHeaders = one.rawHeaders ?? Object.entries(headers).flat();
    const env = { incoming: { socket: { remoteAddress: peer }, rawHeaders } };
    const sent = {
      host: 'tocsin.example',
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    };
    return await app.request(path, { method, headers: sent, ...(body && { body }) }, env);
  };
  return {
    visit,
    async whoIs(one) {
      const answer = await visit('/api/v1/who', one);
      if (answer.status !== 200) return answer.status;
      const { name, role } = (await answer.json()) as { name: string; role: string };
      return `${name} ${role}`;
    },
    ownForm: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    },
  };
}

export async function makeToken(
  db: Database,
  name = 'ci',
  role: Permission = 'operate',
): Promise<string> {
  return (await perform(token.create, contextOn(db), { name, role })).token;
}

export const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

/** `name=value` of the first cookie that an answer sets; undefined: it sets none. */
export function cookieOf(answer: Response): string | undefined {
  return answer.headers.get('set-cookie')?.split(';')[0];
}

/** Signs in by the form. @returns what the browser sends then */
export async function signedIn(door: Door, text: string): Promise<{ readonly cookie: string }> {
  const body = new URLSearchParams({ token: text, next: '/' }).toString();
  const answer = await door.visit('/login', { method: 'POST', headers: door.ownForm, body });
  if (answer.status !== 303) throw new Error(`the login was answered with ${answer.status}`);
  return { cookie: cookieOf(answer)! };
}
