// How all loops of core wait: until a time has passed, until there is work, or until they must
// stop.

export interface Wake {
  /** Ends the current wait, or makes the next one return at once. */
  now(): void;
  /** Resolves after `ms`, or as soon as `now` is called. */
  wait(ms: number): Promise<void>;
}

export function createWake(): Wake {
  let isCalled = false;
  let end: (() => void) | undefined;
  return {
    now() {
      isCalled = true;
      end?.();
    },
    wait(ms) {
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          end = undefined;
          isCalled = false;
          resolve();
        };
        const timer = setTimeout(finish, Math.max(0, ms));
        end = finish;
        if (isCalled) finish();
      });
    },
  };
}
