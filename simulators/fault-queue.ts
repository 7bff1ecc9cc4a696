// The faults that a simulated far end should show, one after the other, each a number of times.

export type FaultFilter = (body: string, call: string) => boolean;

export interface FaultQueue<Fault> {
  /**
   * Shows `fault` to the next `times` requests that `when` accepts, or to all requests without
   * `when`. `Infinity`: until {@link clear}.
   */
  add(fault: Fault, times?: number, when?: FaultFilter): void;
  /**
   * Takes the fault for one request; undefined if there is none.
   * @param call `PUT /path?query`, where the far end has more than one address
   */
  take(body?: string, call?: string): Fault | undefined;
  clear(): void;
}

export function createFaultQueue<Fault>(): FaultQueue<Fault> {
  let waiting: { fault: Fault; left: number; when: FaultFilter | undefined }[] = [];
  return {
    add(fault, times = 1, when) {
      if (times > 0) waiting.push({ fault, left: times, when });
    },
    take(body = '', call = '') {
      const found = waiting.find(({ when }) => when === undefined || when(body, call));
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left <= 0) waiting = waiting.filter((one) => one !== found);
      return found.fault;
    },
    clear() {
      waiting = [];
    },
  };
}
