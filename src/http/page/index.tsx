// The page: finds the view of an address, lets it ask what it shows as the visitor, and puts it
// into the layout. Views hold no rule; operations do.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Locale } from '../../kit/locale.ts';
import { refusal } from '../../kit/refusals.ts';
import {
  type Actor,
  type AnyOperation,
  InputError,
  type Operation,
  type OperationContext,
  perform,
} from '../../operations/index.ts';
import { hasUnstorable } from '../api/input.ts';
import { refusalOf } from '../refusal.ts';
import type { Identify } from '../visitor.ts';
import { type AssetAddresses, createAssets } from './assets.ts';
import { choicesOf } from './choices.ts';
import { keepNotice, takeNotice } from './flash.ts';
import { documentOf } from './layout.tsx';
import { showProblem } from './problem.tsx';
import { refusalIn, strangerIn } from './refused.ts';
import { SharedReads } from './shared-reads.ts';
import { audit, verifyAudit } from './views/audit.tsx';
import { deadLetters, dropDead, dropDeadNow, redriveDead, redriveDeadNow } from './views/dead.tsx';
import { deliveries } from './views/deliveries.tsx';
import { compareDraft, draft } from './views/draft.tsx';
import { oneEvent } from './views/event.tsx';
import { events } from './views/events.tsx';
import { actOnIncident, incidents } from './views/incidents.tsx';
import { live } from './views/live.tsx';
import { now } from './views/now.tsx';
import { numbers } from './views/numbers.tsx';
import { routes, testRoutes } from './views/routes.tsx';
import {
  addSilence,
  endSilence,
  endSilenceNow,
  extendSilence,
  extendSilenceNow,
  newSilence,
  silences,
} from './views/silences.tsx';
import { oneSink, pauseSink, resumeSink, testSink } from './views/sink.tsx';
import { sinks } from './views/sinks.tsx';
import {
  oneSource,
  pauseSource,
  pollSource,
  resetSource,
  resetSourceNow,
  resumeSource,
} from './views/source.tsx';
import { sourceItem, sourceItems } from './views/source-items.tsx';
import { status } from './views/status.tsx';
import {
  endSessions,
  endSessionsNow,
  makeToken,
  revokeToken,
  revokeTokenNow,
  tokens,
} from './views/tokens.tsx';
import { type Act, type Done, nobody, type Shown, type View, type Visit } from './visit.ts';
import { words } from './words/index.ts';

export interface PageDependencies {
  readonly version: string;
  readonly identify: Identify;
  /** For visitors who have chosen none. */
  locale(): Locale;
  /** Undefined while the database is not ready. */
  contextOf(actor: Actor): OperationContext | undefined;
  /** Gets the reason of a failure; the visitor learns only that the view failed. */
  onFailure(view: string, error: unknown): void;
}

/** By path, in Hono's form. */
const views: Readonly<Record<string, View>> = {
  '/': now,
  '/deliveries': deliveries,
  '/dead': deadLetters,
  '/dead/redrive': redriveDead,
  '/dead/drop': dropDead,
  '/events': events,
  '/events/:event': oneEvent,
  '/incidents': incidents,
  '/live': live,
  '/silences': silences,
  '/silences/new': newSilence,
  '/silences/:silence/extend': extendSilence,
  '/silences/:silence/end': endSilence,
  '/sinks': sinks,
  '/sinks/:sink': oneSink,
  '/sources/:source': oneSource,
  '/sources/:source/reset': resetSource,
  '/sources/:source/search': sourceItems,
  '/sources/:source/items/:item': sourceItem,
  '/numbers': numbers,
  '/routes': routes,
  '/routes/test': routes,
  '/routes/draft': draft,
  '/audit': audit,
  '/audit/verify': verifyAudit,
  '/status': status,
  '/tokens': tokens,
  '/tokens/sessions': endSessions,
  '/tokens/:token/revoke': revokeToken,
};

/** What forms ask for, by path. */
const acts: Readonly<Record<string, Act>> = {
  '/dead/redrive': redriveDeadNow,
  '/dead/drop': dropDeadNow,
  '/events/:event/incident': actOnIncident,
  '/silences/new': addSilence,
  '/silences/:silence/extend': extendSilenceNow,
  '/silences/:silence/end': endSilenceNow,
  '/sinks/:sink/pause': pauseSink,
  '/sinks/:sink/resume': resumeSink,
  '/sinks/:sink/test': testSink,
  '/sources/:source/pause': pauseSource,
  '/sources/:source/resume': resumeSource,
  '/sources/:source/poll': pollSource,
  '/sources/:source/reset': resetSourceNow,
  '/routes/test': testRoutes,
  '/routes/draft': compareDraft,
  '/tokens': makeToken,
  '/tokens/sessions': endSessionsNow,
  '/tokens/:token/revoke': revokeTokenNow,
};

const formBytesMax = 100_000;

