// What both ways to play the demo stand on: the two simulated far ends, Tocsin between them, and
// somebody who watches.
import type { Mattermost } from '../mattermost/index.ts';
import type { Tenant } from '../tenant/index.ts';
import type { ScenarioAdd } from './scenario.ts';

export interface Stage {
  readonly tenant: Tenant;
  readonly mattermost: Mattermost;
  /** Tocsin as it runs: where its health and metrics are, and when it began to read. */
  readonly tocsin: { readonly address: string; readonly ready: Promise<void> };
  /** The temporary directory. */
  readonly directory: string;
  /** Tocsin's newest warnings and errors, as it logged them. */
  readonly logLines: readonly string[];
  /** Aborted by Ctrl-C; or with what broke, as an error that is no AbortError. */
  readonly ending: AbortSignal;
  /** `text` ends its own lines. */
  say(text: string): void;
  /** For what went wrong. */
  complain(text: string): void;
}

/** @returns how many events that were */
export function addAll(tenant: Tenant, adds: readonly ScenarioAdd[]): number {
  for (const { stream, count, options } of adds) tenant.add(stream, count, options);
  return adds.reduce((sum, { count }) => sum + count, 0);
}

/** Resolves when the demo is to end. */
export function ended(ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ending.aborted) resolve();
    else ending.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** @throws what broke, if the demo ends because of that */
export function throwIfBroken({ aborted, reason }: AbortSignal): void {
  if (aborted && reason instanceof Error && reason.name !== 'AbortError') throw reason;
}
