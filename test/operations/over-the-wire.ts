// Runs an operation as somebody far away would: its input and its answer travel as JSON.
import { expect } from 'vitest';
import { type Operation, outputOf } from '../../src/operations/index.ts';
import type { Database } from '../../src/store/database.ts';
import { contextOn } from './acting.ts';

/** The answer; fails if any of it is lost on the way. */
export async function overTheWire<In, Out>(
  db: Database,
  operation: Operation<In, Out>,
  input: In,
): Promise<Out> {
  const sent: unknown = JSON.parse(JSON.stringify(input));
  const answer = await operation.run(contextOn(db), operation.input.parse(sent));
  const received = outputOf(operation, JSON.parse(JSON.stringify(answer)));
  expect(received).toEqual(answer);
  return received;
}
