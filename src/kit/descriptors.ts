// File descriptors: how many this process may have, how many it needs, and what to say when none is
// left. It runs before anything else is loaded, so it imports nothing of ours.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/**
 * Loading the code opened over 190 at once when measured; the embedded database keeps 122 open
 * while every role is at work.
 */
export const descriptorsMin = 256;
/** With fewer, the HTTP server accepts fewer connections than usual. */
export const descriptorsWanted = 672;

const raise =
  'Raise the limit to 1024 or more: ulimit -n in the shell, LimitNOFILE= in a systemd unit, --ulimit nofile= of Docker.';

/** Follows the name of what could not be opened or called. */
export const descriptorsUsedUp = {
  meaning: 'this process has no file descriptor left, so it could not even try',
  remedy: raise,
} as const;

/** True if the process, or the whole machine, has no descriptor left. */
export function isOutOfDescriptors(code: string | undefined): boolean {
  return code === 'EMFILE' || code === 'ENFILE';
}

/**
 * Tries to open a file. Needed because the system reports a host name that it could not look up for
 * lack of a descriptor as one that does not exist.
 */
export function areDescriptorsUsedUp(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return false;
  } catch (error) {
    return isOutOfDescriptors((error as NodeJS.ErrnoException).code);
  }
}

/** How many this process may have; undefined if there is no limit, or it is not known. */
export function descriptorLimit(): number | undefined {
  try {
    return limitOf(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The soft limit in the text of Linux's `/proc/<pid>/limits`. Pure. */
export function limitOf(limits: string): number | undefined {
  const soft = /^Max open files\s+(\d+)\s/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** Why a process with this limit cannot start; undefined if it can. Pure. */
export function startProblem(limit: number | undefined): string | undefined {
  if (limit === undefined || limit >= descriptorsMin) return undefined;
  return `this process may have ${limit} file descriptors, and needs at least ${descriptorsMin} to start. ${raise}`;
}

/**
 * A warning about a limit that lets the process start but leaves it short; undefined if there is
 * enough. Pure.
 */
export function shortageWarning(limit: number | undefined): string | undefined {
  if (limit === undefined || limit >= descriptorsWanted) return undefined;
  return `this process may have ${limit} file descriptors, so that few can look at /readyz and /metrics at once. ${raise}`;
}

/**
 * How many connections the HTTP server may accept at once: a quarter of what is left, so that calls
 * and files have room. Pure.
 */
export function visitorsMax(limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  return Math.max(8, Math.min(max, Math.floor((limit - 160) / 4)));
}
