// A queue in memory before a sender, with a limit on how many are in flight.

export const inFlightMax = 32;

/**
 * Sends what is offered, oldest first, and reports each; a failure ends the process, because none
 * is expected here.
 */
export function createSendQueue(send, onSent) {
  let queue = [];
  let head = 0;
  let inFlight = 0;
  let wake;
  function pump() {
    while (inFlight < inFlightMax && head < queue.length) {
      const draft = queue[head];
      head += 1;
      inFlight += 1;
      void send(draft).then(() => {
        inFlight -= 1;
        onSent(draft);
        pump();
      });
    }
    if (queue.length - head < 500) wake?.();
    if (head === queue.length && head > 0) {
      queue = [];
      head = 0;
    } else if (head > 2000) {
      queue = queue.slice(head);
      head = 0;
    }
  }
  return {
    offer(drafts) {
      for (const draft of drafts) queue.push(draft);
      pump();
    },
    /** Resolves once few enough wait, so that memory stays bounded. */
    async hasRoom() {
      while (queue.length - head >= 500) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
    },
  };
}
