// Numbers: how long events took to the screen, to an acknowledgement and to the end.
import { numbers as asked } from '../../../operations/index.ts';
import { severityOf } from '../parts/event-rows.tsx';
import { Table } from '../parts/table.tsx';
import { SeverityMark, Time } from '../parts/text.tsx';
import type { View } from '../visit.ts';
import type { Words } from '../words/index.ts';

type Found = Awaited<ReturnType<typeof asked.shown.run>>;
/** Of one severity and kind of hours; or of all. */
type Row = Found['all'] & Partial<Found['rows'][number]>;

const choices = [1, 7, 30, 90] as const;

export const numbers: View = async ({ words, url, operate }) => {
  const own = words.numbers;
  const days = choices.find((one) => String(one) === url.searchParams.get('days')) ?? 7;
  const { since, until, isCut, all, rows } = await operate(asked.shown, { days });
  const shown: readonly Row[] = rows.length === 0 ? [] : [...rows, all];
  return {
    title: own.title,
    body: (
      <>
        <h1>{own.title}</h1>
        <p class="row">
          {choices.map((one) =>
            one === days ? (
              <strong>{own.days.replace('{n}', String(one))}</strong>
            ) : (
              <a href={`/numbers?days=${one}`}>{own.days.replace('{n}', String(one))}</a>
            ),
          )}
        </p>
        <p>
          <Time at={since} /> – <Time at={until} />
          {isCut ? ` ${own.isCut}` : ''}
        </p>
        <p class="quiet">{own.explained}</p>
        <Table
          caption={own.title}
          words={words}
          rows={shown}
          keyOf={({ severity, hours }) => (severity === undefined ? 'all' : `${severity} ${hours}`)}
          columns={[
            {
              name: own.severity,
              cell: ({ severity }) =>
                severity === undefined ? (
                  own.all
                ) : (
                  <SeverityMark severity={severityOf(severity)} words={words} />
                ),
            },
            {
              name: own.hours,
              cell: ({ hours }) => (hours === undefined ? '' : own.kindsOfHours[hours]),
            },
            { name: own.events, isNumber: true, cell: ({ events }) => events },
            { name: own.open, isNumber: true, cell: ({ open }) => open },
            { name: own.screen, isNumber: true, cell: ({ screen }) => spread(screen, words) },
            {
              name: own.acknowledge,
              isNumber: true,
              cell: ({ acknowledge }) => spread(acknowledge, words),
            },
            { name: own.resolve, isNumber: true, cell: ({ resolve }) => spread(resolve, words) },
          ]}
        />
      </>
    ),
  };
};

function spread(
  { count, medianSeconds, p90Seconds }: Found['all']['screen'],
  { numbers: own, shell }: Words,
): string {
  if (medianSeconds === null || p90Seconds === null) return shell.none;
  return own.spread
    .replace('{median}', spanText(medianSeconds, own))
    .replace('{p90}', spanText(p90Seconds, own))
    .replace('{n}', String(count));
}

function spanText(seconds: number, own: Words['numbers']): string {
  if (seconds < 120) return own.seconds.replace('{n}', String(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return own.minutes.replace('{n}', String(minutes));
  return own.hoursLong.replace('{n}', String(Math.round(minutes / 6) / 10));
}
