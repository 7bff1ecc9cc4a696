// The API: every operation that has a route, under `/api/v1`. It turns a request into an
// operation's input, and its answer or failure into JSON. It decides nothing.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type AnyOperation, Once, operations } from '../../operations/index.ts';
import { type ApiDependencies, createAnswer } from './answer.ts';
import { createDocument } from './document.ts';
import { Exports } from './export.ts';
import { auditLog, events } from './exported.ts';
import { LiveTail } from './live/index.ts';
import { problem } from './problem.ts';
import { honoPath, isRouted, placesOf, type RoutedOperation } from './routes.ts';

export type { ApiDependencies } from './answer.ts';

const bodyBytesMax = 1_000_000;

export function createApi(
  deps: ApiDependencies,
  table: readonly AnyOperation[] = operations,
): Hono {
  const app = new Hono();
  const routed = table.filter(isRouted);
  const document = createDocument(routed, deps.version);
  const once = new Once();
  app.use(
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => problem(413, `A body may have ${bodyBytesMax} bytes.`),
    }),
  );
  app.get('/openapi.json', (c) => c.json(document));
  const live = new LiveTail(deps);
  app.get('/events/stream', (c) => live.answer(c));
  app.all('/events/stream', () => wrongMethod(['GET']));
  const eventFiles = new Exports(deps, events);
  app.get('/events/export', (c) => eventFiles.answer(c));
  app.all('/events/export', () => wrongMethod(['GET']));
  const auditFiles = new Exports(deps, auditLog);
  app.get('/audit/export', (c) => auditFiles.answer(c));
  app.all('/audit/export', () => wrongMethod(['GET']));
  // A path with a word where another has a field comes first, with its refusals.
  const ordered = routed.toSorted((a, b) => fieldCount(a) - fieldCount(b));
  const pathOf = (operation: RoutedOperation) => honoPath(placesOf(operation).path);
  for (const path of new Set(ordered.map(pathOf))) {
    const own = ordered.filter((operation) => pathOf(operation) === path);
    for (const operation of own)
      app.on(placesOf(operation).method, path, createAnswer(operation, deps, once));
    app.all(path, () => wrongMethod(own.map((operation) => placesOf(operation).method)));
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
