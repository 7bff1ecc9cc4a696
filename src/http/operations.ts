// The operations over HTTP: `POST /operations/<name>` with the input as JSON. It decides nothing;
// the code that serves it decides who may call.
import { Hono } from 'hono';
import { neutralText } from '../kit/text.ts';
import {
  ConflictError,
  FormError,
  InputError,
  NotFoundError,
  type OperationContext,
  operationNamed,
  perform,
} from '../operations/index.ts';

/** Whose command it is: the name of a user of this machine, percent-encoded. */
export const actorHeader = 'tocsin-actor';

/** A 404 says that there is no such operation. */
export const operationStatus = { conflict: 409, notFound: 410, refused: 422 } as const;

export interface OperationsDependencies {
  /** @param actor of the command; undefined: an earlier release did not say */
  contextOf(actor: string | undefined): OperationContext;
  /** Gets the reason of a failure; the caller learns only that the operation failed. */
  onFailure(operation: string, error: unknown): void;
}

/**
 * Answers with the output as JSON, or with a sentence: 400 for wrong input, 404 for an unknown
 * operation, {@link operationStatus} for what an operation refuses, 500 for a failure.
 */
export function createOperationsApp({ contextOf, onFailure }: OperationsDependencies): Hono {
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
      const context = contextOf(actorOf(c.req.header(actorHeader)));
      return Response.json(await perform(operation, context, input));
    } catch (error) {
      if (error instanceof FormError) return c.text(error.message, 400);
      if (error instanceof InputError) return c.text(error.message, operationStatus.refused);
      if (error instanceof NotFoundError) return c.text(error.message, operationStatus.notFound);
      if (error instanceof ConflictError) return c.text(error.message, operationStatus.conflict);
      onFailure(operation.name, error);
      return c.text('The service could not answer.', 500);
    }
  });
  app.notFound((c) => c.text('No such operation.', 404));
  return app;
}

function actorOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  try {
    return neutralText(decodeURIComponent(header).slice(0, 100), { multiline: false });
  } catch {
    return undefined;
  }
}
