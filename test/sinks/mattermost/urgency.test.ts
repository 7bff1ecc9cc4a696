// A priority that the server refuses is left out at once, and not asked for without end.
import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/kit/http/index.ts';
import { Urgency } from '../../../src/sinks/mattermost/urgency.ts';

const answerOf = (status: number, body = ''): HttpAnswer => ({
  ...{ status, body, headers: {}, truncated: false },
});

/** What was asked for, with the priority (true) or without, over three posts. */
async function askedOf(answering: (hasPriority: boolean) => HttpAnswer): Promise<boolean[]> {
  const urgency = new Urgency(({ status }) => status === 201);
  const asked: boolean[] = [];
  for (let n = 0; n < 3; n += 1)
    await urgency.ask(async (hasPriority) => {
      asked.push(hasPriority);
      return answering(hasPriority);
    });
  return asked;
}

test.each<[string, (hasPriority: boolean) => HttpAnswer, boolean[]]>([
  ['taken', () => answerOf(201), [true, true, true]],
  ['refused', (is) => answerOf(is ? 501 : 201), [true, false, true, false, false]],
  [
    'refused by its name',
    (is) => (is ? answerOf(501, 'no post priority') : answerOf(201)),
    [true, false, false, false],
  ],
  ['not what is refused', () => answerOf(500), [true, false, true, false, true, false]],
  ['not what 403 is about', () => answerOf(403), [true, true, true]],
])('a priority that is %s', async (_, answering, asked) => {
  expect(await askedOf(answering)).toEqual(asked);
});
