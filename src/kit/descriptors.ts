// File descriptors: how many this process may have, how many it needs, and what to say when none is
// left. Needed before anything else can be loaded, so it imports nothing of ours.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/**
 * Loading the code has opened over 190 at once, by chance; the embedded database keeps 122 with all
 * roles at work.
 */
export const descriptorsMin = 256;
/** Below it, fewer visitors of the HTTP server are let in than usual. */
export const descriptorsWanted = 672;

const raise =
  'Raise the limit to 1024 or more: ulimit -n in the shell, LimitNOFILE= in a systemd unit, --ulimit nofile= of Docker.';

/** Follows the name of what could not be opened or called. */
export const descriptorsUsedUp = {
  meaning: 'this process has no file descriptor left, so it could not even try',
  remedy: raise,
} as const;

/** Of the process, or of the whole machine. */
export function isOutOfDescriptors(code: string | undefined): boolean {
  return code === 'EMFILE' || code === 'ENFILE';
}

/**
 * A name that cannot be looked up for want of a descriptor is reported as one that does not exist.
 */
export function areDescriptorsUsedUp(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return false;
  } catch (error) {
    return isOutOfDescriptors((error as NodeJS.ErrnoException).code);
  }
}

/** How many this process may have; undefined without a limit, and where the system does not say. */
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
 * What to say of a limit with which it starts, but is short of room; undefined if there is enough.
 * Pure.
 */
export function shortageWarning(limit: number | undefined): string | undefined {
  if (limit === undefined || limit >= descriptorsWanted) return undefined;
  return `this process may have ${limit} file descriptors, so that few can look at /readyz and /metrics at once. ${raise}`;
}

/**
 * How many visitors to let in at once: a quarter of what is left, so that calls and files find
 * room. Pure.
 */
export function visitorsMax(limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  return Math.max(8, Math.min(max, Math.floor((limit - 160) / 4)));
}
