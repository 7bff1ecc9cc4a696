// The table of operations, as every door relies on it.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { delivery, operationNamed, operations } from '../../src/operations/index.ts';

test('each operation is found by its name, and by no other word', () => {
  for (const operation of operations) expect(operationNamed(operation.name)).toBe(operation);
  expect(operationNamed('delivery-list')).toBe(delivery.list);
  expect(['constructor', '__proto__', '', 'dead'].map(operationNamed)).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
});

test('names are unique, and each has a summary of one line', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
  for (const { name, summary } of operations) {
    expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(summary).toMatch(/^[A-Z][^\n.]+[^.]$/);
  }
});

// A document of the API can be made of them, and no field slips by unseen.
describe.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  (_, { input, output }) => {
    test('takes an object, and refuses fields that it does not know', () => {
      const schema = z.toJSONSchema(input, { unrepresentable: 'any' });
      expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(input.safeParse({ newerField: true }).success).toBe(false);
    });

    test('describes its answer', () => {
      expect(z.toJSONSchema(output, { unrepresentable: 'any', io: 'input' })).toBeDefined();
    });
  },
);

test('reading is all that can be done with the permission to read', () => {
  expect(
    operations
      .filter(({ permission }) => permission === 'read')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'audit-list',
    'audit-verify',
    'backlog-list',
    'dead-groups',
    'delivery-list',
    'duty-show',
    'event-decide',
    'event-hours',
    'event-numbers',
    'event-read',
    'event-search',
    'event-show',
    'event-tail',
    'events-page',
    'incident-counts',
    'incident-list',
    'incident-show',
    'report-show',
    'route-diff',
    'route-test',
    'routes-show',
    'silence-list',
    'silence-preview',
    'silence-show',
    'sink-states',
    'source-item',
    'source-list',
    'source-search',
    'source-states',
    'status-show',
    'works-list',
  ]);
});
