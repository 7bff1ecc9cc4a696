// One source: how far it was read, reading it now, a pause, and starting it anew.
import { refusal } from '../../../kit/refusals.ts';
import { NotFoundError, source, states } from '../../../operations/index.ts';
import { ActButton, ActLink, Field } from '../parts/form.tsx';
import { PauseForm } from '../parts/pause.tsx';
import { Theirs, Time } from '../parts/text.tsx';
import { type Act, doneAt, type View, type Visit } from '../visit.ts';
import { lagOf, ProcessName, type SourceItem, SourceState, sourcePath } from './sinks.tsx';

export const oneSource: View = async (visit, { source: id = '' }) => {
  const { words } = visit;
  const own = words.sinks;
  const { items } = await visit.operate(states.sources, {});
  const one = items.find((item) => item.source === id);
  if (one === undefined) throw new NotFoundError([refusal('noSuchSource', { id })]);
  const path = sourcePath(id);
  return {
    title: `${own.source} ${id}`,
    refreshSeconds: 10,
    body: (
      <>
        <h1>
          {own.source} <bdi>{id}</bdi>
        </h1>
        {facts(one, visit)}
        <p class="row">
          {one.type === null || one.isPushed ? '' : <a href={`${path}/search`}>{own.look}</a>}
          {one.isPushed ? (
            ''
          ) : (
            <ActLink
              visit={visit}
              href={`${path}/reset`}
              text={own.reset}
              needs={source.reset.permission}
            />
          )}
          <a href="/sinks">{own.back}</a>
        </p>
        {one.pause === null && !one.isPushed ? (
          <section class="panel group">
            <h2>{own.poll}</h2>
            <p>{own.pollMeans}</p>
            <ActButton visit={visit} action={`${path}/poll`} text={own.poll} />
          </section>
        ) : (
          ''
        )}
        <PauseForm
          visit={visit}
          path={path}
          pause={one.pause}
          means={one.isPushed ? own.pausePushed : own.pauseSource}
          resume={own.resumeSource}
        />
      </>
    ),
  };
};

function facts(one: SourceItem, visit: Visit) {
  const own = visit.words.sinks;
  return (
    <dl class="panel facts">
      <dt>{own.state}</dt>
      <dd>
        <SourceState one={one} visit={visit} />
      </dd>
      <dt>{own.type}</dt>
      <dd>{one.type ?? own.notConfigured}</dd>
      <dt>{own.way}</dt>
      <dd>{one.isPushed ? own.isPushed : own.isRead}</dd>
      {one.isPushed ? '' : consoleOf(one, visit)}
      <dt>{own.newest}</dt>
      <dd>
        <Time at={one.newestEvent?.receivedAt} />
      </dd>
      <dt>{own.lag}</dt>
      <dd>{lagOf(one.newestEvent)}</dd>
      <dt>{one.isPushed ? own.lastStored : own.lastRead}</dt>
      <dd>
        <Time at={one.lastSuccessAt} />
      </dd>
      <dt>{one.isPushed ? own.lastRefused : own.lastError}</dt>
      <dd>
        <Theirs text={one.lastError?.message} /> {one.lastError && <Time at={one.lastError.at} />}
      </dd>
      {one.isPushed ? '' : positionOf(one, visit)}
    </dl>
  );
}

function consoleOf(one: SourceItem, { words: { sinks: own } }: Visit) {
  return (
    <>
      <dt>{own.console}</dt>
      <dd>
        <Theirs text={one.console} />
      </dd>
    </>
  );
}

function positionOf(one: SourceItem, { words: { sinks: own } }: Visit) {
  return (
    <>
      <dt>{own.nextRead}</dt>
      <dd>
        <Time at={one.nextPollAt} />
      </dd>
      <dt>{own.cursor}</dt>
      <dd>
        <Theirs text={one.cursor} />
      </dd>
      <dt>{own.moved}</dt>
      <dd>
        <Time at={one.positionMovedAt} />
      </dd>
      <dt>{own.generation}</dt>
      <dd>{one.generation}</dd>
      <dt>{own.holder}</dt>
      <dd>
        <ProcessName id={one.holder} />
      </dd>
    </>
  );
}

/** What starting anew would mean, and the form that does it. */
export const resetSource: View = async (visit, { source: id = '' }) => {
  const { words } = visit;
  const own = words.sinks;
  const tried = await visit.operate(source.reset, { source: id, dryRun: true });
  const title = own.resetNow.replace('{source}', id);
  return {
    title,
    body: (
      <>
        <h1>{title}</h1>
        <p class="notice bad">{tried.meaning}</p>
        <dl class="panel facts">
          <dt>{own.cursor}</dt>
          <dd>
            <Theirs text={tried.cursor} />
          </dd>
          <dt>{own.generation}</dt>
          <dd>{tried.generation}</dd>
        </dl>
        <ActButton
          visit={visit}
          action={`${sourcePath(id)}/reset`}
          text={title}
          needs={source.reset.permission}
          isDangerous
        >
          <Field visit={visit} name="confirm" label={own.confirm} required />
        </ActButton>
        <p>
          <a href={sourcePath(id)}>{words.problems.back}</a>
        </p>
      </>
    ),
  };
};

export const resetSourceNow: Act = async ({ operate }, { source: id = '' }, { confirm }) => {
  await operate(source.reset, { source: id, confirm });
  return doneAt(sourcePath(id), 'sourceReset');
};

export const pollSource: Act = async ({ operate }, { source: id = '' }) => {
  await operate(source.poll, { source: id });
  return doneAt(sourcePath(id), 'sourceAsked');
};

export const pauseSource: Act = async ({ operate }, { source: id = '' }, form) => {
  await operate(source.pause, { source: id, reason: form.reason ?? '', for: form.for });
  return doneAt(sourcePath(id), 'sourcePaused');
};

export const resumeSource: Act = async ({ operate }, { source: id = '' }) => {
  const { ended } = await operate(source.resume, { source: id });
  return doneAt(sourcePath(id), ended === null ? 'wasNotPaused' : 'sourceResumed');
};
