// What the definitions of pushed sources share: a sample is read by a source of its settings.
import { expect, test, vi } from 'vitest';
import { pushedBy } from '../../src/kit/pushed-by.ts';
import type { PushSource } from '../../src/kit/source.ts';

test('a sample is read by a source that has the type for its id', () => {
  const parse = () => ({ events: [{ type: 'ALERT' }] });
  const create = vi.fn(() => ({ parse }) as unknown as PushSource);
  const { type, isPushed, readItem } = pushedBy('bell', create);
  expect([type, isPushed]).toEqual(['bell', true]);
  expect(readItem('{"id":1}', { rate: 1 })).toEqual({ type: 'ALERT' });
  expect(create.mock.calls).toEqual([[{ rate: 1 }, { id: 'bell' }]]);
  expect(readItem('{"id":1}', undefined)).toBeUndefined();
});
