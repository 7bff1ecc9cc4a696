// Holds signals from the first line of the program on, until the command can handle them. Imports
// nothing, so that it works before everything else is loaded.

/** SIGPIPE is not among them: Node ignores it, and a write fails with EPIPE. */
const held = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const;
export type HeldSignal = (typeof held)[number];

export interface Signals {
  /** From now on each signal goes to `handle`; those that were held go there at once. */
  handOver(handle: (signal: HeldSignal) => void): void;
  /** Gives signals back their default effect, and sends those that were held again. */
  release(): void;
}

/**
 * Holds the signals of this process. Ignores SIGUSR1 for good: without a handler Node would open
 * its inspector, through which any user of the machine could run code here.
 */
export function holdSignals(): Signals {
  const pending: HeldSignal[] = [];
  let take = (signal: HeldSignal): void => void pending.push(signal);
  const onSignal = (signal: NodeJS.Signals): void => take(signal as HeldSignal);
  process.on('SIGUSR1', () => {});
  for (const name of held) process.on(name, onSignal);
  return {
    handOver(handle) {
      take = handle;
      for (const signal of pending.splice(0)) handle(signal);
    },
    release() {
      for (const name of held) process.off(name, onSignal);
      for (const signal of pending.splice(0)) process.kill(process.pid, signal);
    },
  };
}
