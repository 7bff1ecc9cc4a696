// The operations over HTTP: `POST /operations/<name>` with the input as JSON. It decides nothing;
// the code that serves it decides who may call.
import { Hono } from 'hono';
import { InputError, type OperationContext, operationNamed, perform } from '../operations/index.ts';

export interface OperationsDependencies {
  readonly context: OperationContext;
  /** Gets the reason of a failure; the caller learns only that the operation failed. */
  onFailure(operation: string, error: unknown): void;
}

/**
 * Answers with the output as JSON, or with a sentence: 400 for wrong input, 404 for an unknown
 * operation, 500 for a failure.
 */
export function createOperationsApp({ context, onFailure }: OperationsDependencies): Hono {
  const app = new Hono();
  app.post('/operations/:name', async (c) => {
    const operation = operationNamed(c.req.param('name'));
    if (operation === undefined) return c.notFound();
    let input: unknown;
    try {
      input = await c.req.json();
    } catch {
      return c.text('The input is no JSON.', 400);
    }
    try {
      return Response.json(await perform(operation, context, input));
    } catch (error) {
      if (error instanceof InputError) return c.text(error.message, 400);
      onFailure(operation.name, error);
      return c.text('The service could not answer.', 500);
    }
  });
  app.notFound((c) => c.text('No such operation.', 404));
  return app;
}
