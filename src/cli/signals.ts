// Signals from the first line of the program on: those that come before the command can handle them
// wait for it. Imports nothing, so that it is there before everything else is loaded.

/** SIGPIPE is not here: Node ignores it, and a write then fails with EPIPE. */
const held = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const;
export type HeldSignal = (typeof held)[number];

export interface Signals {
  /** Each signal goes to `handle` from now on, at once those that have come already. */
  handOver(handle: (signal: HeldSignal) => void): void;
  /** Each signal has its default effect again, which those that have come already then have. */
  release(): void;
}

/**
 * Holds the signals of this process. SIGUSR1 is ignored for good: without a handler Node opens its
 * inspector, through which any user of the machine could run code here.
 */
export function holdSignals(): Signals {
  const came: HeldSignal[] = [];
  let take = (signal: HeldSignal): void => void came.push(signal);
  const onSignal = (signal: NodeJS.Signals): void => take(signal as HeldSignal);
  process.on('SIGUSR1', () => {});
  for (const name of held) process.on(name, onSignal);
  return {
    handOver(handle) {
      take = handle;
      for (const signal of came.splice(0)) handle(signal);
    },
    release() {
      for (const name of held) process.off(name, onSignal);
      for (const signal of came.splice(0)) process.kill(process.pid, signal);
    },
  };
}
