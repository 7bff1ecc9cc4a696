// What happened to the incident of an event, and what each change made of what.
import { type Severity, severityNames } from '../../../../kit/event.ts';
import { vendorNames } from '../../../../kit/incident.ts';
import type { event } from '../../../../operations/index.ts';
import { SeverityMark, Theirs, Time } from '../../parts/text.tsx';
import type { Words } from '../../words/index.ts';

type Changes = NonNullable<Awaited<ReturnType<typeof event.show.run>>['incident']>['changes'];
type Values = Changes[number]['values'];

export function History({ of, words }: { readonly of: Changes; readonly words: Words }) {
  const own = words.incidents;
  if (of.length === 0) return <p class="quiet">{own.nothing}</p>;
  const nameOf = (kind: string) =>
    Object.hasOwn(own.kinds, kind) ? own.kinds[kind as keyof typeof own.kinds] : kind;
  return (
    <details>
      <summary>
        {own.history} ({of.length})
      </summary>
      <ol>
        {of.map(({ at, kind, actor, via, note, values }) => (
          <li>
            <Time at={at} /> {nameOf(kind)} {own.by} <Theirs text={actor} />{' '}
            <span class="quiet">
              {own.via} {via}
            </span>{' '}
            {note !== null && <Theirs text={note} />}
            <Made of={values} words={words} />
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What the vendor changed, how grave it is now, how often it happened, and who was told. */
function Made({ of, words }: { readonly of: Values; readonly words: Words }) {
  const { incidents: own, event } = words;
  const { to, occurrences, severity } = of;
  const known = severityNames[Number(severity)];
  return (
    <>
      {severity !== undefined && known !== undefined && (
        <SeverityMark severity={Number(severity) as Severity} words={words} />
      )}{' '}
      {occurrences !== undefined && <span>{own.seen.replace('{n}', occurrences)} </span>}
      {to !== undefined && (
        <span>
          {own.escalatedTo} <Theirs text={to} />
        </span>
      )}
      {vendorNames
        .filter((name) => of[`to.${name}`] !== undefined)
        .map((name) => (
          <div>
            {event.names[name]}: <Theirs text={of[`from.${name}`] || '–'} /> →{' '}
            <Theirs text={of[`to.${name}`] || '–'} />
          </div>
        ))}
    </>
  );
}
