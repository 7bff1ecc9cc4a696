// A body holds what was said, and nothing that was not.
import { expect, test } from 'vitest';
import { bodyOf } from '../../src/kit/pushed-body.ts';

test('gaps are left out, and so is a group of nothing but gaps', () => {
  const body = bodyOf({
    ...{ user: 'ana', comment: undefined, techniques: [{ id: 'T1059' }] },
    device: { name: 'pc-1', ip: undefined },
    file: { path: undefined },
    change: { source: 'a', externalId: 'b', fields: [{ name: 'c', from: null, to: 'd' }] },
  });
  expect(JSON.parse(JSON.stringify(body))).toEqual(body);
  expect(Object.keys(body)).toEqual(['user', 'techniques', 'device', 'change']);
  expect(body.device).toStrictEqual({ name: 'pc-1' });
  expect(body.change?.fields).toEqual([{ name: 'c', from: null, to: 'd' }]);
});

test('nothing gives an empty body', () => {
  expect(bodyOf({ device: { name: undefined } })).toStrictEqual({});
});
