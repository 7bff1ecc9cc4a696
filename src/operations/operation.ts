// What an operation is, and the one function that runs each of them: it checks input and output,
// whoever calls.
import { z } from 'zod';
import type { Database } from '../store/database.ts';

/** What somebody needs to be allowed: to look, to act on what goes on, to change what is kept. */
export type Permission = 'read' | 'operate' | 'admin';

export interface OperationContext {
  readonly db: Database;
}

export interface Operation<In, Out> {
  /**
   * Unique, and its path over HTTP. What it means stays: a new meaning or answer takes a new name.
   */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /**
   * Refuses fields that it does not know: leaving one out could make an act larger than was asked.
   */
  readonly input: z.ZodType<In>;
  /** JSON. A newer release may add fields; those are dropped where nobody knows them. */
  readonly output: z.ZodType<Out>;
  readonly permission: Permission;
  run(context: OperationContext, input: In): Promise<Out>;
}

/** The input is not what the operation takes. Its message names every field that is wrong. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The answer is not what this release expects of the operation. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/**
 * Runs the operation.
 * @param input as a typed caller gives it, or as it came over the wire
 * @throws {InputError} before anything was done
 */
export async function perform<In, Out>(
  operation: Operation<In, Out>,
  context: OperationContext,
  input: unknown,
): Promise<Out> {
  const { data, error } = operation.input.safeParse(input);
  if (error !== undefined)
    throw new InputError(
      `${operation.name} cannot take this input: ${problemsOf(error, operation.input)}.`,
    );
  return outputOf(operation, await operation.run(context, data as In));
}

/** The answer of the operation, checked. @throws {OutputError} */
export function outputOf<In, Out>({ name, output }: Operation<In, Out>, answer: unknown): Out {
  const parsed = output.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new OutputError(
    `the answer of ${name} has another form: ${problemsOf(parsed.error, output)}.`,
  );
}

/** How many faults are named; one is enough to show that the form is different. */
const problemsNamed = 3;

function problemsOf({ issues }: z.ZodError, schema: z.ZodType): string {
  const named = issues.slice(0, problemsNamed).map((issue) => problemOf(issue, schema));
  const rest = issues.length - named.length;
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

function problemOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const place = issue.path.length === 0 ? 'it' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    const isTop = issue.path.length === 0 && schema instanceof z.ZodObject;
    const known = isTop
      ? `; its fields are: ${Object.keys(schema.shape).join(', ') || 'none'}`
      : '';
    return `${place} has ${keys}, which this release does not know${known}`;
  }
  return `${place} is not right (${issue.message})`;
}
