// What there is as a file, and how its pieces are made: events as CSV or a JSON object a line, and
// the audit log. Each piece is a page of an operation.
import { z } from 'zod';
import {
  audit,
  auditFilters,
  csvHead,
  csvOf,
  event,
  eventFilters,
  ndjsonOf,
  type OperationContext,
  perform,
} from '../../operations/index.ts';

/** A kind of file. */
export interface ExportedFile<Fields> {
  /** In the log and in the document of the API. */
  readonly operation: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly fields: z.ZodType<Fields>;
  formatOf(fields: Fields): keyof typeof contentTypes;
  /** @param rowsMax how many rows the file has at most */
  pages(
    context: OperationContext,
    fields: Fields,
    rowsMax: number,
  ): AsyncGenerator<string, void, undefined>;
}

export const contentTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
} as const;

const pageRows = 200;

const cursor = z
  .string()
  .max(2000)
  .optional()
  .describe('Where another file ended, with the same filters');

const eventFields = eventFilters.extend({
  format: z.enum(['csv', 'ndjson']).describe('csv: for spreadsheets; ndjson: an object a line'),
  cursor,
});

export const events: ExportedFile<z.output<typeof eventFields>> = {
  operation: 'event-export',
  name: 'events',
  fields: eventFields,
  formatOf: ({ format }) => format,
  async *pages(context, { format, cursor: start, ...filters }, rowsMax) {
    const isCsv = format === 'csv';
    let text = isCsv ? csvHead : '';
    const ask = (page: Ask) => perform(event.search, context, { ...filters, ...page });
    const { items, end } = paged(ask, start, rowsMax);
    for await (const rows of items) {
      yield text + (isCsv ? csvOf(rows) : ndjsonOf(rows));
      text = '';
    }
    if (!isCsv) yield endOf(end());
    else if (end() !== null) yield `next: ${end()}\r\n`;
  },
};

const auditFields = auditFilters.extend({ cursor });

export const auditLog: ExportedFile<z.output<typeof auditFields>> = {
  operation: 'audit-export',
  name: 'audit',
  fields: auditFields,
  formatOf: () => 'ndjson',
  async *pages(context, { cursor: start, ...filters }, rowsMax) {
    const ask = (page: Ask) => perform(audit.list, context, { ...filters, ...page });
    const { items, end } = paged(ask, start, rowsMax);
    for await (const rows of items) yield ndjsonOf(rows);
    yield endOf(end());
  },
};

interface Ask {
  readonly limit: number;
  readonly cursor?: string;
}

/** Page by page; `end` says where they ended, null: there are no more. */
function paged<Item>(
  ask: (page: Ask) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
  start: string | undefined,
  rowsMax: number,
) {
  let next: string | null = start ?? null;
  async function* items() {
    let rows = 0;
    do {
      const limit = Math.min(pageRows, rowsMax - rows);
      const page = await ask({ limit, ...(next !== null && { cursor: next }) });
      rows += page.items.length;
      next = page.next;
      yield page.items;
    } while (next !== null && rows < rowsMax);
  }
  return { items: items(), end: () => next };
}

function endOf(next: string | null): string {
  return `${JSON.stringify({ end: true, next })}\n`;
}
