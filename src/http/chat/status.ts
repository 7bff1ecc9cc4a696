// `status`: how sources and sinks stand, those that need somebody first.
import { code, count } from '../../core/chat/index.ts';
import { status as service, states } from '../../operations/index.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

export async function status(visit: Visit): Promise<Said> {
  const [{ version, replicas }, { items: sources }, { items: sinks }] = await Promise.all([
    visit.operate(service.show, {}),
    visit.operate(states.sources, {}),
    visit.operate(states.sinks, {}),
  ]);
  const { time } = visit.end.words.language;
  const since = (at: string | null) => (at === null ? undefined : time(at));
  const ofSources = sources.map(({ source, state, failingSince }) => {
    const values = { source: code(source, valueMax), state: code(state, valueMax) };
    return {
      isWell: state === 'ok',
      line: visit.say('sourceIs', { ...values, since: since(failingSince) }),
    };
  });
  const ofSinks = sinks.map(({ sink, state, reason, since: began, pending, dead }) => {
    const isWell = state === 'ok' && dead === 0;
    const line = visit.say('sinkIs', {
      ...{
        sink: code(sink, valueMax),
        state: code(state, valueMax),
        reason: code(reason, valueMax),
      },
      ...{ since: isWell ? undefined : since(began), pending: count(pending), dead: count(dead) },
    });
    return { isWell, line };
  });
  const head = visit.say('statusOf', {
    version: code(version ?? '?', valueMax),
    sources: count(sources.length),
    sinks: count(sinks.length),
    replicas: count(replicas.length),
  });
  const all = [...ofSources, ...ofSinks].toSorted((a, b) => Number(a.isWell) - Number(b.isWell));
  return [head, ...all.map(({ line }) => line)];
}
