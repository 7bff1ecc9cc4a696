// The table of the chart's values, as its page has it. Pure.
import type { z } from 'zod';

type Values = Readonly<Record<string, unknown>>;

/**
 * The page with a row for each value that the schema describes.
 * @throws if a value says nothing of itself
 */
export function withValues(page: string, schema: z.ZodObject, values: Values): string {
  const rows = rowsOf(schema, values, '');
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return page.replace(/(?<=\n## Values\n)[\s\S]*?(?=\n## |$)/, () => `\n${table}\n`);
}

function rowsOf(schema: z.ZodObject, values: Values, prefix: string): string[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    const said = inner.description;
    if (said !== undefined)
      return [`| \`${path}\` | ${presetOf(values[key])} | ${said.replaceAll('|', '\\|')} |`];
    if (!('shape' in inner)) throw new Error(`${path} has no description`);
    return rowsOf(inner as z.ZodObject, values[key] as Values, `${path}.`);
  });
}

/** What is long stands in values.yaml. */
function presetOf(value: unknown): string {
  const isEmpty =
    value === undefined ||
    value === null ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? 'see the file' : `\`${text.replaceAll('"', '')}\``;
}
