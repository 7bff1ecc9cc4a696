// What the definitions of polled sources share: the plan is asked for by the settings of each.
import { expect, test, vi } from 'vitest';
import { type PollPlan, polledBy } from '../../../src/kit/poll/index.ts';
import type { PollSettings } from '../../../src/kit/poll/settings.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';

const settings = { start_from: 'now' } as unknown as PollSettings;
const plan = {
  console: 'https://example.com',
  request: { method: 'GET', url: 'https://example.com/alerts', headers: {}, query: {} },
  credential: { kind: 'none' },
  draftsOf: ({ item }: { item: unknown }) => [{ type: 'ALERT', item }],
} as unknown as PollPlan;

test('a source, and what a sample is, come from the plan of its own settings', () => {
  const planOf = vi.fn(() => plan);
  const { create, readItem } = polledBy(planOf);
  expect(create(settings, adapterContext())).toMatchObject({ console: 'https://example.com' });
  expect(readItem('{"id":1}', settings)).toMatchObject({ item: { id: 1 } });
  expect(readItem('{"id":1}', undefined)).toBeUndefined();
  expect(planOf.mock.calls).toEqual([[settings], [settings]]);
});
