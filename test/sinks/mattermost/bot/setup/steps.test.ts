// A step is right, done, rehearsed, or left to people.
import { expect, test, vi } from 'vitest';
import { SetupRefusal } from '../../../../../src/sinks/mattermost/bot/setup/administrator.ts';
import { Steps } from '../../../../../src/sinks/mattermost/bot/setup/steps.ts';

const todo = 'Do it.';

test('a change is made, and its result is that of the step', async () => {
  const steps = new Steps(false);
  const act = () => steps.change('Made it.', async () => 7);
  expect(await steps.task({ what: 'bot', todo, act })).toBe(7);
  expect(steps.steps).toEqual([{ what: 'bot', state: 'done', text: 'Made it.' }]);
});

test('a rehearsal makes none', async () => {
  const steps = new Steps(true);
  const make = vi.fn(async () => 7);
  await steps.task({ what: 'bot', todo, act: () => steps.change('Made it.', make) });
  expect(steps.steps).toEqual([{ what: 'bot', state: 'would', text: 'Made it.' }]);
  expect(make).not.toHaveBeenCalled();
});

test.each([
  [new SetupRefusal('chat answered 403.'), 'chat answered 403. Do it.'],
  [new SetupRefusal(), 'Do it.'],
  [new SetupRefusal('Choose another.', { isWhole: true }), 'Choose another.'],
])('%o is left to people', async (refusal, text) => {
  const steps = new Steps(false);
  const act = () => Promise.reject(refusal);
  expect(await steps.task({ what: 'bot', todo, act })).toBeUndefined();
  expect(steps.steps).toEqual([{ what: 'bot', state: 'todo', text }]);
});

test('a failure is none of that', async () => {
  const act = () => Promise.reject(new Error('down'));
  await expect(new Steps(false).task({ what: 'bot', todo, act })).rejects.toThrow('down');
});
