// A table that becomes a list of cards on a phone, and the links to its other pages.
import type { Child } from 'hono/jsx';
import type { Words } from '../words/index.ts';

export interface Column<Row> {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  cell(row: Row): Child;
}

export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  words,
}: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Of a row, so that a refresh finds it again. */
  keyOf(row: Row): string;
  readonly words: Words;
}) {
  if (rows.length === 0) return <p class="empty">{words.shell.nothing}</p>;
  return (
    <section class="scroll" aria-label={caption} tabindex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th scope="col" class={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr data-key={keyOf(row)}>
              {columns.map(({ name, isNumber, cell }) => (
                <td data-label={name} class={isNumber ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** To the next page of a list, and back to its first. */
export function Pager({
  url,
  next,
  label,
  words,
}: {
  readonly url: URL;
  readonly next: string | null;
  /** Of the link to the next page, if it is not just the next. */
  readonly label?: string;
  readonly words: Words;
}) {
  const isFirst = !url.searchParams.has('cursor');
  if (isFirst && next === null) return null;
  return (
    <nav class="pager" aria-label={words.shell.next}>
      {isFirst ? '' : <a href={withField(url, 'cursor', null)}>{words.shell.first}</a>}
      {next === null ? (
        ''
      ) : (
        <a href={withField(url, 'cursor', next)}>{label ?? words.shell.next}</a>
      )}
    </nav>
  );
}

/** The same address with another value of one field; null leaves the field out. */
export function withField(url: URL, name: string, value: string | null): string {
  return withFields(url, { [name]: value });
}

/** The same for several fields. */
export function withFields(url: URL, fields: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? url.pathname : `${url.pathname}?${text}`;
}
