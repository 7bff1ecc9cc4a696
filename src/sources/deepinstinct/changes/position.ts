// The cursor of the source of changes: how far each sweep came, and what of the budget is used.
// Opaque to everybody else. Pure.

import { parsedJson } from '../../../kit/parsed-json.ts';
import { isObject } from '../page.ts';
import type { Stream } from '../stream.ts';
import { timeMsOf } from '../time.ts';

export type SweepKind = 'closed' | 'recurred' | 'reopened';
export const sweepKinds = ['closed', 'recurred', 'reopened'] as const;

/** `event closed` */
export type SweepName = `${Stream} ${SweepKind}`;

/** A sweep that was begun, and has further pages. */
export interface Run {
  /** ISO 8601 in UTC. */
  readonly from: string;
  readonly to: string;
  /** The number after which it goes on. */
  readonly after: number;
  /** The latest time that it met so far. */
  readonly latest: string | null;
}

export interface Sweep {
  /** The latest time that the console has shown, by its own clock; null: none yet. */
  readonly reached: string | null;
  /** When it was last made to its end; null: never. Milliseconds since the epoch. */
  readonly doneMs: number | null;
  readonly run: Run | null;
}

export interface Position {
  readonly sweeps: Readonly<Partial<Record<SweepName, Sweep>>>;
  /** When the requests of the last minute were made; milliseconds since the epoch. */
  readonly usedMs: readonly number[];
}

export const nowhere: Position = { sweeps: {}, usedMs: [] };
export const neverSwept: Sweep = { reached: null, doneMs: null, run: null };

const usedMax = 600;
const name = /^(event|suspicious) (closed|recurred|reopened)$/;

export function formatPosition({ sweeps, usedMs }: Position): string {
  return JSON.stringify({ sweeps, usedMs });
}

/** Undefined if the text is no such cursor. */
export function parsePosition(text: string): Position | undefined {
  const value = parsedJson(text);
  if (!isObject(value) || !isObject(value.sweeps) || !Array.isArray(value.usedMs)) return undefined;
  const sweeps = Object.entries(value.sweeps).flatMap(([key, sweep]) => {
    const read = name.test(key) ? sweepOf(sweep) : undefined;
    return read === undefined ? [] : [[key, read] as const];
  });
  const usedMs = value.usedMs.filter(isTimeMs).slice(-usedMax);
  return { sweeps: Object.fromEntries(sweeps), usedMs };
}

/** For people: up to when each of the sweeps has seen. */
export function describePosition(text: string): string | undefined {
  const position = parsePosition(text);
  if (position === undefined) return undefined;
  const done = Object.values(position.sweeps).flatMap(({ doneMs }) => doneMs ?? []);
  if (done.length === 0) return 'no sweep made yet';
  return `changes swept until ${new Date(Math.min(...done)).toISOString()}`;
}

function sweepOf(value: unknown): Sweep | undefined {
  if (!isObject(value)) return undefined;
  const { reached, doneMs, run } = value;
  return {
    reached: isTime(reached) ? reached : null,
    doneMs: isTimeMs(doneMs) ? doneMs : null,
    run: runOf(run),
  };
}

function runOf(value: unknown): Run | null {
  if (!isObject(value)) return null;
  const { from, to, after, latest } = value;
  if (!isTime(from) || !isTime(to) || !Number.isSafeInteger(after)) return null;
  return { from, to, after: after as number, latest: isTime(latest) ? latest : null };
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && timeMsOf(value) !== undefined;
}

function isTimeMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 8.64e15;
}
