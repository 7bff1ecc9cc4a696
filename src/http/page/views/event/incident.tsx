// The incident of an event: how it stands, and what can be done about it.
import { durationsWithin, durationText } from '../../../../kit/duration.ts';
import { type event, includes } from '../../../../operations/index.ts';
import { Standing } from '../../parts/incident.tsx';
import type { Visit } from '../../visit.ts';
import { History } from './history.tsx';

type Shown = NonNullable<Awaited<ReturnType<typeof event.show.run>>['incident']>;
type ActName = keyof Visit['words']['incidents']['acts'];

interface Panel {
  /** Null: the event that it is about is not stored. */
  readonly of: Shown | null;
  /** A route that took its event escalates. */
  readonly hasSteps: boolean;
  readonly visit: Visit;
}

export function IncidentPanel({ of, hasSteps, visit }: Panel) {
  if (of === null) return null;
  const { words } = visit;
  return (
    <section class="panel" aria-label={words.incidents.one}>
      <Standing of={of} words={words} />
      {messages(of, visit)}
      {acts(of, hasSteps, visit)}
      <History of={of.changes} words={words} />
    </section>
  );
}

/** Messages that do not show how it stands. */
function messages({ messages: all }: Shown, { words }: Visit) {
  const own = words.incidents;
  return all
    .map(({ sink, wanted, shown, editedAt, state }) => {
      // Many sinks cannot edit, and nothing is wrong with those.
      const isBehind = shown < wanted && editedAt !== null;
      const words = state === 'current' ? (isBehind ? own.behind : '') : own[state];
      return words.replace('{sink}', sink);
    })
    .filter((text) => text !== '')
    .map((text) => <p class="quiet">{text}</p>);
}

/** The note comes first: Enter in its field presses the first button. */
const actsOf: Readonly<Record<Shown['state'], readonly ActName[]>> = {
  open: ['note', 'acknowledge', 'resolve', 'snooze'],
  acknowledged: ['note', 'resolve', 'renew', 'snooze', 'reopen'],
  snoozed: ['note', 'acknowledge', 'resolve', 'reopen'],
  resolved: ['note', 'reopen'],
};

const lengths = ['1h', '4h', '1d', '7d'] as const;

/** Where each of them would be refused, the longest that is not. */
function lengthsOf({ snoozeMaxMs }: Visit): readonly string[] {
  const allowed = durationsWithin(lengths, snoozeMaxMs);
  return allowed.length > 0 ? allowed : [durationText(snoozeMaxMs)];
}

function acts({ event: id, state, version }: Shown, hasSteps: boolean, visit: Visit) {
  const { actor, words } = visit;
  const own = words.incidents;
  if (!includes(actor.role, 'operate'))
    return <p class="quiet">{words.shell.readOnly.replace('{role}', 'operate')}</p>;
  const escalating: readonly ActName[] = hasSteps && state === 'open' ? ['escalate'] : [];
  const names = [...actsOf[state], ...escalating];
  return (
    <form method="post" action={`/events/${id}/incident`} class="row">
      <input type="hidden" name="version" value={version} />
      <label class="unseen" for="incident-note">
        {own.note}
      </label>
      <input
        id="incident-note"
        name="note"
        maxlength={1000}
        placeholder={own.notePlaceholder}
        autocomplete="off"
      />
      {names.map((name, index) => (
        <>
          {name === 'snooze' && (
            <select name="for" aria-label={own.length}>
              {lengthsOf(visit).map((length) => (
                <option value={length}>{length}</option>
              ))}
            </select>
          )}
          <button type="submit" name="act" value={name} class={index === 1 ? 'primary' : undefined}>
            {own.acts[name]}
          </button>
        </>
      ))}
    </form>
  );
}
