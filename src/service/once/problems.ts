// What did not work in a run of `tocsin once`, in words for the person who reads the mail of cron.

import type { Standing } from '../../core/identity/standing.ts';
import type { Drained } from '../../core/intake/drain.ts';
import type { Controls } from '../../core/loops/controls.ts';
import type { Pause } from '../../kit/records/control.ts';
import type { SinkCounts } from '../../kit/records/delivery.ts';
import type { Sink } from '../../kit/sink.ts';
import { neutralText } from '../../kit/text.ts';
import { describeError } from '../../observe/log.ts';

/** How long a sink's own check may take. */
export const checkMs = 10_000;

/** One sentence for each source that was not read to its end. Pure. */
export function sourceProblems(
  sources: readonly { readonly id: string }[],
  drained: ReadonlyMap<string, Drained>,
): string[] {
  return sources.flatMap(({ id }) => {
    const result = drained.get(id);
    if (result === undefined)
      return [`source ${id}: another process is reading it; nothing was read here`];
    return result.failure ? [`source ${id}: ${result.failure.message}`] : [];
  });
}

export interface Outcome {
  readonly counts: readonly Pick<SinkCounts, 'sink' | 'pending' | 'grouped' | 'dead'>[];
  /** Those that are configured. */
  readonly sinks: readonly { readonly id: string; readonly sink: Pick<Sink, 'check'> }[];
  readonly contested: Standing['contested'];
}

/**
 * A sentence for each sink with deliveries that were not delivered, and one for each with dead
 * ones. Asks the check of a sink for the reason. What waits for the time of its group is no problem.
 */
export async function sinkProblems(outcome: Outcome): Promise<string[]> {
  const problems = outcome.counts.map(async ({ sink, pending, grouped, dead }) => [
    ...(pending > grouped
      ? [
          `sink ${sink}: ${pending - grouped} not delivered yet; they are kept, the next run goes on with them${await whyNot(sink, outcome)}`,
        ]
      : []),
    ...(dead > 0 ? [`sink ${sink}: ${dead} dead; see "tocsin dead list"`] : []),
  ]);
  return (await Promise.all(problems)).flat();
}

export interface Paused {
  readonly sources: readonly { readonly id: string }[];
  readonly sinks: readonly { readonly id: string }[];
  readonly counts: readonly Pick<SinkCounts, 'sink' | 'pending'>[];
  readonly controls: Pick<Controls, 'pauseOf'>;
}

/** One sentence for each source and sink that an operator has paused. */
export function pauseRemarks({ sources, sinks, counts, controls }: Paused): string[] {
  const ofSources = sources.flatMap(({ id }) => {
    const pause = controls.pauseOf(`source:${id}`);
    return pause === null ? [] : [`source ${id}: ${pauseText(pause)}; it was not read`];
  });
  const ofSinks = sinks.flatMap(({ id }) => {
    const pause = controls.pauseOf(`sink:${id}`);
    const waiting = counts.find(({ sink }) => sink === id)?.pending ?? 0;
    return pause === null ? [] : [`sink ${id}: ${pauseText(pause)}; ${waiting} wait and are kept`];
  });
  return [...ofSources, ...ofSinks];
}

/** The operator's words go to a terminal. */
function pauseText({ by, until, reason }: Pause): string {
  const said = neutralText(`${by} (${reason})`, { multiline: false });
  return `paused until ${until} by ${said}`;
}

/** Begins with a full stop; empty if the sink's check passes, or if it has none. */
async function whyNot(id: string, { sinks, contested }: Outcome): Promise<string> {
  const elsewhere = contested.find(({ sink }) => sink === id)?.place;
  if (elsewhere !== undefined)
    return `. What waits belongs to another place, ${elsewhere}; see "tocsin check"`;
  const sink = sinks.find((one) => one.id === id)?.sink;
  if (sink === undefined)
    return `. It is configured no more: "tocsin dead move --from ${id} --to <sink>" or "tocsin dead drop --sink ${id}"`;
  try {
    await sink.check?.(AbortSignal.timeout(checkMs));
    return '';
  } catch (error) {
    return `. ${describeError(error).message}`;
  }
}
