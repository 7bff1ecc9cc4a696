// What operations find as a file: `GET /events/export`, `GET /audit/export`. It is sent page by page;
// a file that ends early is a connection that breaks off.
import type { Context } from 'hono';
import { InputError } from '../../operations/index.ts';
import { letLast } from '../guard.ts';
import { outgoingOf } from '../visitor.ts';
import { type ApiDependencies, refusal } from './answer.ts';
import { contentTypes, type ExportedFile } from './exported.ts';
import { type FieldSchemas, fieldsOfQuery, schemasOf } from './input.ts';
import { problem, problemOf } from './problem.ts';

/** Of one kind and one process. */
const exportsMax = 4;

export interface ExportOptions {
  /** How many rows a file has at most. */
  readonly rowsMax?: number;
}

export class Exports<Fields> {
  readonly #deps: ApiDependencies;
  readonly #file: ExportedFile<Fields>;
  readonly #rowsMax: number;
  readonly #schemas: FieldSchemas;
  #open = 0;

  constructor(
    deps: ApiDependencies,
    file: ExportedFile<Fields>,
    { rowsMax = 100_000 }: ExportOptions = {},
  ) {
    this.#deps = deps;
    this.#file = file;
    this.#rowsMax = rowsMax;
    this.#schemas = schemasOf(file.fields);
  }

  async answer(c: Context): Promise<Response> {
    try {
      const visitor = await this.#deps.identify(c);
      if ('stranger' in visitor) return refusal(visitor.stranger);
      const context = this.#deps.contextOf({ ...visitor.actor, via: 'api' });
      if (context === undefined || this.#deps.ending?.aborted)
        return problem(503, 'The service is not ready. Try again.', { 'retry-after': '30' });
      const fields = this.#fieldsOf(c);
      const format = this.#file.formatOf(fields);
      const headers = {
        'content-type': contentTypes[format],
        'content-disposition': `attachment; filename="${this.#file.name}.${format}"`,
      };
      if (c.req.method === 'HEAD') return new Response(null, { headers });
      if (this.#open >= exportsMax)
        return problem(503, `${exportsMax} files are being written. Try again.`, {
          'retry-after': '30',
        });
      const pages = this.#file.pages(context, fields, this.#rowsMax);
      // What is wrong with the request shows with its first page, while it can still be said.
      const first = await pages.next();
      const outgoing = outgoingOf(c);
      if (outgoing !== undefined) letLast(outgoing);
      return new Response(this.#bodyOf(first, pages), { headers });
    } catch (error) {
      const known = problemOf(error);
      if (known !== undefined) return known;
      this.#deps.onFailure(this.#file.operation, error);
      return problem(500, 'The service could not answer; its log says why.');
    }
  }

  #bodyOf(
    first: IteratorResult<string, void>,
    pages: AsyncGenerator<string, void, undefined>,
  ): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    const { ending, onFailure } = this.#deps;
    const { operation } = this.#file;
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
          if (!ending?.aborted) onFailure(operation, error);
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
  #fieldsOf(c: Context): Fields {
    const query = fieldsOfQuery(new URL(c.req.url).searchParams, this.#schemas);
    const { data, error } = this.#file.fields.safeParse(query);
    if (error === undefined) return data;
    const wrong = error.issues[0]!;
    const place = wrong.path.length === 0 ? 'the address' : wrong.path.join('.');
    throw new InputError(`The file cannot be written: ${place} is not right (${wrong.message}).`);
  }
}
