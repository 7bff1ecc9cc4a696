// Which failures a visitor of the port learns about, and with which status.
import { expect, test } from 'vitest';
import { refusalOf } from '../../src/http/refusal.ts';
import {
  ConflictError,
  InputError,
  KeyReusedError,
  NotFoundError,
  PermissionError,
} from '../../src/operations/index.ts';

test.each([
  [new InputError('a'), { status: 400, detail: 'a' }],
  [new PermissionError('b'), { status: 403, detail: 'b' }],
  [new NotFoundError('c'), { status: 404, detail: 'c' }],
  [new ConflictError('d'), { status: 409, detail: 'd' }],
  [new KeyReusedError('e'), { status: 422, detail: 'e' }],
  [new Error('f'), undefined],
  ['g', undefined],
])('%s', (error, refused) => {
  expect(refusalOf(error)).toEqual(refused);
});
