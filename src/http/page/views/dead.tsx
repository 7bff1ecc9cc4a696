// Dead letters, grouped by why they were given up, and what can be done with a group: put back, or
// drop, after a look at what that would change.
import { type Severity, severityNames } from '../../../kit/event.ts';
import { dead, delivery } from '../../../operations/index.ts';
import { ActButton, ActLink } from '../parts/form.tsx';
import { reasonText } from '../parts/reason.ts';
import { Table } from '../parts/table.tsx';
import { SeverityMark, Theirs, Time } from '../parts/text.tsx';
import { type Act, type DoneName, doneAt, type View, type Visit } from '../visit.ts';
import { columnsOf } from './deliveries.tsx';

type Filter = Pick<
  Parameters<typeof delivery.redrive.run>[1],
  'sink' | 'reason' | 'status' | 'severity' | 'eventIds'
>;
type Operation = typeof delivery.redrive | typeof delivery.drop;

export const deadLetters: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.dead;
  const sink = url.searchParams.get('sink') || undefined;
  const { items } = await operate(dead.groups, { sink });
  return {
    title: words.nav.dead,
    refreshSeconds: 30,
    body: (
      <>
        <h1>{words.nav.dead}</h1>
        {items.map((group) => (
          <section class="panel group" data-key={`${group.sink} ${group.reason} ${group.status}`}>
            <h2>
              <Theirs text={group.sink} />: {group.count}
              {group.isPartial ? '+' : ''} · {reasonText(group.reason, words)}{' '}
              {group.status === null ? '' : `(${group.status})`}
            </h2>
            <p>{group.advice}</p>
            <p class="quiet">
              {own.oldest} <Time at={group.oldest} /> · {own.newest} <Time at={group.newest} />
            </p>
            {group.lastAnswer === null ? (
              ''
            ) : (
              <p>
                {own.answer} <Theirs text={group.lastAnswer} />
              </p>
            )}
            <p class="row">
              <ActLink
                visit={visit}
                href={`/dead/redrive?${queryOf(group)}`}
                text={own.redrive}
                needs={delivery.redrive.permission}
                isButton
              />
              <ActLink
                visit={visit}
                href={`/dead/drop?${queryOf(group)}`}
                text={own.drop}
                needs={delivery.drop.permission}
                isButton
              />
              <a
                href={`/deliveries?state=dead&${queryOf({ sink: group.sink, reason: group.reason })}`}
              >
                {own.list}
              </a>
            </p>
          </section>
        ))}
        {items.length === 0 ? <p class="empty">{words.shell.nothing}</p> : ''}
      </>
    ),
  };
};

function queryOf(group: {
  readonly sink: string;
  readonly reason: string;
  readonly status?: number | null;
}): string {
  const { sink, reason, status } = group;
  const own = status === undefined ? {} : { status: String(status ?? noStatus) };
  return new URLSearchParams({ sink, reason, ...own }).toString();
}

/** In an address, of those to which the far end gave no status. */
const noStatus = 'none';

const filterFields = ['sink', 'reason', 'status', 'severity', 'events'] as const;

/** Of every address and form, and no part of what is meant. */
const others: readonly string[] = ['expected', 'lang', 'theme'];

/**
 * The same in an address and in a form. The operation refuses a field that it does not know: left
 * out, it could make the act larger than was asked.
 */
function filterOf(fields: Readonly<Record<string, string>>): Filter {
  const { sink, reason, status, severity, events, ...rest } = fields;
  const unknown = Object.entries(rest).filter(([name]) => !others.includes(name));
  return {
    ...Object.fromEntries(unknown),
    ...(sink && { sink }),
    ...(reason && { reason }),
    // The operation refuses what is no status.
    ...(status && { status: status === noStatus ? null : Number(status) }),
    ...(severity && { severity: severity.split(',') as Filter['severity'] }),
    ...(events && { eventIds: events.split(',') }),
  };
}

export const redriveDead: View = (visit) => rehearse(visit, delivery.redrive);
export const dropDead: View = (visit) => rehearse(visit, delivery.drop);

async function rehearse(visit: Visit, operation: Operation) {
  const { words, url } = visit;
  const own = words.dead;
  const isDrop = operation === delivery.drop;
  const fields = Object.fromEntries(url.searchParams);
  const tried = await visit.operate(operation, { ...filterOf(fields), dryRun: true });
  const title = isDrop ? own.drop : own.redrive;
  const button = (isDrop ? own.dropCount : own.redriveCount).replace('{n}', String(tried.count));
  return {
    title,
    body: (
      <>
        <h1>{title}</h1>
        {chosenBy(fields, visit)}
        <p>
          {(tried.bySeverity ?? []).map(({ severity, count }) => (
            <>
              <SeverityMark severity={severityNames.indexOf(severity) as Severity} words={words} />{' '}
              {count}{' '}
            </>
          ))}
        </p>
        {tried.more ? <p class="notice">{own.more}</p> : ''}
        {isDrop ? <p class="notice bad">{own.dropMeans}</p> : ''}
        <ActButton
          visit={visit}
          action={url.pathname}
          text={button}
          hidden={{ ...fields, expected: String(tried.count) }}
          isDangerous={isDrop}
          needs={operation.permission}
        />
        <h2>{own.sample}</h2>
        <Table
          caption={own.sample}
          words={words}
          rows={tried.sample ?? []}
          keyOf={({ eventId, sink }) => `${eventId} ${sink}`}
          columns={columnsOf(visit)}
        />
      </>
    ),
  };
}

/** What is meant, in words: nothing that is said here is left to the address. */
function chosenBy(fields: Readonly<Record<string, string>>, { words }: Visit) {
  const own = words.dead;
  const given = filterFields.filter((name) => fields[name]);
  if (given.length === 0) return <p class="notice">{own.everything}</p>;
  return (
    <dl class="panel group">
      {given.map((name) => (
        <>
          <dt>{own.filters[name]}</dt>
          <dd>
            {name === 'reason' ? reasonText(fields[name]!, words) : <Theirs text={fields[name]} />}
          </dd>
        </>
      ))}
    </dl>
  );
}

export const redriveDeadNow: Act = (visit, _fields, form) =>
  act(visit, delivery.redrive, { form, done: 'redriven' });
export const dropDeadNow: Act = (visit, _fields, form) =>
  act(visit, delivery.drop, { form, done: 'dropped' });

async function act(
  { operate }: Visit,
  operation: Operation,
  { form, done }: { readonly form: Readonly<Record<string, string>>; readonly done: DoneName },
) {
  const input = { ...filterOf(form), expected: Number(form.expected) };
  const { count } = await operate(operation, input);
  return doneAt('/dead', done, count);
}
