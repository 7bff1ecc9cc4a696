// Live: events as they are stored. The page's script reads the stream of the API into the rows that
// are drawn here; without it, there is a link to what is stored.
import { type Severity, severityNames } from '../../../kit/event.ts';
import { Field, severityChoices } from '../parts/form.tsx';
import { SeverityMark } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

const texts = [
  'receivedAt',
  'severity',
  'type',
  'device',
  'user',
  'file',
  'source',
  'sinks',
] as const;

/** The fields of the stream that the form has. */
const filters = ['minSeverity', 'source', 'sink'] as const;

export const live: View = async (visit) => {
  const { words } = visit;
  const own = words.live;
  return {
    title: words.nav.live,
    script: 'live',
    body: (
      <>
        <h1>{words.nav.live}</h1>
        <form method="get" class="filters">
          <Field
            {...{ visit, name: 'minSeverity', label: words.events.fields.minSeverity }}
            choices={severityChoices(words)}
          />
          <Field visit={visit} name="source" label={words.events.fields.source} />
          <Field visit={visit} name="sink" label={words.events.fields.sink} />
          <button type="submit">{own.filter}</button>
        </form>
        <noscript>
          <p class="notice">
            {own.needsScript} <a href="/events">{words.nav.events}</a>
          </p>
        </noscript>
        <p class="row">
          <button id="live-pause" type="button" aria-pressed="false" hidden>
            {own.pause}
          </button>
          <span id="live-state" class="quiet" role="status"></span>
        </p>
        <section
          id="live"
          class="scroll"
          aria-label={words.nav.live}
          tabindex={0}
          data-stream={streamOf(visit)}
          data-words={JSON.stringify(own)}
        >
          <table aria-live="off">
            <caption class="unseen">{words.nav.live}</caption>
            <thead>
              <tr>
                {texts.map((name) => (
                  <th scope="col">{own.columns[name]}</th>
                ))}
              </tr>
            </thead>
            <tbody></tbody>
          </table>
          <p id="live-empty" class="empty">
            {own.none}
          </p>
        </section>
        {templates(visit)}
      </>
    ),
  };
};

function streamOf({ url }: Visit): string {
  const query = new URLSearchParams();
  for (const name of filters) {
    const value = url.searchParams.get(name)?.trim();
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? '/api/v1/events/stream' : `/api/v1/events/stream?${text}`;
}

/** What the script copies: one row, one mark for each severity, one row for a gap. */
function templates({ words }: Visit) {
  const { columns } = words.live;
  return (
    <>
      <template id="live-row">
        <tr class="fresh">
          <td data-label={columns.receivedAt}>
            <a href="/events">
              <time></time>
            </a>
          </td>
          <td data-label={columns.severity} data-slot="severity"></td>
          {texts.slice(2).map((name) => (
            <td data-label={columns[name]}>
              <bdi class="theirs" data-slot={name}></bdi>
            </td>
          ))}
        </tr>
      </template>
      {severityNames.map((_, severity) => (
        <template id={`live-severity-${severity}`}>
          <SeverityMark severity={severity as Severity} words={words} />
        </template>
      ))}
      <template id="live-gap">
        <tr>
          <td colspan={texts.length} class="gap">
            <span data-slot="gap"></span> <a href="/events">{words.nav.events}</a>
          </td>
        </tr>
      </template>
    </>
  );
}
