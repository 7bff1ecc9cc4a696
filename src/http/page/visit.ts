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
  /** Names in the configuration. */
  readonly known: { readonly sources: readonly string[]; readonly sinks: readonly string[] };
  /** No snooze may be longer. */
  readonly snoozeMaxMs: number;
  /** Of the act after which the browser came here. */
  readonly notice?: Notice;
  /** As `perform`, by this visitor. */
  operate<In, Out>(operation: Operation<In, Out>, input: In): Promise<Out>;
}

/** A visitor who has not come in, and sees no view. */
export const nobody: Actor = { name: '', role: 'read', via: 'page', address: null };

/** What a view made of a visit. */
export interface Shown {
  /** For the window. */
  readonly title: string;
  readonly body: JSX.Element;
  /** After so long the page's script asks for it again; absent: it stays as it is. */
  readonly refreshSeconds?: number;
  /** A script of the view's own, behind the page's. */
  readonly script?: 'live';
}

/** @param fields of the path, by name */
export type View = (
  visit: Visit,
  fields: Readonly<Record<string, string>>,
) => Promise<Shown | Done>;

/** Where the browser goes: a path of the page. */
export interface Done {
  readonly goTo: string;
  /** What it is to say there, once. */
  readonly notice?: Notice;
}

/** What an act came to. */
export interface Notice {
  readonly act: DoneName;
  /** To how many; absent: the act has no number. */
  readonly count?: number;
}

/**
 * Does what a form asks for. What an operation refuses is thrown, and shown as a problem.
 * @param form by name; of a field that stands there twice, the last
 */
export type Act = (
  visit: Visit,
  fields: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
) => Promise<Done | Shown>;

/** After an act: the browser goes to the path, and the page says there what was done. */
export function doneAt(path: string, act: DoneName, count?: number): Done {
  return { goTo: path, notice: { act, ...(count !== undefined && { count }) } };
}

export type DoneName = keyof Words['done'];
