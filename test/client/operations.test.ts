// The client knows every operation that the API has, in its place.
import { expect, test } from 'vitest';
import { operationRoutes } from '../../src/client/operations.ts';
import { operations } from '../../src/operations/index.ts';

test('the operations with a route are those of the client', () => {
  const routed = operations.flatMap(({ name, route }) =>
    route === undefined ? [] : [[name, route] as const],
  );
  // Missing here: give it a line in src/client/operations.ts, with its type.
  expect(operationRoutes).toEqual(Object.fromEntries(routed));
});
