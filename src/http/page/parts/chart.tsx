// Counts by hour as bars, and the same as a table for whoever cannot see bars.
import type { Words } from '../words/index.ts';
import { Table } from './table.tsx';

export interface HourBar {
  /** When the hour began, ISO 8601 in UTC. */
  readonly at: string;
  readonly count: number;
  readonly urgent: number;
}

/** Without a unit: the style stretches the drawing over the room that there is. */
const [barWidth, gap, height] = [22, 4, 88];
/** The hours under which a time stands, from the first on. */
const tickEvery = 6;

export function HourChart({
  hours,
  words,
}: {
  readonly hours: readonly HourBar[];
  readonly words: Words;
}) {
  const most = Math.max(1, ...hours.map(({ count }) => count));
  const total = hours.reduce((sum, { count }) => sum + count, 0);
  const width = Math.max(1, hours.length) * (barWidth + gap);
  const own = words.now;
  return (
    <figure class="chart">
      <svg
        role="img"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        aria-label={`${own.hours}: ${total}`}
      >
        {hours.map((hour, index) => bar(hour, { most, x: index * (barWidth + gap) }))}
      </svg>
      <p class="ticks" aria-hidden="true">
        {hours
          .filter((_, index) => index % tickEvery === 0)
          .map(({ at }) => (
            <span>{at.slice(11, 16)}</span>
          ))}
      </p>
      <p class="quiet">{own.hoursKey}</p>
      <details id="hours">
        <summary>{own.hoursTable}</summary>
        <Table
          caption={own.hours}
          words={words}
          rows={hours.toReversed()}
          keyOf={({ at }) => at}
          columns={[
            { name: own.hour, cell: ({ at }) => at.slice(0, 16).replace('T', ' ') },
            { name: own.count, isNumber: true, cell: ({ count }) => count },
            { name: own.urgent, isNumber: true, cell: ({ urgent }) => urgent },
          ]}
        />
      </details>
    </figure>
  );
}

/** What is urgent is narrower, so that nobody needs its colour. */
function bar(
  { at, count, urgent }: HourBar,
  { most, x }: { readonly most: number; readonly x: number },
) {
  // What there is can be seen, however much there is elsewhere.
  const tall = (value: number) => (value === 0 ? 0 : Math.max(2, (value / most) * (height - 4)));
  const [all, some] = [tall(count), tall(urgent)];
  const [inset, narrow] = [barWidth / 4, barWidth / 2];
  return (
    <g>
      <title>{`${at.slice(0, 10)} ${at.slice(11, 16)} UTC: ${count} (${urgent})`}</title>
      <rect class="bar" x={x} y={height - all} width={barWidth} height={all} />
      <rect class="bar urgent" x={x + inset} y={height - some} width={narrow} height={some} />
    </g>
  );
}
