// The page: finds the view of an address, lets it ask what it shows as the visitor, and puts it
// into the layout. Views hold no rule; operations do.
import { type Context, Hono } from 'hono';
import type { Locale } from '../../kit/locale.ts';
import { type Actor, type OperationContext, perform } from '../../operations/index.ts';
import type { Identify } from '../visitor.ts';
import { createAssets } from './assets.ts';
import { choicesOf } from './choices.ts';
import { documentOf } from './layout.tsx';
import { problemOf, showProblem } from './problem.tsx';
import { now } from './views/now.tsx';
import { status } from './views/status.tsx';
import type { Shown, View, Visit } from './visit.ts';
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
  '/status': status,
};

/** @throws {Error} a file of the page is missing */
export function createPage(deps: PageDependencies): Hono {
  const app = new Hono();
  const { addresses, routes } = createAssets();
  app.route('/', routes);

  async function show(c: Context, path: string, view: View): Promise<Response> {
    const { locale, theme } = choicesOf(c, deps.locale());
    const own = words[locale];
    const url = new URL(c.req.url);
    const visitor = await deps.identify(c);
    const actor: Actor =
      'actor' in visitor
        ? { ...visitor.actor, via: 'page' }
        : { name: '', role: 'read', via: 'page', address: null };
    const context = deps.contextOf(actor);
    const visit: Visit = {
      ...{ actor, words: own, locale, theme, version: deps.version, url },
      operate: (operation, input) => perform(operation, context!, input),
    };
    const answer = (shown: Shown, code: 200 | 400 | 401 | 403 | 404 | 409 | 429 | 500 | 503) =>
      c.html(documentOf(visit, shown, addresses), code);
    if ('stranger' in visitor) {
      const { status: code, detail } = visitor.stranger;
      return answer(showProblem(detail, own), code);
    }
    if (context === undefined) return answer(showProblem(own.problems.notReady, own), 503);
    try {
      return answer(await view(visit, c.req.param() as Record<string, string>), 200);
    } catch (error) {
      const known = problemOf(error);
      if (known !== undefined) return answer(showProblem(known.detail, own), known.status);
      deps.onFailure(path, error);
      return answer(showProblem(own.problems.failed, own), 500);
    }
  }

  for (const [path, view] of Object.entries(views)) app.get(path, (c) => show(c, path, view));
  return app;
}
