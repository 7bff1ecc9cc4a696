// The answer to a request for one operation: the request becomes the operation's input, and what
// comes of it becomes JSON. It decides nothing.
import type { Context } from 'hono';
import {
  type Actor,
  ChangedError,
  type Doing,
  type Once,
  type OperationContext,
  perform,
} from '../../operations/index.ts';
import type { Identify, Stranger } from '../visitor.ts';
import { type FieldSchemas, fieldSchemas, readInput } from './input.ts';
import { problem, problemOf } from './problem.ts';
import type { RoutedOperation } from './routes.ts';
import { etagOf, versionOf, withVersion } from './version.ts';

export interface ApiDependencies {
  readonly version: string;
  readonly identify: Identify;
  /** Undefined while the database is not ready. */
  contextOf(actor: Actor): OperationContext | undefined;
  /** Aborted when the service stops: whatever lasts ends then. */
  readonly ending?: AbortSignal | undefined;
  /** Gets the reason of a failure; the client learns only that the request failed. */
  onFailure(operation: string, error: unknown): void;
  /** Gets how many clients watch events live, after each change. Absent: nobody counts them. */
  onStreams?(open: number): void;
}

/** @param once of this API: the keys of requests that are sent again */
export function createAnswer(operation: RoutedOperation, deps: ApiDependencies, once: Once) {
  const schemas = fieldSchemas(operation);
  return async (c: Context): Promise<Response> => {
    try {
      const visitor = await deps.identify(c);
      if ('stranger' in visitor) return refusal(visitor.stranger);
      const context = deps.contextOf({ ...visitor.actor, via: 'api' });
      if (context === undefined) return problem(503, 'The database is not ready. Try again.');
      const request = await requestOf(c, schemas);
      if (request instanceof Response) return request;
      const doing = doingOf(c, { operation, once, context, text: request.text });
      if (doing instanceof Response) return doing;
      return answerOf(await perform(operation, context, request.input, doing));
    } catch (error) {
      if (error instanceof ChangedError && c.req.header('if-match') !== undefined)
        return problem(412, error.message);
      const known = problemOf(error);
      if (known !== undefined) return known;
      deps.onFailure(operation.name, error);
      return problem(500, 'The service could not answer; its log says why.');
    }
  };
}

export function refusal({ status, detail, retryAfterSeconds }: Stranger): Response {
  return problem(status, detail, {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="tocsin"' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
}

interface ReadRequest {
  readonly input: object;
  /** All that makes it another request. */
  readonly text: string;
}

/** The request, or what is wrong with it. */
async function requestOf(c: Context, schemas: FieldSchemas): Promise<ReadRequest | Response> {
  const read = await readInput(c.req, schemas);
  if (read instanceof Response) return read;
  const version = versionOf(c.req.header('if-match'), schemas);
  const input = withVersion(read.input, version);
  if (input instanceof Response) return input;
  return { input, text: `${c.req.method} ${c.req.path}\n${version ?? ''}\n${read.body}` };
}

const keyForm = /^[\x20-\x7e]{1,255}$/;

function doingOf(
  c: Context,
  {
    operation,
    once,
    context,
    text,
  }: {
    readonly operation: RoutedOperation;
    readonly once: Once;
    readonly context: OperationContext;
    readonly text: string;
  },
): Doing | undefined | Response {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return undefined;
  if (!keyForm.test(key))
    return problem(400, 'An Idempotency-Key has 1 to 255 letters, digits and signs of ASCII.');
  return once.doing(operation, { actor: context.actor, key, request: text });
}

function answerOf(answer: unknown): Response {
  const etag = etagOf(answer);
  return Response.json(answer, etag === undefined ? {} : { headers: { etag } });
}