/** @throws {Error} a file of the page is missing */
export function createPage(deps: PageDependencies): Hono {
  const app = new Hono();
  const page = new Page(deps, createAssets());
  app.route('/', page.assets);
  for (const [path, view] of Object.entries(views))
    app.get(path, (c) => page.answer(c, path, (visit, fields) => view(visit, fields)));
  const limited = bodyLimit({ maxSize: formBytesMax, onError: (c) => page.refuseForm(c) });
  for (const [path, act] of Object.entries(acts))
    app.post(path, limited, (c) =>
      page.answer(c, path, async (visit, fields) => act(visit, fields, await formOf(c))),
    );
  return app;
}

/** Answers requests for one view each. */
class Page {
  readonly assets: Hono;
  readonly #deps: PageDependencies;
  readonly #addresses: AssetAddresses;
  readonly #reads = new SharedReads();

  constructor(deps: PageDependencies, { addresses, routes }: ReturnType<typeof createAssets>) {
    this.#deps = deps;
    this.#addresses = addresses;
    this.assets = routes;
  }

  /** @param path for the log */
  async answer(
    c: Context,
    path: string,
    make: (visit: Visit, fields: Readonly<Record<string, string>>) => Promise<Shown | Done>,
  ): Promise<Response> {
    const visitor = await this.#deps.identify(c);
    const actor = 'actor' in visitor ? visitor.actor : nobody;
    const { visit, isReady } = this.#visitOf(c, { ...actor, via: 'page' });
    const { problems } = visit.words;
    if ('stranger' in visitor) {
      const { status: code } = visitor.stranger;
      // To be asked for a token beats being told that one has none.
      if (code === 401 && c.req.method === 'GET') return c.redirect(signInAt(visit.url), 303);
      const why = strangerIn(visit.locale, visitor.stranger);
      return this.#draw(c, visit, { ...showProblem(why, visit.words), code });
    }
    if (!isReady)
      return this.#draw(c, visit, { ...showProblem(problems.notReady, visit.words), code: 503 });
    try {
      const made = await make(visit, c.req.param() as Record<string, string>);
      if (!('goTo' in made)) return await this.#draw(c, visit, made);
      if (made.notice !== undefined) keepNotice(c, made.notice);
      return c.redirect(made.goTo, 303);
    } catch (error) {
      const known = refusalOf(error);
      if (known === undefined) this.#deps.onFailure(path, error);
      const code = known?.status ?? 500;
      const detail = known ? refusalIn(visit.locale, error, known.detail) : problems.failed;
      return this.#draw(c, visit, { ...showProblem(detail, visit.words), code });
    }
  }

  /** It is too long, whoever sent it. */
  refuseForm(c: Context): Promise<Response> {
    const { visit } = this.#visitOf(c, nobody);
    const detail = visit.words.problems.formTooLong.replace('{bytes}', String(formBytesMax));
    return this.#draw(c, visit, { ...showProblem(detail, visit.words), code: 413 });
  }

  #visitOf(c: Context, actor: Actor): { readonly visit: Visit; readonly isReady: boolean } {
    const { locale, theme } = choicesOf(c, this.#deps.locale());
    const context = this.#deps.contextOf(actor);
    const notice = c.req.method === 'GET' ? takeNotice(c) : undefined;
    const visit: Visit = {
      ...{ actor, locale, theme, words: words[locale] },
      ...(notice && { notice }),
      version: this.#deps.version,
      url: new URL(c.req.url),
      known: namesOf(context),
      snoozeMaxMs: context?.config.incidents.snoozeMaxMs ?? 0,
      operate: (operation, input) =>
        this.#reads.answer(operation as unknown as AnyOperation, context!, {
          input,
          ask: () => performStorable(operation, context!, input),
        }),
    };
    return { visit, isReady: context !== undefined };
  }

  async #draw(
    c: Context,
    visit: Visit,
    { code = 200, ...shown }: Shown & { readonly code?: StatusCode },
  ): Promise<Response> {
    return c.html(await documentOf(visit, shown, this.#addresses), code);
  }
}

type StatusCode = 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503;

/** And back to where the visitor wanted to go. */
function signInAt({ pathname, search }: URL): string {
  return `/login?${new URLSearchParams({ next: `${pathname}${search}` })}`;
}

/** Somebody may have written anything into an address, and the database takes no NUL. */
async function performStorable<In, Out>(
  operation: Operation<In, Out>,
  context: OperationContext,
  input: In,
): Promise<Out> {
  if (hasUnstorable(input)) throw new InputError([refusal('unstorable')]);
  return await perform(operation, context, input);
}

function namesOf(context: OperationContext | undefined): Visit['known'] {
  const { sources = [], sinks = [] } = context?.config ?? {};
  return { sources: sources.map(({ id }) => id), sinks: sinks.map(({ id }) => id) };
}

/** @throws {InputError} it is none */
async function formOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const fields = await c.req.parseBody().catch(() => {
    throw new InputError([refusal('formUnread')]);
  });
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
