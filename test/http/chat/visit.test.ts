// What a visitor of the chat may do, and what they are told of a refusal.
import { expect, test, vi } from 'vitest';
import { Visit } from '../../../src/http/chat/visit.ts';
import { plainText } from '../../../src/kit/card.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  PermissionError,
} from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, endOf } = useChat();

function visitBy(id = 'uana') {
  const onFailure = vi.fn();
  const contextOf = vi.fn((actor) => ({ ...contextOn(db()), actor }));
  const person = { id, name: 'somebody' };
  const visit = new Visit(endOf(), { contextOf, onFailure, person, address: '10.0.0.1' });
  return { visit, contextOf, onFailure };
}

test('whoever is known acts under the name and role of the setting', async () => {
  const { visit, contextOf } = visitBy();
  expect(await visit.enter()).toBeUndefined();
  expect(contextOf).toHaveBeenCalledWith({
    ...{ name: 'ana', role: 'operate', via: 'chat', address: '10.0.0.1' },
  });
});

test('whoever is unknown has no context', async () => {
  const { visit, contextOf } = visitBy('ux');
  expect(plainText((await visit.enter())![0]!)).toMatch(/^Tocsin does not know you/);
  expect(contextOf).not.toHaveBeenCalled();
});

test.each([
  [
    new ConflictError('It is over\nalready.'),
    ['Nothing was done: It is over', 'Nothing was done: already.'],
  ],
  [new InputError('x'.repeat(2000)), [expect.stringMatching(/^Nothing was done: x+…x+$/)]],
  [new NotFoundError('There is none.'), ['Nothing was done: There is none.']],
  [new PermissionError('no'), [expect.stringMatching(/^You may look but not act/)]],
])('%o is said in words', async (error, said) => {
  const { visit, onFailure } = visitBy();
  const lines = await visit.answer(() => Promise.reject(error));
  expect(lines.map(plainText)).toEqual(said);
  expect(onFailure).not.toHaveBeenCalled();
});
