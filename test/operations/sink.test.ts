// Acts on sinks: a pause with its reason and end, its end, and a sample; each with its row in the
// audit log.
import { describe, expect, test, vi } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  type OperationContext,
  PermissionError,
  perform,
  sink,
} from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';

const db = useDatabase();
const context = (more: Partial<OperationContext> = {}) => contextOn(db(), more);
const noted = () => listAudit(db(), { limit: 10 });

const twoSinks = `
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
  ops: { type: mattermost, url: "https://chat.example/hooks/bbcdefghijklmnopqrstuvwxyz" }
operations: [ops]
`;

describe('a pause', () => {
  const input = { sink: 'soc', reason: 'the channel moves', for: '2h' };

  test('says until when, is noted, and takes effect in this process at once', async () => {
    const changed = vi.fn();
    const { pause } = await perform(sink.pause, context({ controls: { changed } }), input);
    expect(pause).toMatchObject({ by: 'ann', reason: 'the channel moves' });
    expect(Date.parse(pause.until) - Date.parse(pause.since)).toBe(7_200_000);
    expect(changed).toHaveBeenCalledOnce();
    expect(await noted()).toMatchObject([
      { operation: 'sink-pause', target: 'sink:soc', before: '{"pause":null}' },
    ]);
  });

  test('on a paused sink is a conflict that names whose pause that is, unless it replaces', async () => {
    await perform(sink.pause, context(), input);
    const bob = context({ actor: { ...ann, name: 'bob' } });
    const refused = await perform(sink.pause, bob, input).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConflictError);
    expect(String(refused)).toMatch(/paused already by ann until .* Give "replace"/);
    const replaced = await perform(sink.pause, bob, { ...input, replace: true });
    expect(replaced.pause.by).toBe('bob');
    expect((await noted()).map(({ actor }) => actor)).toEqual(['bob', 'ann']);
  });

  test.each([
    ['without an end', { for: undefined }, /either "for" or "until"/],
    ['with two ends', { until: '2030-01-01T00:00:00Z' }, /either "for" or "until"/],
    ['of no time', { for: 'soon' }, /"for" is no time up to 30 days/],
    ['of nothing', { for: '0s' }, /"for" is no time/],
    ['for longer than 30 days', { for: '31d' }, /"for" is no time up to 30 days/],
    ['until a time that is over', { for: undefined, until: '2020-01-01T00:00:00Z' }, /lie ahead/],
    ['until next century', { for: undefined, until: '2126-01-01T00:00:00Z' }, /30 days at most/],
    ['without a reason', { reason: ' ' }, /reason is not right/],
  ])('%s is refused', async (_, more, words) => {
    const refused = perform(sink.pause, context(), { ...input, ...more });
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(perform(sink.pause, context(), { ...input, ...more })).rejects.toThrow(words);
  });

  test('of an unknown sink says which there are, and which was meant', async () => {
    const refused = await perform(sink.pause, context(), { ...input, sink: 'sco' }).catch(String);
    expect(refused).toContain('No sink is called "sco"; there is soc. Did you mean "soc"?');
    expect(await noted()).toEqual([]);
  });

  test('of all who get notices about Tocsin itself warns of that', async () => {
    const config = configOf(twoSinks);
    const first = await perform(sink.pause, context({ config }), input);
    expect(first.warnings).toEqual([]);
    const second = await perform(sink.pause, context({ config }), { ...input, sink: 'ops' });
    expect(second.warnings).toEqual([
      expect.stringMatching(/^Every sink that gets notices .* is paused now \(ops\)/),
    ]);
  });

  test('needs the role to operate', async () => {
    const reader = context({ actor: { ...ann, role: 'read' } });
    for (const operation of [sink.pause, sink.resume, sink.test])
      await expect(perform(operation as never, reader, input)).rejects.toBeInstanceOf(
        PermissionError,
      );
  });

  test('ends when somebody says so, and what was ended is said; a second time there is none', async () => {
    const changed = vi.fn();
    const here = context({ controls: { changed } });
    const { pause } = await perform(sink.pause, here, input);
    expect(await perform(sink.resume, here, { sink: 'soc' })).toEqual({
      sink: 'soc',
      ended: pause,
    });
    expect(await perform(sink.resume, here, { sink: 'soc' })).toEqual({
      sink: 'soc',
      ended: null,
    });
    expect(changed).toHaveBeenCalledTimes(3);
    expect((await noted()).map(({ before }) => before)).toEqual([
      '{"pause":null}',
      JSON.stringify({ pause }),
      '{"pause":null}',
    ]);
    await expect(perform(sink.resume, here, { sink: 'sco' })).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('a sample', () => {
  const farEnds = (testSink: () => Promise<boolean>) =>
    context({ farEnds: { testSink, source: () => undefined, originOf: () => undefined } });

  test('that is accepted says so', async () => {
    const here = farEnds(async () => true);
    expect(await perform(sink.test, here, { sink: 'soc' })).toMatchObject({
      ...{ sink: 'soc', isAccepted: true, problem: null },
    });
    expect((await noted()).map(({ operation }) => operation)).toEqual(['sink-test', 'sink-test']);
  });

  test('that is refused says why, without a secret', async () => {
    const failed = new AdapterError('retry', 'auth', 'no abcdefghijklmnopqrstuvwxyz there');
    const here = farEnds(() => Promise.reject(failed));
    const answer = await perform(sink.test, here, { sink: 'soc' });
    expect(answer).toMatchObject({ isAccepted: false });
    expect(answer.problem).toMatch(/^no .+ there$/);
    expect(JSON.stringify([answer, await noted()])).not.toContain('abcdefghijklmnopqrstuvwxyz');
  });

  test('that gets no answer says how long was waited', async () => {
    const late = new DOMException('late', 'TimeoutError');
    const answer = await perform(
      sink.test,
      farEnds(() => Promise.reject(late)),
      { sink: 'soc' },
    );
    expect(answer.problem).toBe('it gave no answer within 8 seconds');
  });

  test('needs a process that can call, and a sink that is configured', async () => {
    const asked = (id: string) => perform(sink.test, context(), { sink: id });
    await expect(asked('soc')).rejects.toBeInstanceOf(ConflictError);
    await expect(asked('sco')).rejects.toBeInstanceOf(NotFoundError);
  });
});
