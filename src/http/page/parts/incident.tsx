// How an incident stands, in one line: its state, whose it is, since when, and how often it was seen.
import type { incident } from '../../../operations/index.ts';
import type { Words } from '../words/index.ts';
import { StateMark, Theirs, Time } from './text.tsx';

export type Incident = Awaited<ReturnType<typeof incident.show.run>>['incident'];

export function Standing({ of, words }: { readonly of: Incident; readonly words: Words }) {
  const own = words.incidents;
  return (
    <p class="row">
      <StateMark state={of.state} words={words} />
      <Holder of={of} words={words} />
      <Time at={of.changedAt} />
      {of.until !== null && (
        <span>
          {own.until} <Time at={of.until} />
        </span>
      )}
      {of.note !== null && <Theirs text={of.note} />}
      {of.lastSeenAt !== null && (
        <span>
          {own.seen.replace('{n}', String(of.occurrences))}, {own.lastSeen}{' '}
          <Time at={of.lastSeenAt} />
        </span>
      )}
      {of.escalatedTo !== null && (
        <span>
          {own.escalatedTo} <Theirs text={of.escalatedTo} />
        </span>
      )}
    </p>
  );
}

/** Who made it what it is, and through which door; nothing if nobody did. */
function Holder({ of: { by, via }, words }: { readonly of: Incident; readonly words: Words }) {
  if (by === null) return null;
  const own = words.incidents;
  return (
    <span>
      {own.by} <Theirs text={by} />{' '}
      <span class="quiet">
        {own.via} {via}
      </span>
    </span>
  );
}
