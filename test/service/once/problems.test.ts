// What a run says did not work, source by source and sink by sink.
import { describe, expect, test } from 'vitest';
import type { Drained } from '../../../src/core/intake/drain.ts';
import {
  type Outcome,
  pauseRemarks,
  sinkProblems,
  sourceProblems,
} from '../../../src/service/once/problems.ts';

describe('a source', () => {
  const failure = { reason: 'auth', message: 'the key is wrong' } as const;

  test.each<[string, Drained | undefined, string[]]>([
    ['that was read is no problem', { events: 3 }, []],
    ['that is switched off is no problem', { events: 0, disabled: true }, []],
    ['that failed says why', { events: 3, failure }, ['source a: the key is wrong']],
    [
      'that was not read is another process’s',
      undefined,
      ['source a: another process is reading it; nothing was read here'],
    ],
  ])('%s', (_title, result, problems) => {
    const drained = new Map(result && [['a', result]]);
    expect(sourceProblems([{ id: 'a' }], drained)).toEqual(problems);
  });

  test('that is not configured is not spoken of', () => {
    expect(sourceProblems([], new Map([['a', { events: 0, failure }]]))).toEqual([]);
  });
});

describe('a sink', () => {
  const kept = 'they are kept, the next run goes on with them';
  const count = { sink: 'soc', pending: 0, grouped: 0, dead: 0 };
  const passes = { id: 'soc', sink: { check: async () => {} } };
  const fails = { id: 'soc', sink: { check: () => Promise.reject(new Error('the hook is gone')) } };
  const outcome = (
    more: Partial<typeof count>,
    sinks: Outcome['sinks'] = [passes],
    contested: Outcome['contested'] = [],
  ): Outcome => ({ counts: [{ ...count, ...more }], sinks, contested });

  test.each<[string, Outcome, string[]]>([
    ['without anything left is no problem', outcome({}), []],
    ['whose groups wait for their time is no problem', outcome({ pending: 3, grouped: 3 }), []],
    [
      'with more than its groups says how much more',
      outcome({ pending: 5, grouped: 3 }),
      [`sink soc: 2 not delivered yet; ${kept}`],
    ],
    [
      'without a check says nothing of the reason',
      outcome({ pending: 1 }, [{ id: 'soc', sink: {} }]),
      [`sink soc: 1 not delivered yet; ${kept}`],
    ],
    [
      'whose check fails says why',
      outcome({ pending: 1 }, [fails]),
      [`sink soc: 1 not delivered yet; ${kept}. the hook is gone`],
    ],
    [
      'that is no longer configured names the commands that help',
      outcome({ pending: 1 }, []),
      [
        `sink soc: 1 not delivered yet; ${kept}. It is configured no more: "tocsin dead move --from soc --to <sink>" or "tocsin dead drop --sink soc"`,
      ],
    ],
    [
      'whose backlog is another place’s is not asked',
      outcome({ pending: 1 }, [fails], [{ sink: 'soc', place: 'https://b.example' }]),
      [
        `sink soc: 1 not delivered yet; ${kept}. What waits belongs to another place, https://b.example; see "tocsin check"`,
      ],
    ],
    [
      'that is contested says nothing of its neighbour',
      outcome({ pending: 1 }, [passes], [{ sink: 'ops', place: 'https://b.example' }]),
      [`sink soc: 1 not delivered yet; ${kept}`],
    ],
    [
      'with dead deliveries is a problem of its own, and is not asked for a reason',
      outcome({ dead: 2 }, [fails]),
      ['sink soc: 2 dead; see "tocsin dead list"'],
    ],
    [
      'may have both',
      outcome({ pending: 1, dead: 2 }),
      [`sink soc: 1 not delivered yet; ${kept}`, 'sink soc: 2 dead; see "tocsin dead list"'],
    ],
  ])('%s', async (_title, facts, problems) => {
    expect(await sinkProblems(facts)).toEqual(problems);
  });
});

test('what an operator has paused is said with who, until when and what waits', () => {
  const pause = {
    ...{ by: 'ann', reason: 'it\u001b[31m moves', since: '2026-03-01T00:00:00.000Z' },
    until: '2026-03-02T00:00:00.000Z',
  };
  const remarks = pauseRemarks({
    sources: [{ id: 'a' }, { id: 'b' }],
    sinks: [{ id: 'soc' }, { id: 'ops' }],
    counts: [{ sink: 'soc', pending: 3 }],
    controls: { pauseOf: (name) => (/^source:b$|^sink:soc$/.test(name) ? pause : null) },
  });
  expect(remarks).toEqual([
    expect.stringMatching(
      /^source b: paused until 2026-03-02.* by ann \(it.* moves\); it was not read$/,
    ),
    expect.stringMatching(/^sink soc: paused until .* by ann .*; 3 wait and are kept$/),
  ]);
  expect(remarks.join('')).not.toContain('\u001b');
});
