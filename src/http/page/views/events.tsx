// Events: a search whose state is its address, so that every search is a link to keep.
import { event } from '../../../operations/index.ts';
import { deliveryStates, EventTable } from '../parts/event-rows.tsx';
import { Field, severityChoices, sinkChoices, sourceChoices } from '../parts/form.tsx';
import { Pager, withFields } from '../parts/table.tsx';
import { Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

type SearchInput = Parameters<typeof event.search.run>[1];

/** What keeps the page small enough for a phone on a bad line. */
const rowsMax = 40;

/** Time ranges that end now, in hours. */
const ranges = { '1h': 1, '24h': 24, '7d': 168 } as const;
type Range = keyof typeof ranges;

const texts = ['text', 'id', 'subject', 'hash', 'device', 'user', 'ip', 'sink'] as const;
const lists = ['severity', 'type', 'stream', 'source', 'status', 'state'] as const;
const times = ['since', 'until'] as const;
/** What stands behind "more filters", unless one of them is set. */
const rare = ['id', 'user', 'ip', 'type', 'source', 'status', 'since', 'until', 'subject'] as const;

export const events: View = async (visit) => {
  const { words, url } = visit;
  const sought = url.searchParams.get('q');
  if (sought !== null) return { goTo: addressOf(sought.trim()) };
  const own = words.events;
  const input = inputOf(url, Date.now());
  const { items, next, searchedTo } = await visit.operate(event.search, input);
  const isCutShort = next !== null && searchedTo !== null;
  return {
    title: words.nav.events,
    body: (
      <>
        <h1>{words.nav.events}</h1>
        {form(visit)}
        {links(visit, input)}
        <EventTable caption={words.nav.events} events={items} words={words} />
        {isCutShort && (
          <p class="quiet">
            {words.shell.searchedTo} <Time at={searchedTo} />
          </p>
        )}
        <Pager
          // A range that moves on would be another search.
          url={new URL(withFields(url, { range: null, since: input.since ?? null }), url)}
          next={next}
          label={items.length === 0 || isCutShort ? words.shell.goOn : words.shell.next}
          words={words}
        />
        {items.length === 0 && next === null && <p class="quiet">{own.nothingFits}</p>}
      </>
    ),
  };
};

const forms = [
  ['hash', /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i],
  ['ip', /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})$/i],
  ['id', /^\d{1,15}$/],
] as const;

/** The search for what somebody wrote without saying what it is: by value where its form tells. */
function addressOf(sought: string): string {
  if (sought === '') return '/events';
  const [name = 'text'] = forms.find(([, form]) => form.test(sought)) ?? [];
  return `/events?${new URLSearchParams({ [name]: sought })}`;
}

/** The search that an address asks for. Fields that the search does not know do not count. */
function inputOf({ searchParams }: URL, nowMs: number): SearchInput {
  const value = (name: string) => searchParams.get(name)?.trim() || undefined;
  const range = value('range');
  const hours = Object.hasOwn(ranges, range ?? '') ? ranges[range as Range] : undefined;
  const since = hours && new Date(nowMs - hours * 3_600_000).toISOString();
  const given = {
    ...Object.fromEntries(texts.map((name) => [name, value(name)])),
    ...Object.fromEntries(lists.map((name) => [name, listOf(value(name))])),
    ...Object.fromEntries(times.map((name) => [name, timeOf(value(name))])),
    ...(since && { since }),
    minSeverity: value('minSeverity'),
    cursor: value('cursor'),
    limit: rowsMax,
  };
  return given as SearchInput;
}

function listOf(text: string | undefined): string[] | undefined {
  const values = text?.split(',').map((one) => one.trim());
  return values?.filter((one) => one !== '');
}

const shortTime = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(?: ?UTC|Z)?$/;

/** `2026-02-03 04:05` as the operation takes it; anything else as it is, for it to refuse. */
function timeOf(text: string | undefined): string | undefined {
  const [, day, minute = '00:00', second = ':00'] = shortTime.exec(text ?? '') ?? [];
  return day === undefined ? text : `${day}T${minute}${second}Z`;
}

function form(visit: Visit) {
  const { words, url } = visit;
  const { fields, hints } = words.events;
  const plain = (name: keyof typeof hints) => (
    <Field visit={visit} name={name} label={fields[name]} hint={hints[name]} />
  );
  return (
    <search>
      <form method="get" class="filters panel">
        <Field visit={visit} name="text" label={fields.text} hint={hints.text} type="search" />
        {plain('hash')}
        {plain('device')}
        <Field
          {...{ visit, name: 'minSeverity', label: fields.minSeverity }}
          choices={severityChoices(words)}
        />
        <Field {...{ visit, name: 'sink', label: fields.sink }} choices={sinkChoices(visit)} />
        <Field
          {...{ visit, name: 'state', label: fields.state }}
          choices={[
            { value: '', text: words.shell.any },
            ...deliveryStates.map((state) => ({ value: state, text: words.states[state] })),
          ]}
        />
        <button type="submit" class="primary">
          {words.events.search}
        </button>
        <details class="more" open={rare.some((name) => url.searchParams.get(name))}>
          <summary>{words.events.more}</summary>
          <div class="filters">
            {rare.map((name) =>
              name === 'source' ? (
                <Field {...{ visit, name, label: fields.source }} choices={sourceChoices(visit)} />
              ) : (
                plain(name)
              ),
            )}
          </div>
        </details>
        {url.searchParams.has('range') && (
          <input type="hidden" name="range" value={url.searchParams.get('range') ?? ''} />
        )}
      </form>
    </search>
  );
}

/** Ranges by one click, a clean start, and what others can read. */
function links({ words, url }: Visit, input: SearchInput) {
  const own = words.events;
  const current = url.searchParams.get('range');
  const clean = { cursor: null, since: null, until: null };
  const { cursor: _, limit: __, ...filters } = input;
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const query = given.map(([name, value]): [string, string] => [name, String(value)]);
  const exportOf = (format: string) =>
    `/api/v1/events/export?${new URLSearchParams([['format', format], ...query])}`;
  return (
    <p class="row links">
      {(Object.keys(ranges) as Range[]).map((range) => (
        <a
          class="button"
          href={withFields(url, { ...clean, range })}
          aria-current={range === current ? 'true' : undefined}
        >
          {own.ranges[range]}
        </a>
      ))}
      <a href={withFields(url, { ...clean, range: null })}>{own.anyTime}</a>
      <a href="/events">{own.clear}</a>
      <span class="apart">
        <a href={exportOf('csv')}>CSV</a> <a href={exportOf('ndjson')}>NDJSON</a>
      </span>
    </p>
  );
}
