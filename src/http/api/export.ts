// Events as a file: `GET /events/export` sends all that a search finds, page by page, as CSV or a
// JSON object a line. A file that ends early is a connection that breaks off.
import type { Context } from 'hono';
import { z } from 'zod';
import {
  csvHead,
  csvOf,
  type EventItem,
  event,
  eventFilters,
  InputError,
  ndjsonOf,
  type OperationContext,
  perform,
} from '../../operations/index.ts';
import { letLast } from '../guard.ts';
import { outgoingOf } from '../visitor.ts';
import { type ApiDependencies, refusal } from './answer.ts';
import { fieldsOfQuery, schemasOf } from './input.ts';
import { problem, problemOf } from './problem.ts';

const pageRows = 200;
/** Of one process. */
const exportsMax = 4;

export const exportFields = eventFilters.extend({
  format: z.enum(['csv', 'ndjson']).describe('csv: for spreadsheets; ndjson: an object a line'),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('Where another file ended, with the same filters'),
});

type ExportFields = z.output<typeof exportFields>;

export interface ExportOptions {
  /** How many events a file has at most. */
  readonly rowsMax?: number;
}

export class Exports {
  readonly #deps: ApiDependencies;
  readonly #rowsMax: number;
  readonly #schemas = schemasOf(exportFields);
  #open = 0;

  constructor(deps: ApiDependencies, { rowsMax = 100_000 }: ExportOptions = {}) {
    this.#deps = deps;
    this.#rowsMax = rowsMax;
  }

  async answer(c: Context): Promise<Response> {
    try {
      const visitor = await this.#deps.identify(c);
      if ('stranger' in visitor) return refusal(visitor.stranger);
      const context = this.#deps.contextOf({ ...visitor.actor, via: 'api' });
      if (context === undefined || this.#deps.ending?.aborted)
        return problem(503, 'The service is not ready. Try again.', { 'retry-after': '30' });
      const fields = this.#fieldsOf(c);
      const { format } = fields;
      const headers = {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
        'content-disposition': `attachment; filename="events.${format}"`,
      };
      if (c.req.method === 'HEAD') return new Response(null, { headers });
      if (this.#open >= exportsMax)
        return problem(503, `${exportsMax} files are being written. Try again.`, {
          'retry-after': '30',
        });
      const pages = this.#pagesOf(context, fields);
      // What is wrong with the request shows with its first page, while it can still be said.
      const first = await pages.next();
      const outgoing = outgoingOf(c);
      if (outgoing !== undefined) letLast(outgoing);
      return new Response(this.#bodyOf(first, pages), { headers });
    } catch (error) {
      const known = problemOf(error);
      if (known !== undefined) return known;
      this.#deps.onFailure('event-export', error);
      return problem(500, 'The service could not answer; its log says why.');
    }
  }

  /** The pieces of the file. */
  async *#pagesOf(
    context: OperationContext,
    { format, cursor: start, ...filters }: ExportFields,
  ): AsyncGenerator<string, void, undefined> {
    const isCsv = format === 'csv';
    let text = isCsv ? csvHead : '';
    let rows = 0;
    let cursor: string | null = start ?? null;
    do {
      const limit = Math.min(pageRows, this.#rowsMax - rows);
      const page: { readonly items: readonly EventItem[]; readonly next: string | null } =
        await perform(event.search, context, {
          ...filters,
          limit,
          ...(cursor !== null && { cursor }),
        });
      rows += page.items.length;
      cursor = page.next;
      yield text + (isCsv ? csvOf(page.items) : ndjsonOf(page.items));
      text = '';
    } while (cursor !== null && rows < this.#rowsMax);
    if (!isCsv) yield `${JSON.stringify({ end: true, next: cursor })}\n`;
    else if (cursor !== null) yield `next: ${cursor}\r\n`;
  }

  #bodyOf(
    first: IteratorResult<string, void>,
    pages: AsyncGenerator<string, void, undefined>,
  ): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const { ending, onFailure } = this.#deps;
    let waiting: IteratorResult<string, void> | undefined = first;
    this.#open += 1;
    const close = () => {
      this.#open -= 1;
    };
    return new ReadableStream({
      async pull(controller) {
        try {
          if (ending?.aborted) throw new Error('the service stops');
          const { value, done } = waiting ?? (await pages.next());
          waiting = undefined;
          // An empty piece would not be asked to go on.
          controller.enqueue(encoder.encode(value ?? ''));
          if (!done) return;
          controller.close();
          close();
        } catch (error) {
          if (!ending?.aborted) onFailure('event-export', error);
          close();
          controller.error(error);
        }
      },
      async cancel() {
        close();
        await pages.return();
      },
    });
  }

  /** @throws {InputError} */
  #fieldsOf(c: Context): ExportFields {
    const query = fieldsOfQuery(new URL(c.req.url).searchParams, this.#schemas);
    const { data, error } = exportFields.safeParse(query);
    if (error === undefined) return data;
    const wrong = error.issues[0]!;
    const place = wrong.path.length === 0 ? 'the address' : wrong.path.join('.');
    throw new InputError(`The file cannot be written: ${place} is not right (${wrong.message}).`);
  }
}
