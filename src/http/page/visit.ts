// One request of the page: who looks, in which language, and how it asks for what it shows.
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Locale } from '../../kit/locale.ts';
import type { Actor, Operation } from '../../operations/index.ts';
import type { Words } from './words/index.ts';

export type Theme = 'auto' | 'light' | 'dark';

export interface Visit {
  readonly actor: Actor;
  readonly words: Words;
  readonly locale: Locale;
  readonly theme: Theme;
  readonly version: string;
  /** Path and query, as the visitor wrote them. */
  readonly url: URL;
  /** As `perform`, by this visitor. */
  operate<In, Out>(operation: Operation<In, Out>, input: In): Promise<Out>;
}

/** What a view made of a visit. */
export interface Shown {
  /** For the window. */
  readonly title: string;
  readonly body: JSX.Element;
  /** After so long the page's script asks for it again; absent: it stays as it is. */
  readonly refreshSeconds?: number;
}

/** @param fields of the path, by name */
export type View = (visit: Visit, fields: Readonly<Record<string, string>>) => Promise<Shown>;
