// `tocsin tail`: events as they are stored, until somebody stops it.
import { type Command, type CommandArguments, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { oneOf, wordsOf } from '../cli/option-values.ts';
import { sleep } from '../kit/deadline.ts';
import { duration } from '../kit/duration.ts';
import { severityNames } from '../kit/event.ts';
import { cutMiddle } from '../kit/text.ts';
import { MissingIds, type ShownTailed, tail, tailAlsoMax, tailMax } from '../operations/index.ts';
import type { Operate } from '../service/operate.ts';

const everyMs = 1000;
/** How long an event may come after later ones. */
const missingMs = 30_000;

export const command: Command = {
  details: 'From now on, a line an event; with --json, an object a line. Ctrl+C ends it.',
  options: {
    'min-severity': { type: 'string', value: '<name>', help: 'From this severity on' },
    source: { type: 'string', value: '<id,...>', help: 'Only of these sources' },
    sink: { type: 'string', value: '<id>', help: 'Only what goes to this sink' },
    for: { type: 'string', value: '<time>', help: 'Ends after this time, such as 10m' },
    ...jsonOption,
  },
  run({ values }, io) {
    const isWanted = filterOf(values);
    const endMs = performance.now() + lengthOf(values.for);
    return operating(io, async (run) => {
      for await (const event of eventsUntil(endMs, run))
        if (isWanted(event)) io.stdout(values.json ? jsonText(event) : lineOf(event));
    });
  },
};

/** @param endMs of the monotonic clock */
async function* eventsUntil(endMs: number, run: Operate): AsyncGenerator<ShownTailed> {
  const missing = new MissingIds({ waitMs: missingMs, max: tailAlsoMax });
  let after = (await run(tail.tail, { after: null, also: [] })).newest;
  for (;;) {
    const also = missing.waitedFor(performance.now());
    const { items, newest } = await run(tail.tail, { after, also });
    missing.note(
      after,
      items.map(({ id }) => Number(id)),
      performance.now(),
    );
    after = newest;
    yield* items;
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return;
    if (items.length < tailMax) await sleep(Math.min(everyMs, leftMs));
  }
}

/** @throws {UsageError} */
function filterOf(values: CommandArguments['values']): (event: ShownTailed) => boolean {
  const least = values['min-severity'] && String(values['min-severity']).toUpperCase();
  const name = oneOf('min-severity', least || undefined, severityNames);
  const from = name === undefined ? 0 : severityNames.indexOf(name);
  const sources = wordsOf(values.source);
  const sink = values.sink as string | undefined;
  // As in routes, an unknown severity passes every threshold.
  return (event) =>
    (event.severity === 0 || event.severity >= from) &&
    (sources === undefined || sources.includes(event.source)) &&
    (sink === undefined || event.sinks.includes(sink));
}

/** @throws {UsageError} */
function lengthOf(given: CommandArguments['values'][string]): number {
  if (given === undefined) return Number.POSITIVE_INFINITY;
  const ms = duration(String(given));
  if (ms !== undefined) return ms;
  throw new UsageError(`--for ${JSON.stringify(given)} is no time such as 30s or 10m.`);
}

function lineOf(event: ShownTailed): string {
  const { id, receivedAt, severity, type, status, sinks } = event;
  const names = [event.device, event.user, event.file].map((name) => cutMiddle(name ?? '-', 80));
  return row(
    ...[id, receivedAt, severityNames[severity], type, status, ...names],
    sinks.join(', ') || 'no sink',
  );
}
