// One sink: how it stands, a sample to try it out, and a pause.
import { refusal } from '../../../kit/refusals.ts';
import { NotFoundError, sink, states } from '../../../operations/index.ts';
import { ActButton } from '../parts/form.tsx';
import { PauseForm } from '../parts/pause.tsx';
import { Theirs, Time } from '../parts/text.tsx';
import { type Act, doneAt, type Shown, type View, type Visit } from '../visit.ts';
import { ageOf, DeadLink, ProcessName, type SinkItem, SinkState, sinkPath } from './sinks.tsx';

export const oneSink: View = async (visit, { sink: id = '' }) => {
  const { words } = visit;
  const own = words.sinks;
  const { items } = await visit.operate(states.sinks, {});
  const one = items.find((item) => item.sink === id);
  if (one === undefined) throw new NotFoundError([refusal('noSuchSink', { id })]);
  const path = sinkPath(id);
  const count = String(one.pending);
  return {
    title: `${own.sink} ${id}`,
    refreshSeconds: 10,
    body: (
      <>
        <h1>
          {own.sink} <bdi>{id}</bdi>
        </h1>
        {facts(one, visit)}
        <p class="row">
          <a href={`/deliveries?${new URLSearchParams({ sink: id })}`}>{own.deliveries}</a>
          <a href="/sinks">{own.back}</a>
        </p>
        <PauseForm
          visit={visit}
          path={path}
          pause={one.pause}
          means={own.pauseSink.replace('{n}', count)}
          resume={own.resumeSink.replace('{n}', count)}
        />
        <section class="panel group">
          <h2>{own.test}</h2>
          <p>{own.testMeans}</p>
          <ActButton visit={visit} action={`${path}/test`} text={own.test} />
        </section>
      </>
    ),
  };
};

function facts(one: SinkItem, visit: Visit) {
  const own = visit.words.sinks;
  const { storm, delivered } = one;
  return (
    <dl class="panel facts">
      <dt>{own.state}</dt>
      <dd>
        <SinkState one={one} visit={visit} />
      </dd>
      <dt>{own.type}</dt>
      <dd>{one.type ?? own.notConfigured}</dd>
      <dt>{own.place}</dt>
      <dd>
        <Theirs text={one.place} />
      </dd>
      <dt>{own.pending}</dt>
      <dd>
        {one.pending}{' '}
        {one.grouped > 0 ? (
          <span class="quiet">{own.grouped.replace('{n}', String(one.grouped))}</span>
        ) : (
          ''
        )}
      </dd>
      <dt>{own.oldest}</dt>
      <dd>{ageOf(one)}</dd>
      <dt>{own.dead}</dt>
      <dd>
        <DeadLink one={one} />
      </dd>
      <dt>{own.lastHour}</dt>
      <dd>{delivered.lastHour}</dd>
      <dt>{own.lastDay}</dt>
      <dd>
        {delivered.lastDay}
        {delivered.isCut ? '+' : ''}
      </dd>
      <dt>{own.nextTry}</dt>
      <dd>
        <Time at={one.nextProbeAt} />
      </dd>
      <dt>{own.holder}</dt>
      <dd>
        <ProcessName id={one.holder} />
      </dd>
      {storm === null ? '' : <dt>{own.storm}</dt>}
      {storm === null ? (
        ''
      ) : (
        <dd>
          {own.stormSays
            .replace('{due}', String(storm.due))
            .replace('{events}', String(storm.events))
            .replace('{digests}', String(storm.digests))}
        </dd>
      )}
    </dl>
  );
}

export const pauseSink: Act = async (visit, { sink: id = '' }, form) => {
  const { reason = '', for: length } = form;
  const { warnings } = await visit.operate(sink.pause, { sink: id, reason, for: length });
  if (warnings.length === 0) return doneAt(sinkPath(id), 'sinkPaused');
  return said(visit, id, {
    isGood: false,
    lines: [visit.words.done.sinkPaused, ...warnings],
  });
};

export const resumeSink: Act = async ({ operate }, { sink: id = '' }) => {
  const { ended } = await operate(sink.resume, { sink: id });
  return doneAt(sinkPath(id), ended === null ? 'wasNotPaused' : 'sinkResumed');
};

export const testSink: Act = async (visit, { sink: id = '' }) => {
  const own = visit.words.sinks;
  const { isAccepted, problem, tookMs } = await visit.operate(sink.test, { sink: id });
  const words = isAccepted ? own.accepted.replace('{ms}', String(tookMs)) : own.refused;
  return said(visit, id, { isGood: isAccepted, lines: [words, ...(problem ? [problem] : [])] });
};

/** What came of an act, where a word in the address would not do. */
function said(
  { words }: Visit,
  id: string,
  { isGood, lines }: { readonly isGood: boolean; readonly lines: readonly string[] },
): Shown {
  const own = words.sinks;
  return {
    title: `${own.sink} ${id}`,
    body: (
      <>
        <h1>
          {own.sink} <bdi>{id}</bdi>
        </h1>
        <section class={isGood ? 'notice' : 'notice bad'} role="status">
          {lines.map((line) => (
            <p>
              <bdi>{line}</bdi>
            </p>
          ))}
        </section>
        <p>
          <a href={sinkPath(id)}>{words.problems.back}</a>
        </p>
      </>
    ),
  };
}
