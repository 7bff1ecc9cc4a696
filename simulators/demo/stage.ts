// What both forms of the demo use: the two simulated far ends, Tocsin between them, and ways to
// print.
import type { Account, Mattermost } from '../mattermost/index.ts';
import type { Tenant } from '../tenant/index.ts';
import type { ScenarioAdd } from './scenario.ts';

export interface Stage {
  readonly tenant: Tenant;
  readonly mattermost: Mattermost;
  /** Who reads the channel, presses its buttons and writes commands. */
  readonly analyst: Account;
  /** The running Tocsin: the address of its health and metrics, and when it begins to read. */
  readonly tocsin: { readonly address: string; readonly ready: Promise<void> };
  /** Begins a session of Tocsin's page that may do everything. @returns its `Set-Cookie` header */
  signIn(): Promise<string>;
  /** The temporary directory. */
  readonly directory: string;
  /** Tocsin's newest warnings and errors, as it logged them. */
  readonly logLines: readonly string[];
  /** Aborted by Ctrl-C, or with the error of what broke, which is no AbortError. */
  readonly ending: AbortSignal;
  /** Prints `text`, which ends its own lines. */
  say(text: string): void;
  /** Prints what went wrong. */
  complain(text: string): void;
}

/** Adds the events. @returns how many there are */
export function addAll(tenant: Tenant, adds: readonly ScenarioAdd[]): number {
  for (const { stream, count, options } of adds) tenant.add(stream, count, options);
  return adds.reduce((sum, { count }) => sum + count, 0);
}

/** Resolves when the demo should end. */
export function ended(ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ending.aborted) resolve();
    else ending.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** @throws the error that ended the demo, if something broke */
export function throwIfBroken({ aborted, reason }: AbortSignal): void {
  if (aborted && reason instanceof Error && reason.name !== 'AbortError') throw reason;
}
