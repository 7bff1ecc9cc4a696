// The page in a browser, served over loopback by the real app on a database of its own.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { AppDependencies } from '../../src/http/app.ts';
import type { Actor } from '../../src/operations/index.ts';
import type { Database } from '../../src/store/database.ts';
import { setUp } from '../http/set-up.ts';
import { ann, contextOn } from '../operations/acting.ts';
import { Chromium } from './chromium.ts';

/** Runs before the page's own script: whatever should not happen is noted. */
const watch = `
  globalThis.noted = [];
  const note = (what) => globalThis.noted.push(what);
  document.addEventListener('securitypolicyviolation', (event) =>
    note('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
  addEventListener('error', (event) => note('error: ' + event.message));
  addEventListener('unhandledrejection', (event) => note('rejection: ' + event.reason));
  for (const name of ['alert', 'confirm', 'prompt', 'open']) window[name] = () => note(name);
  globalThis.pwned = () => note('pwned');
`;

export interface Pages {
  readonly browser: Chromium;
  readonly origin: string;
  open(path: string): Promise<void>;
  value<Value>(expression: string): Promise<Value>;
  /** Resolves once the expression is true. @throws {Error} it is not within five seconds */
  until(expression: string): Promise<void>;
  /** What should not have happened on the page that is open. */
  noted(): Promise<string[]>;
  /** What axe finds wrong, one line each. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param more in place of the app's own; default: whoever looks may do everything */
export async function openPages(db: Database, more: Partial<AppDependencies> = {}): Promise<Pages> {
  const { app } = setUp({
    identify: async () => ({ actor: ann }),
    contextOf: (actor: Actor) => contextOn(db, { actor }),
    ...more,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await Chromium.start();
  await browser.prepare(watch);
  const value = <Value>(expression: string) => browser.value<Value>(expression);
  return {
    browser,
    origin,
    value,
    open: (path) => browser.open(origin + path),
    async until(expression) {
      const endMs = Date.now() + 5000;
      while (!(await value<boolean>(`Boolean(${expression})`))) {
        if (Date.now() > endMs) throw new Error(`never true: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    noted: async () => {
      const elsewhere = await value<string[]>(
        `performance.getEntriesByType('resource').map(({ name }) => name)
          .filter((name) => !name.startsWith(location.origin + '/'))`,
      );
      return [...(await value<string[]>('globalThis.noted')), ...elsewhere];
    },
    async faults() {
      await value(`${axe()}; undefined`);
      return await value<string[]>(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
          violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
      );
    },
    async close() {
      await browser.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let axeText: string | undefined;

function axe(): string {
  axeText ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return axeText;
}
