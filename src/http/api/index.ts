// The API: every operation that has a route, under `/api/v1`. It turns a request into an
// operation's input, and its answer or failure into JSON. It decides nothing.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  type Actor,
  type AnyOperation,
  type OperationContext,
  operations,
  perform,
} from '../../operations/index.ts';
import type { Identify } from '../visitor.ts';
import { createDocument } from './document.ts';
import { fieldSchemas, fieldsOfQuery } from './input.ts';
import { problem, problemOf } from './problem.ts';
import { honoPath, isRouted, placesOf, type RoutedOperation } from './routes.ts';

export interface ApiDependencies {
  readonly version: string;
  readonly identify: Identify;
  /** Undefined while the database is not ready. */
  contextOf(actor: Actor): OperationContext | undefined;
  /** Gets the reason of a failure; the client learns only that the request failed. */
  onFailure(operation: string, error: unknown): void;
}

const bodyBytesMax = 1_000_000;

export function createApi(
  deps: ApiDependencies,
  table: readonly AnyOperation[] = operations,
): Hono {
  const app = new Hono();
  const routed = table.filter(isRouted);
  const document = createDocument(routed, deps.version);
  app.use(
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => problem(413, `A body may have ${bodyBytesMax} bytes.`),
    }),
  );
  app.get('/openapi.json', (c) => c.json(document));
  // A path with a word where another has a field comes first.
  const ordered = routed.toSorted((a, b) => fieldCount(a) - fieldCount(b));
  for (const operation of ordered) {
    const { method, path } = placesOf(operation);
    const answer = createAnswer(operation, deps);
    app.on(method, honoPath(path), answer);
  }
  const paths = new Set(routed.map((operation) => honoPath(placesOf(operation).path)));
  for (const path of paths) {
    const methods = routed
      .map(placesOf)
      .filter((one) => honoPath(one.path) === path)
      .map(({ method }) => method);
    app.all(path, () => wrongMethod(methods));
  }
  app.all('/openapi.json', () => wrongMethod(['GET']));
  app.all('*', () =>
    problem(404, 'There is nothing here. /api/v1/openapi.json says what there is.'),
  );
  return app;
}

function fieldCount(operation: RoutedOperation): number {
  return placesOf(operation).fields.length;
}

function wrongMethod(methods: readonly string[]): Response {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return problem(405, `Here one may ${allow.join(', ')}.`, { allow: allow.join(', ') });
}

function createAnswer(operation: RoutedOperation, deps: ApiDependencies) {
  const schemas = fieldSchemas(operation);
  return async (c: Context): Promise<Response> => {
    try {
      const visitor = await deps.identify(c);
      if ('stranger' in visitor) return refusal(visitor.stranger);
      const context = deps.contextOf({ ...visitor.actor, via: 'api' });
      if (context === undefined) return problem(503, 'The database is not ready. Try again.');
      const input = await inputOf(c, schemas);
      if (input instanceof Response) return input;
      return Response.json(await perform(operation, context, input));
    } catch (error) {
      const known = problemOf(error);
      if (known !== undefined) return known;
      deps.onFailure(operation.name, error);
      return problem(500, 'The service could not answer; its log says why.');
    }
  };
}

function refusal({
  status,
  detail,
  retryAfterSeconds,
}: {
  readonly status: 401 | 403 | 429;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}): Response {
  return problem(status, detail, {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="tocsin"' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
}

/** The input, or why there is none. */
async function inputOf(
  c: Context,
  schemas: ReturnType<typeof fieldSchemas>,
): Promise<object | Response> {
  const path = c.req.param() as Readonly<Record<string, string>>;
  const query = fieldsOfQuery(new URL(c.req.url).searchParams, schemas);
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return { ...query, ...path };
  if (Object.keys(query).length > 0)
    return problem(400, 'Put the fields into the body; the address has none.');
  const text = await c.req.text();
  if (text === '') return { ...path };
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    return problem(415, 'Send JSON, with the content type application/json.');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return problem(400, 'The body is no JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return problem(400, 'The body must be a JSON object.');
  const both = Object.keys(path).find((name) => Object.hasOwn(body, name));
  if (both !== undefined) return problem(400, `"${both}" is in the address; leave it out here.`);
  return { ...body, ...path };
}
