// Visits of the page in tests: through the whole app, on a database, without a server.

import { createPage, type PageDependencies } from '../../../src/http/page/index.tsx';
import type { Visit } from '../../../src/http/page/visit.ts';
import { words } from '../../../src/http/page/words/index.ts';
import type { Actor, OperationContext, Permission } from '../../../src/operations/index.ts';
import { perform } from '../../../src/operations/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { ann, contextOn } from '../../operations/acting.ts';

/** What is put in place of the service's own parts. */
export function createTestPage(db: Database, more: Partial<PageDependencies> = {}) {
  return createPage({
    version: '1.2.3',
    identify: async () => ({ actor: ann }),
    locale: () => 'en',
    contextOf: (actor: Actor) => contextOn(db, { actor }),
    onFailure: () => undefined,
    ...more,
  });
}

/** For a view alone. */
export function visitOf(db: Database, path = '/', more: Partial<Visit> = {}): Visit {
  const context: OperationContext = contextOn(db);
  return {
    ...{ actor: ann, words: words.en, locale: 'en', theme: 'auto', version: '1.2.3' },
    url: new URL(path, 'http://tocsin.example'),
    known: { sources: ['a'], sinks: ['soc'] },
    snoozeMaxMs: 604_800_000,
    operate: (operation, input) => perform(operation, context, input),
    ...more,
  };
}

/** Somebody who looks at pages and sends forms. */
export function visitor(
  db: Database,
  role: Permission = 'operate',
  more: Partial<PageDependencies> = {},
) {
  const page = createTestPage(db, { identify: async () => ({ actor: { ...ann, role } }), ...more });
  return {
    get: async (path: string) => (await page.request(path)).text(),
    post: async (path: string, form: Readonly<Record<string, string>>) =>
      page.request(path, { method: 'POST', body: new URLSearchParams(form) }),
  };
}

/** The path to which an answer sends the browser, and what it is to say there. */
export function sentTo({ headers }: Response): string {
  const kept = headers.getSetCookie().find((one) => one.startsWith('tocsin_notice='));
  const [, notice = ''] = /^tocsin_notice=([^;]*)/.exec(kept ?? '') ?? [];
  return `${headers.get('location')} ${notice}`.trim();
}
