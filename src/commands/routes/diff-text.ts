// What `tocsin routes diff` prints for people: a table of the sinks, and the events that would no
// longer be announced. Pure.

import { onOneLine } from '../../cli/lines.ts';
import {
  type Comparison,
  graveLost,
  isGrave,
  type Loss,
  type Renames,
  type SinkComparison,
} from '../../core/routing/comparison.ts';
import { type Severity, severityNames } from '../../kit/event.ts';
import { cutMiddle } from '../../kit/text.ts';

/** An event of HIGH, CRITICAL or unknown severity that would no longer be announced. */
export interface LostEvent {
  readonly id: number;
  readonly receivedAt: string;
  readonly severity: Severity;
  readonly type: string;
  readonly source: string;
  readonly device: string | null;
  /** The vendor's number or name of it. */
  readonly item: string | null;
  /** Who gets it now, and why they would not. */
  readonly losses: readonly Loss[];
}

/** @param named some of the grave events that are lost, as they are to be listed */
export function comparisonText(
  sinceMs: number,
  named: readonly LostEvent[],
  comparison: Comparison,
  renames: Renames,
): string {
  const { events, sinks } = comparison;
  const lines = [
    `${events} events since ${new Date(sinceMs).toISOString()}, by the configuration in use (before) and by the draft (after):`,
    '',
    ...tableOf(sinks, renames),
    '',
    ...renamedSources(renames),
    ...lossesOf(named, comparison),
    ...othersOf(comparison),
  ];
  return `${lines.join('\n')}\n`;
}

const heads = ['sink', 'before', 'after', 'added', 'removed', 'recorded'];

function renamedSources({ sources }: Renames): string[] {
  const lines = [...sources].map(
    ([was, is]) =>
      `The draft calls the source ${was} ${is}; it judges the events of ${was} as those of ${is}.`,
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function tableOf(sinks: readonly SinkComparison[], { sinks: renamed }: Renames): string[] {
  const rows = sinks.map(({ sink, before, after, added, removed, recorded }) =>
    [sink, before ?? '-', after ?? '-', added, removed, recorded].map(String),
  );
  // Not spread into one call: there may be more rows than a call takes arguments.
  const widths = heads.map((head, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]!.length), head.length),
  );
  const line = (cells: readonly string[], note: string) =>
    `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}${note}`;
  return [
    line(heads, ''),
    ...sinks.map((sink, index) => line(rows[index]!, noteOf(sink, renamed))),
  ];
}

function noteOf({ sink, before, after }: SinkComparison, renamed: Renames['sinks']): string {
  const heir = renamed.get(sink);
  if (heir !== undefined) return `  ${heir} in the draft`;
  const former = [...renamed].find(([, is]) => is === sink)?.[0];
  if (former !== undefined) return `  ${former} until now`;
  if (before === null && after === null) return '  in neither of the two';
  if (before === null) return '  only in the draft';
  return after === null ? '  not in the draft' : '';
}

function lossesOf(named: readonly LostEvent[], comparison: Comparison): string[] {
  const count = graveLost(comparison);
  if (count === 0) return ['No event of HIGH, CRITICAL or unknown severity would be lost.'];
  const rest = count - named.length;
  const missing = new Set(
    comparison.sinks.filter(({ after }) => after === null).map(({ sink }) => sink),
  );
  return [
    `Announced now, and nowhere by the draft: ${countsOf(comparison.lost, isGrave)}.`,
    '',
    ...named.flatMap((event) => [
      lineOf(event),
      `    ${event.losses.map((loss) => why(loss, missing)).join(', ')}`,
    ]),
    ...(rest > 0 ? [`  and ${rest} more; --limit names up to 10000, --json all`] : []),
  ];
}

/** Attackers choose names and types, and the line goes to a terminal. */
function lineOf({ id, receivedAt, severity, type, source, device, item }: LostEvent): string {
  const words = [type, device ?? '-', source, ...(item === null ? [] : [`item ${item}`])];
  const texts = words.map((word) => onOneLine(cutMiddle(word, 80)));
  return ['', id, receivedAt, severityNames[severity], ...texts].join('  ');
}

function why({ sink, reason }: Loss, missing: ReadonlySet<string>): string {
  if (reason !== null) return `${sink}: ${reason}`;
  return `${sink}: ${missing.has(sink) ? 'not in the draft' : 'named by no route of its source'}`;
}

function othersOf({ lost, gained }: Comparison): string[] {
  const less = countsOf(lost, (severity) => !isGrave(severity));
  const more = countsOf(gained, () => true);
  return [
    ...(less === '' ? [] : [`Of lower severity, and nowhere by the draft: ${less}.`]),
    ...(more === '' ? [] : [`Announced nowhere now, and by the draft: ${more}.`]),
  ];
}

/** `2 CRITICAL, 1 HIGH`; the highest first, an unknown one before all. */
function countsOf(counts: readonly number[], isMeant: (severity: Severity) => boolean): string {
  return [0, 5, 4, 3, 2, 1]
    .map((severity) => severity as Severity)
    .filter((severity) => counts[severity]! > 0 && isMeant(severity))
    .map((severity) => `${counts[severity]} ${severityNames[severity]}`)
    .join(', ');
}
