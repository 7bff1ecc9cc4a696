// Pauses by people, which sources and sinks share: the one that is on, and the form of a new one.
import type { sink } from '../../../operations/index.ts';
import type { Visit } from '../visit.ts';
import { ActButton, Field } from './form.tsx';
import { Theirs, Time } from './text.tsx';

type Pause = Awaited<ReturnType<typeof sink.pause.run>>['pause'];

/** Who paused it, why, and until when. */
export function PauseSays({
  pause: { by, reason, until },
  visit: { words },
}: {
  readonly pause: Pause;
  readonly visit: Visit;
}) {
  const own = words.sinks;
  return (
    <>
      <Theirs text={reason} />{' '}
      <span class="quiet">
        {own.pausedBy} <bdi>{by}</bdi> {own.until} <Time at={until} />
      </span>
    </>
  );
}

/** Begins a pause; or ends the one that is on. */
export function PauseForm({
  visit,
  path,
  pause,
  means,
  resume,
}: {
  readonly visit: Visit;
  /** Of the source or the sink. */
  readonly path: string;
  readonly pause: Pause | null;
  readonly means: string;
  /** What resuming does, on its button. */
  readonly resume: string;
}) {
  const own = visit.words.sinks;
  return (
    <section class="panel group">
      <h2>{pause === null ? own.pause : own.resume}</h2>
      <p>{pause === null ? means : <PauseSays pause={pause} visit={visit} />}</p>
      {pause === null ? (
        <ActButton visit={visit} action={`${path}/pause`} text={own.pause}>
          <Field visit={visit} name="reason" label={own.reason} required />
          <Field visit={visit} name="for" label={own.length} hint="2h" required />
        </ActButton>
      ) : (
        <ActButton visit={visit} action={`${path}/resume`} text={resume} />
      )}
    </section>
  );
}
