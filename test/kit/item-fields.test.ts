// What a field may hold: the form of the value decides, and what has another is left out.
import { expect, test } from 'vitest';
import { type FieldName, filled } from '../../src/kit/item-fields.ts';

const fill = (name: FieldName, value: unknown) => filled(new Map([[name, value]]));

test.each<[FieldName, unknown, object]>([
  ['status', 'OPEN', { status: 'OPEN' }],
  ['action', 7, { action: '7' }],
  ['device.name', 'pc', { body: { device: { name: 'pc' } } }],
  ['user', ['a', null, 'b'], { body: { user: 'a, b' } }],
  ['recurrence', 3n, { body: { recurrence: 3 } }],
  ['recurrence', '4', { body: { recurrence: 4 } }],
  ['recurrence', -1, { body: {} }],
  [
    'techniques',
    'T1059.001, T1059.001 and TA0002',
    { body: { techniques: [{ id: 'T1059.001' }, { id: 'TA0002' }] } },
  ],
  ['file.path', {}, { body: {} }],
  ['file.path', '', { body: {} }],
  ['status', null, { status: null, body: {} }],
])('%s of %o', (name, value, expected) => expect(fill(name, value)).toMatchObject(expected));

test('fields of one group stand together', () => {
  const values = new Map<FieldName, unknown>([
    ['file.name', 'a'],
    ['file.hash', 'b'],
  ]);
  expect(filled(values).body).toEqual({ file: { name: 'a', hash: 'b' } });
});
