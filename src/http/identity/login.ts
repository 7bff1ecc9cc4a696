// Signs browsers in and out: `/login`, `/logout`. The look of the form is the page's.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Proof } from '../../operations/index.ts';
import { problem } from '../api/problem.ts';
import { type Stranger, strangerOf } from '../visitor.ts';
import { type Gate, notReady, unavailable } from './gate.ts';
import { ownPath } from './next.ts';
import { callbackPath, tripOfText, tripToText } from './oidc.ts';
import { roleOf } from './roles.ts';
import { withoutRole } from './sso.ts';

export interface LoginFacts {
  /** Where the browser goes then: the value of the form's hidden field `next`. */
  readonly next: string;
  /** Why nobody came in; null: nothing went wrong yet. */
  readonly stranger: Stranger | null;
  /** Whether there is a link to `/login/oidc`. */
  readonly hasOidc: boolean;
}

/** A form that posts `token` and `next` to `/login`. */
export type LoginPage = (c: Context, facts: LoginFacts) => Response | Promise<Response>;

const bodyBytesMax = 10_000;
const noProvider = strangerOf(503, 'providerAway');
const noTrip = strangerOf(401, 'signInStale');
const notAccepted = strangerOf(401, 'providerSilent');

export function createLoginRoutes(gate: Gate, page: LoginPage): Hono {
  const app = new Hono();
  const show = async (c: Context, { next, stranger }: { next: string; stranger?: Stranger }) => {
    const hasOidc = gate.ways.access.oidc !== undefined;
    const shown = await page(c, { next, stranger: stranger ?? null, hasOidc });
    const status = stranger?.status ?? 200;
    const headers = new Headers(shown.headers);
    if (stranger?.retryAfterSeconds !== undefined)
      headers.set('retry-after', String(stranger.retryAfterSeconds));
    return new Response(shown.body, { status, headers });
  };
  const refuse = (c: Context, sent: Sent, stranger: Stranger) =>
    sent.isForm
      ? show(c, { next: sent.next, stranger })
      : problem(stranger.status, stranger.detail, retryAfter(stranger));

  // By path: these routes stand in one app with those of the page, which take larger forms.
  const tooLong = () => problem(413, 'It is too long.');
  for (const path of ['/login/*', '/logout'])
    app.use(path, bodyLimit({ maxSize: bodyBytesMax, onError: tooLong }));
  app.get('/login', (c) => show(c, { next: ownPath(c.req.query('next')) }));
  app.post('/login', async (c) => {
    const forgery = gate.forgeryIn(c);
    if (forgery !== null) return problem(403, forgery);
    const sent = await sentIn(c);
    try {
      const proof = await gate.proofBy(sent.token, gate.clientOf(c));
      if ('stranger' in proof) return refuse(c, sent, proof.stranger);
      await begin(c, gate, proof);
      const { name, role } = proof;
      return sent.isForm ? c.redirect(sent.next, 303) : c.json({ name, role });
    } catch (error) {
      gate.onFailure('login', error);
      return refuse(c, sent, unavailable);
    }
  });
  app.get('/login/oidc', (c) => leave(c, gate, show));
  app.get(callbackPath, (c) => comeBack(c, gate, show));
  app.post('/logout', async (c) => {
    const forgery = gate.forgeryIn(c);
    if (forgery !== null) return problem(403, forgery);
    await endSession(c, gate);
    return c.redirect('/login', 303);
  });
  return app;
}

type Show = (
  c: Context,
  shown: { readonly next: string; readonly stranger?: Stranger },
) => Promise<Response>;

/** To the identity provider. */
async function leave(c: Context, gate: Gate, show: Show): Promise<Response> {
  const next = ownPath(c.req.query('next'));
  const { oidc } = gate.ways;
  if (oidc === undefined) return c.notFound();
  try {
    const { url, trip } = await oidc.provider.begin(next);
    oidc.trip.set(c, tripToText(trip));
    return c.redirect(url.href, 302);
  } catch (error) {
    gate.onFailure('oidc', error);
    return show(c, { next, stranger: noProvider });
  }
}

/** From the identity provider, with its word. */
async function comeBack(c: Context, gate: Gate, show: Show): Promise<Response> {
  const { oidc, access } = gate.ways;
  if (oidc === undefined) return c.notFound();
  const trip = tripOfText(oidc.trip.read(c));
  // Once: what the provider said is good for nothing a second time.
  oidc.trip.clear(c);
  if (trip === null) return show(c, { next: '/', stranger: noTrip });
  const next = ownPath(trip.next);
  if (gate.signIn === undefined) return show(c, { next, stranger: notReady });
  try {
    const user = await oidc.provider.finish(new URL(c.req.url).search, trip);
    if (user === null) return show(c, { next, stranger: notAccepted });
    const role = roleOf(user.groups, access.roles);
    if (role === null) return show(c, { next, stranger: withoutRole(user.name) });
    await begin(c, gate, { name: user.name, role, via: 'oidc', tokenId: null });
    return c.redirect(next, 303);
  } catch (error) {
    gate.onFailure('oidc', error);
    return show(c, { next, stranger: notAccepted });
  }
}

/** Begins a session with a new cookie, and ends the one that the browser had. */
export async function begin(c: Context, gate: Gate, proof: Proof): Promise<void> {
  await endSession(c, gate);
  const secret = await gate.signIn!.begin(proof, gate.clientOf(c).address);
  gate.ways.session.set(c, secret);
}

async function endSession(c: Context, gate: Gate): Promise<void> {
  const { session } = gate.ways;
  const secret = session.read(c);
  if (secret === undefined) return;
  await gate.signIn?.end(secret, gate.clientOf(c).address);
  session.clear(c);
}

interface Sent {
  readonly token: string;
  readonly next: string;
  readonly isForm: boolean;
}

/** What cannot be read is an empty token. */
async function sentIn(c: Context): Promise<Sent> {
  const isForm = !/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '');
  const body: unknown = await (isForm ? c.req.parseBody() : c.req.json()).catch(() => ({}));
  const { token, next } = (body ?? {}) as { readonly token?: unknown; readonly next?: unknown };
  // People paste it with what surrounds it.
  return { token: typeof token === 'string' ? token.trim() : '', next: ownPath(next), isForm };
}

function retryAfter({ retryAfterSeconds }: Stranger): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
}
